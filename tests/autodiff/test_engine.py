"""The backward pass: its steps, its order, what it frees, and that it needs no recursion."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vizgrad.autodiff as ours
from vizgrad.autodiff.core.engine import AccumulateGrad, BackwardCall, Step, backward_steps
from vizgrad.autodiff.core.node import gradient_edge

torch = pytest.importorskip("torch")


def steps_of(root, **options):
    seed = ours.ones_like(root)
    return list(backward_steps(BackwardCall((root,), (seed,), **options)))


def test_the_notebook_step_by_step():
    x = ours.ones(2, requires_grad=True)
    y = 5 * (x + 1) ** 2
    o = (1 / 2) * ours.sum(y)
    steps = steps_of(o)
    assert [s.node.name() for s in steps] == [
        "MulBackward0", "SumBackward0", "MulBackward0", "PowBackward0", "AddBackward0",
        "torch::autograd::AccumulateGrad",
    ]  # fmt: skip
    assert [s.grads[0].tolist() for s in steps] == [1, 0.5, [0.5, 0.5], [2.5, 2.5], [10, 10], [10, 10]]
    last = steps[-1]
    assert last.tensor is x and last.before is None
    assert last.delta.tolist() == last.after.tolist() == x.grad.tolist() == [10, 10]
    assert [s.freed for s in steps] == [True, False, True, True, False, False]


def test_steps_are_frozen():
    (step, *_) = steps_of((ours.ones(2, requires_grad=True) * 2).sum())
    assert isinstance(step, Step)
    with pytest.raises(AttributeError):
        step.grads = ()


def test_a_broadcast_gradient_is_told_before_and_after_summing():
    A, b = ours.ones(2, 3, requires_grad=True), ours.ones(3, requires_grad=True)
    step = next(s for s in steps_of((A + b).sum()) if s.node.name() == "AddBackward0")
    assert [g.shape for g in step.raw] == [(2, 3), (2, 3)]
    assert [g.shape for g in step.inputs] == [(2, 3), (3,)]
    assert step.inputs[1].tolist() == [2, 2, 2]


def test_a_gradient_is_cast_to_the_type_of_its_input():
    x = ours.ones(2, requires_grad=True)
    step = next(s for s in steps_of((x.double() * 3).sum()) if s.node.name() == "ToCopyBackward0")
    assert (step.raw[0].dtype, step.inputs[0].dtype) == (np.float64, np.float32)
    assert x.grad.dtype is ours.float32


def test_contributions_of_a_fan_out_arrive_summed():
    x = ours.tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    steps = steps_of((h * 2 + h * 3).sum())
    at = next(i for i, s in enumerate(steps) if s.node is h.grad_fn)
    contributions = [
        g.tolist()
        for s in steps[:at]
        for (n, _), g in zip(s.node.next_functions, s.inputs, strict=True)
        if n is h.grad_fn
    ]
    assert sorted(contributions) == [[2, 2], [3, 3]]
    assert steps[at].grads[0].tolist() == [5, 5]


def test_accumulation_tells_before_and_after():
    x = ours.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    kept = x.grad
    last = steps_of((x * 3).sum())[-1]
    assert (last.before.tolist(), last.delta.tolist(), last.after.tolist()) == ([2, 2], [3, 3], [5, 5])
    assert x.grad is kept


def test_only_saved_tensors_are_freed():
    x = ours.ones(2, requires_grad=True)
    summed = (x + 1).sum()
    summed.backward()
    summed.backward()
    assert x.grad.tolist() == [2, 2]
    product = (x * x).sum()
    product.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        product.backward()
    assert (x * 2).grad_fn._saved_other.tolist() == 2


def test_numbers_survive_freeing():
    x = ours.ones(2, requires_grad=True)
    y = x**3
    y.sum().backward()
    assert y.grad_fn._saved_exponent == 3
    with pytest.raises(RuntimeError, match="second time"):
        y.grad_fn._saved_self


def test_a_long_chain_needs_no_recursion():
    x = ours.ones(1, requires_grad=True)
    y = x
    for _ in range(100_000):
        y = y + x
    y.sum().backward()
    assert x.grad.tolist() == [100_001]


def test_shared_nodes_are_visited_once():
    x = ours.ones(1, requires_grad=True)
    y = x
    for _ in range(60):  # 2 ** 60 paths
        y = y * 0.5 + y * 0.5
    steps = steps_of(y.sum())
    assert len(steps) == 60 * 3 + 2
    assert x.grad.tolist() == [1]


def test_asked_for_some_inputs_only_the_way_there_is_run():
    x, y = ours.ones(2, requires_grad=True), ours.ones(2, requires_grad=True)
    h = (x.exp() + y.sin()).sum()
    names = [s.node.name() for s in steps_of(h, inputs=(x,), accumulate=False)]
    assert "SinBackward0" not in names and "torch::autograd::AccumulateGrad" not in names
    assert x.grad is None and y.grad is None


def test_an_accumulator_lives_as_long_as_its_graph():
    x = ours.ones(1, requires_grad=True)
    a, b = x * 1, x + 1
    assert gradient_edge(x)[0] is a.grad_fn.next_functions[0][0] is b.grad_fn.next_functions[0][0]
    number = id(gradient_edge(x)[0])
    assert isinstance(gradient_edge(x)[0], AccumulateGrad) and number


_UNARY = ("exp", "sin", "log", "sigmoid", "neg", "tanh")
_BINARY = ("add", "mul", "div", "sub")


def _run(namespace, program, shapes):
    """Run a random program; give its leaves, its result, and the order in which nodes are visited."""
    leaves = [
        namespace.tensor(
            np.linspace(0.6, 1.4, int(np.prod(s))).reshape(s).tolist(), dtype=namespace.float64, requires_grad=True
        )
        for s in shapes
    ]
    values = list(leaves)
    for name, i, j in program:
        a, b = values[i % len(values)], values[j % len(values)]
        if name in _UNARY:
            values.append(getattr(a.sigmoid(), name)())
        else:
            values.append(getattr(namespace, name)(a, b))
    total = values[-1].sum()
    for v in values[:-1]:
        total = total + v.sum()
    order: list[str] = []
    seen, stack = set(), [total.grad_fn]
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        label = node.name().rsplit("::", 1)[-1] + (str(tuple(node.variable.shape)) if hasattr(node, "variable") else "")
        node.register_prehook(lambda grads, label=label: order.append(label))
        stack += [n for n, _ in node.next_functions]
    total.backward()
    return leaves, total, order


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(_UNARY + _BINARY), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=14
    ),
    st.lists(st.sampled_from([(3,), (2, 3), (1, 3), ()]), min_size=1, max_size=3),
)
def test_random_graphs_are_visited_in_torchs_order_with_its_gradients(program, shapes):
    mine, total, order = _run(ours, program, shapes)
    theirs, reference, expected = _run(torch, program, shapes)
    np.testing.assert_allclose(total.item(), reference.item(), rtol=1e-9)
    assert order == expected
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-9, atol=1e-12)


SECOND = {
    "cube": lambda t, x: (x**3).sum(),
    "product": lambda t, x: (x * x * x).sum(),
    "quotient": lambda t, x: (x / (1 + x)).sum(),
    "exp": lambda t, x: x.exp().sum(),
    "log": lambda t, x: x.log().sum(),
    "sqrt": lambda t, x: x.sqrt().sum(),
    "sin": lambda t, x: x.sin().sum(),
    "cos": lambda t, x: x.cos().sum(),
    "tanh": lambda t, x: x.tanh().sum(),
    "sigmoid": lambda t, x: x.sigmoid().sum(),
    "relu": lambda t, x: x.relu().sum(),
    "matmul": lambda t, x: ((x.unsqueeze(0) @ x.unsqueeze(1)) ** 2).sum(),
    "mean of squares": lambda t, x: ((x - x.mean()) ** 2).mean(),
    "sum and broadcast": lambda t, x: (x * x.sum()).sum(),
    "minus": lambda t, x: (2 - x).pow(2).sum(),
    "reciprocal": lambda t, x: (1 / x).sum(),
}


@pytest.mark.parametrize("name", SECOND)
def test_second_derivatives_have_torchs_values(name):
    found = []
    for namespace in (ours, torch):
        x = namespace.tensor([0.5, 1.5, 2.5], requires_grad=True)
        (g,) = namespace.autograd.grad(SECOND[name](namespace, x), x, create_graph=True)
        (h,) = namespace.autograd.grad((g * namespace.tensor([1.0, 2.0, 3.0])).sum(), x)
        found.append((g.tolist(), h.tolist(), g.grad_fn.name()))
    mine, theirs = found
    np.testing.assert_allclose(mine[0], theirs[0], rtol=1e-5)
    np.testing.assert_allclose(mine[1], theirs[1], rtol=1e-4, atol=1e-6)


def test_order_is_no_accident():
    random.seed(0)
    log = []
    x = ours.ones(1, requires_grad=True)
    a, b = x * 1, x + 1
    for name, t in (("a", a), ("b", b)):
        t.grad_fn.register_prehook(lambda g, name=name: log.append(name))
    (b + a).sum().backward()
    assert log == ["b", "a"]
