"""The gradient of every operation's gradient: as PyTorch's double backward, or else as finite differences say."""

from __future__ import annotations

import re

import numpy as np
import pytest

import vizgrad.autodiff as ours
from vizgrad.autodiff.autograd.check import gradgradcheck
from vizgrad.autodiff.core.registry import OPS

from .test_registry import arguments, as_function, as_tensors, counterpart, flat, has_no_derivative, outputs

torch = pytest.importorskip("torch")

UNSAMPLED: dict[str, str] = {
    r"\w+_backward|convolution_(input|weight)|sum_places|(gelu|hardswish|sinc)_slope|pow_at_zero|log_at_zero|log_where"
    r"|prod_rest|take_out|col2im": "the derivative of another operation, whose second gradients are compared",
    r"\w+_(\.dims)?": "the in-place form of another operation, with its rules",
    r"linalg_cholesky_ex|_linalg_eigh": "for symmetric matrices: the walk of op_db compares them to the second order",
    r"as_strided_scatter": "PyTorch's own gradient of it is wrong: torch.autograd.gradcheck refuses it",
    r"_reshape_alias": "a view that reshape makes, as `view` does, which is compared",
    r"zero|fill|uniform|normal(\.\w+)?|exponential|bernoulli(\.\w+)?|random(\.\w+)?": (
        "what it overwrites has the gradient 0, whatever arrives"
    ),
}
"""Differentiable operations without samples, so without a second gradient of their own here: the one list of them."""

DIFFERENTIABLE = [op for op in OPS.values() if op.rules and not has_no_derivative(op)]
CASES = [pytest.param(op, spec, id=f"{op.name}-{i}") for op in DIFFERENTIABLE for i, spec in enumerate(op.samples)]


def second(namespace, tensors, results, weights):
    """Differentiate the gradients, weighed, by all inputs and by what arrived; None where they do not depend on it."""
    leaves = [t for t in tensors if t.requires_grad]
    seeds = [namespace.from_numpy(w.copy()).requires_grad_() for w in weights[0]]
    first = namespace.autograd.grad(results, leaves, seeds, create_graph=True, allow_unused=True)
    live = [
        (g, namespace.from_numpy(w))
        for g, w in zip(first, weights[1], strict=True)
        if g is not None and g.requires_grad
    ]
    if not live:
        return first, [None] * (len(leaves) + len(seeds))
    found = namespace.autograd.grad([g for g, _ in live], [*leaves, *seeds], [w for _, w in live], allow_unused=True)
    return first, found


def numbers(gradient, like):
    """Zeros for a gradient that is not there: which of both a formula gives is PyTorch's business of the day."""
    return np.zeros(tuple(like.shape)) if gradient is None else gradient.detach().numpy(force=True)


@pytest.mark.parametrize("made, spec", CASES)
def test_second_gradients(made, spec):
    values = arguments(made, spec)
    mine = as_tensors(ours, values, made)
    leaves = [t for t in flat(mine) if t.requires_grad]
    assert leaves
    theirs = counterpart(made)
    reference = None
    if theirs is not None:
        peers = as_tensors(torch, values, made)
        try:
            reference = outputs(theirs(*peers))
        except (RuntimeError, TypeError):  # another schema
            reference = None
    if reference is None:
        function, tensors = as_function(made, mine)
        assert gradgradcheck(function, tensors, atol=1e-4)
        return
    found = outputs(made(*mine))
    reference = reference[: len(found)]
    generator = np.random.default_rng(1)
    weights = [[generator.standard_normal(tuple(t.shape)) for t in group] for group in (found, leaves)]
    try:
        peer_first, expected = second(torch, flat(peers), reference, weights)
    except RuntimeError as refusal:
        with pytest.raises(RuntimeError, match=re.escape(str(refusal))):
            second(ours, flat(mine), found, weights)
        return
    first, own = second(ours, flat(mine), found, weights)
    likes = [*leaves, *found]
    for a, b, like in [*zip(first, peer_first, leaves, strict=True), *zip(own, expected, likes, strict=True)]:
        np.testing.assert_allclose(numbers(a, like), numbers(b, like), rtol=1e-6, atol=1e-8)


def test_every_differentiable_operation_is_compared():
    without = {op.name for op in DIFFERENTIABLE if not op.samples}
    assert {name for name in without if not any(re.fullmatch(pattern, name) for pattern in UNSAMPLED)} == set()
    assert {p for p in UNSAMPLED if not any(re.fullmatch(p, name) for name in without)} == set()


def test_a_wrong_second_gradient_is_found(monkeypatch):
    # 0 with the first derivative 0 and the second 2: only the gradient's gradient tells it
    bent = lambda x: torch.tanh(x) + (x - x.detach()) ** 2  # noqa: E731
    monkeypatch.setattr("tests.autodiff.test_second_order.counterpart", lambda made: bent)
    with pytest.raises(AssertionError, match="Mismatch"):
        test_second_gradients(OPS["tanh"], OPS["tanh"].samples[0])
