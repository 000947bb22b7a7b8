"""Every operation of the registry, tried on its own samples: against PyTorch, against finite differences, twice."""

from __future__ import annotations

import warnings
import zlib

import numpy as np
import pytest

import vizgrad.autodiff as ours
from vizgrad.autodiff.autograd.check import gradcheck
from vizgrad.autodiff.core import dtypes
from vizgrad.autodiff.core.formula import formula
from vizgrad.autodiff.core.op import Op, op
from vizgrad.autodiff.core.registry import FUNCTIONS, NODES, OPS, lookup
from vizgrad.autodiff.core.samples import Sample

torch = pytest.importorskip("torch")

CASES = [pytest.param(o, s, id=f"{o.name}-{i}") for o in OPS.values() for i, s in enumerate(o.samples)]
# Random by nature, or not differentiable at all.
UNCHECKED = {"bernoulli"}


def arguments(made: Op, spec, dtype=np.float64):
    """Draw a sample's arguments: arrays where it says so, everything else as it is."""
    generator = np.random.default_rng(zlib.crc32(made.name.encode()))

    def drawn(part):
        if isinstance(part, Sample):
            return part.draw(generator, dtype)
        if isinstance(part, list):
            return [drawn(p) for p in part]
        return part

    return [drawn(part) for part in spec]


def as_tensors(namespace, values, op):
    """Make tensors of arrays; those that the operation has a rule for ask for gradients."""

    def made(value, name):
        if isinstance(value, np.ndarray):
            tensor = namespace.from_numpy(value.copy())
            return tensor.requires_grad_() if value.dtype.kind == "f" and name in op.rules else tensor
        if isinstance(value, list):
            return [made(v, name) for v in value]
        if isinstance(value, dtypes.dtype):
            return getattr(namespace, value.name)
        return value

    return [made(v, name) for v, name in zip(values, op.params, strict=False)]


def has_no_derivative(made):
    """Whether PyTorch has none either: the rule is there to raise."""
    return any("undefined" in f for f in made.formulas.values() if isinstance(f, str))


def flat(values):
    return [t for v in values for t in (v if isinstance(v, list) else [v]) if hasattr(t, "requires_grad")]


def outputs(found):
    found = found if isinstance(found, (tuple, list)) else (found,)
    return [t for t in found if t.requires_grad]


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def as_function(made, values):
    """Give the operation as a function of its tensors alone, for the checkers."""
    tensors = flat(values)

    def function(*given):
        supply = iter(given)
        args = [
            [next(supply) for _ in v] if isinstance(v, list) else next(supply) if hasattr(v, "requires_grad") else v
            for v in values
        ]
        found = made(*args)
        return tuple(t for t in (found if isinstance(found, tuple) else (found,)) if t.dtype.is_floating_point)

    return function, tensors


@pytest.mark.parametrize("made, spec", CASES)
def test_derivative_is_what_finite_differences_say(made, spec):
    if made.name in UNCHECKED or not any(t.requires_grad for t in flat(as_tensors(ours, arguments(made, spec), made))):
        pytest.skip("nothing to differentiate")
    if has_no_derivative(made):
        pytest.skip("PyTorch has no derivative either")
    function, tensors = as_function(made, as_tensors(ours, arguments(made, spec), made))
    differentiable = [t for t in tensors if t.requires_grad]
    assert differentiable
    assert gradcheck(function, tensors)


def counterpart(made):
    """PyTorch's own operation of the same schema, if it has one."""
    return None if made.name in NO_COUNTERPART else getattr(torch.ops.aten, made.function, None)


# Operations that have no counterpart of the same schema among PyTorch's own.
NO_COUNTERPART = {
    "mul.Scalar", "div.Scalar", "sgn", "copy", "var.correction", "std.correction", "_linalg_svd",
    "sub.Scalar", "add.Scalar", "lerp.Scalar", "squeeze.product", "norm.ScalarOpt_dim", "_to_copy",
    "bernoulli", "index_backward",
    "fill", "block_diag", "im2col", "log_sigmoid", "sort.stable",
}  # fmt: skip


@pytest.mark.parametrize("made, spec", CASES)
def test_same_values_and_gradients_as_torch(made, spec):
    values = arguments(made, spec, np.float32)
    theirs = counterpart(made)
    if theirs is None:
        pytest.skip("PyTorch has no operation of this schema")
    if not made.rules or has_no_derivative(made):
        pytest.skip("nothing to differentiate")
    mine, peers = as_tensors(ours, values, made), as_tensors(torch, values, made)
    try:
        reference = theirs(*peers)
    except (RuntimeError, TypeError) as fault:
        pytest.skip(f"another schema: {str(fault).splitlines()[0][:60]}")
    found, reference = outputs(made(*mine)), outputs(reference)
    reference = reference[: len(found)]
    for a, b in zip(found, reference, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=2e-5, atol=1e-6)
        weights = np.random.default_rng(1).standard_normal(a.shape).astype(np.float32)
        a.backward(ours.from_numpy(weights), retain_graph=True)
        b.backward(torch.from_numpy(weights), retain_graph=True)
    for a, b in zip(flat(mine), flat(peers), strict=True):
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-4, atol=1e-5)
    assert [type(t.grad_fn).__name__ for t in found] == [type(t.grad_fn).__name__ for t in reference]


@pytest.mark.parametrize("made", [o for o in OPS.values() if o.rules], ids=lambda o: o.name)
def test_every_rule_writes_itself(made):
    for name in made.rules:
        text = formula(made.name, name)
        assert text
        assert text.count("{") == text.count("}")
        assert " object at 0x" not in text


def test_every_public_differentiable_operation_has_samples():
    without = {o.name for o in FUNCTIONS.values() if isinstance(o, Op) and o.rules and not o.samples}
    assert without == {
        "heaviside",
        "floor_divide",
        "as_strided_scatter",
    }  # no derivative; written through in the tables


def test_a_node_is_found_by_its_name():
    assert lookup("MulBackward0") is OPS["mul.Tensor"]
    assert lookup("nothing of the kind") is None
    assert all(NODES[o.grad_fn] for o in OPS.values())


def test_a_wrong_rule_is_found():
    wrong = op("a_wrong_rule", lambda self: self * self, public=False, self=lambda grad, self: grad * self)
    try:
        x = ours.tensor([0.5, 1.0], dtype=ours.float64, requires_grad=True)
        with pytest.raises(
            ours.autograd.GradcheckError, match="Jacobian mismatch for output 0 with respect to input 0"
        ):
            gradcheck(wrong, (x,))
        assert not gradcheck(wrong, (x,), raise_exception=False)
    finally:
        del OPS["a_wrong_rule"], NODES["AWrongRuleBackward0"]


def test_a_wrong_second_derivative_is_found():
    slope = op(
        "wrong_slope",
        lambda grad, self: grad * 2 * self,
        public=False,
        grad=lambda g, self: g * 2 * self,
        self=lambda g: g,
    )
    square = op(
        "square_with_wrong_slope", lambda self: self * self, public=False, self=lambda grad, self: slope(grad, self)
    )
    try:
        x = ours.tensor([0.5, 1.0], dtype=ours.float64, requires_grad=True)
        assert gradcheck(square, (x,))
        with pytest.raises(ours.autograd.GradcheckError):
            ours.autograd.gradgradcheck(square, (x,))
    finally:
        for made in (slope, square):
            del OPS[made.name], NODES[made.grad_fn]
