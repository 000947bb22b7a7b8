"""The short ways give what the long ways give, and share no memory that somebody else can see."""

from __future__ import annotations

import math

import numpy as np
import pytest

import vizgrad.autodiff as ours
from vizgrad.autodiff.core import grad_mode
from vizgrad.autodiff.core.engine import BackwardCall, backward_steps
from vizgrad.autodiff.core.registry import OPS
from vizgrad.autodiff.core.scalars import constants

PAIRS = {"add.Tensor": "__add__", "sub.Tensor": "__sub__", "mul.Tensor": "__mul__", "div.Tensor": "__truediv__"}


def leaf(*values):
    return ours.tensor(values, requires_grad=True)


def graph(tensor):
    node = tensor.grad_fn
    if node is None:
        return None
    saved = {n: str(getattr(node, n)) for n in dir(node) if n.startswith("_saved_")}
    return node.name(), [(None if n is None else n.name(), i) for n, i in node.next_functions], saved, node.shape


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize(
    "other",
    [2, 1.5, 0.0, -0.0, math.inf, -3, lambda: leaf(3.0, 4.0), lambda: ours.tensor([3.0, 4.0]), lambda: leaf(5.0)],
)
def test_an_operator_is_the_operation(name, other):
    x = leaf(1.0, -2.0)
    right = other() if callable(other) else other
    short, long = getattr(x, PAIRS[name])(right), OPS[name](x, right)
    np.testing.assert_array_equal(short.detach().numpy(), long.detach().numpy())
    assert (np.signbit(short.array) == np.signbit(long.array)).all()
    assert graph(short) == graph(long)
    gradients = [ours.autograd.grad(y.sum(), x)[0].numpy() for y in (short, long)]
    np.testing.assert_array_equal(*gradients)


def test_a_saved_number_is_still_that_number():
    assert (leaf(1.0) * 0.1).grad_fn.saved[0] == 0.1


def test_zeros_of_both_signs_stay_apart():
    x = leaf(1.0)
    assert [math.copysign(1, (x * zero).item()) for zero in (0.0, -0.0, 0.0)] == [1, -1, 1]


def test_a_constant_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        constants[2.5][...] = 3
    assert constants[2.5] == 2.5 and constants[2.5].dtype == np.float32


def test_an_operand_that_was_written_to_is_noticed():
    x, y = leaf(1.0, 2.0), ours.ones(2)
    y.add_(1)
    product = x * y
    y.add_(1)
    with pytest.raises(RuntimeError, match="is at version 2; expected version 1"):
        product.sum().backward()


def test_nobody_watches_no_steps():
    x = leaf(1.0, 2.0)
    call = BackwardCall(((x * 2).sum(),), (ours.tensor(1.0),), watched=False)
    assert list(backward_steps(call)) == [] and x.grad.tolist() == [2, 2]


# -- a leaf takes a gradient that nobody else holds


def share(a, b):
    return np.shares_memory(a.array, b.array)


def test_a_leaf_does_not_take_the_seed():
    x, seed = leaf(1.0, 2.0), ours.ones(2)
    (x + 0).backward(seed)
    x.grad.mul_(5)
    assert not share(x.grad, seed) and seed.tolist() == [1, 1]


def test_two_leaves_do_not_take_the_same_gradient():
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    ((a + b) * 2).sum().backward()
    assert not share(a.grad, b.grad)
    a.grad.zero_()
    assert b.grad.tolist() == [2, 2]


def test_a_leaf_does_not_take_what_a_node_keeps():
    x, y = leaf(1.0, 2.0), ours.tensor([3.0, 4.0])
    x.dot(y).backward()
    assert not share(x.grad, y)


def test_a_leaf_does_not_take_what_a_hook_has_kept():
    x, kept = leaf(1.0, 2.0), []
    x.register_hook(lambda grad: kept.append(grad))
    (x * 2).sum().backward()
    (x * 2).sum().backward()
    assert kept[0].tolist() == [2, 2] and x.grad.tolist() == [4, 4]


def test_a_leaf_does_not_take_a_part_of_what_another_has():
    whole = [leaf(1.0, 2.0), leaf(3.0, 4.0)]
    (ours.cat(whole) * ours.tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()
    assert not share(whole[0].grad, whole[1].grad)
    assert [w.grad.tolist() for w in whole] == [[1, 2], [3, 4]]


def test_an_expanded_gradient_becomes_memory_of_its_own():
    x = leaf(1.0, 2.0, 3.0)
    x.sum().backward()
    x.grad[0] = 7
    assert x.grad.tolist() == [7, 1, 1]


def test_a_second_pass_adds_to_the_same_tensor():
    x = leaf(1.0, 2.0)
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    assert x.grad is first and first.tolist() == [5, 5]


def test_what_a_watcher_has_seen_does_not_change():
    class Watcher:
        is_light = True

        def __init__(self):
            self.steps = []

        def backward(self, call, steps):
            for step in steps:
                self.steps.append(step)
                yield step

    x, watcher = leaf(1.0, 2.0), Watcher()
    with grad_mode.observe(watcher):
        (x * 2).sum().backward()
    (x * 2).sum().backward()
    last = watcher.steps[-1]
    assert last.delta.tolist() == last.grads[0].tolist() == [2, 2] and x.grad.tolist() == [4, 4]
