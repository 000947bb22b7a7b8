"""Sums and products, with their node numbers for tensors and for numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.inplace import InPlace
from ...core.op import function, op
from ...core.samples import ONE, PAIR, positive, sample
from ...core.tensor import Tensor


def no_bools(name: str, self: Any, other: Any) -> None:
    """Refuse to subtract booleans, as PyTorch does."""
    if getattr(self, "dtype", None) == bool and getattr(other, "dtype", None) == bool:
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
            "operator instead."
        )


def _is_float32(*values: Any) -> bool:
    return all(getattr(v, "dtype", np.float32) == np.float32 for v in values) and any(
        isinstance(v, np.ndarray) for v in values
    )


def fused(base: Any, left: Any, right: Any) -> Any:
    """Compute base + left * right; in float32 rounded once, as PyTorch's kernels do with their fused multiply-add."""
    if not _is_float32(base, left, right):
        return base + left * right
    # a product of two float32 is exact in float64
    wide = [
        v.astype(np.float64) if isinstance(v, np.ndarray) else np.float64(np.float32(v)) for v in (base, left, right)
    ]
    return np.asarray(wide[0] + wide[1] * wide[2]).astype(np.float32)


def scaled(value: Any, alpha: Any) -> Any:
    """Multiply by a factor that is nearly always 1."""
    return value if alpha == 1 else value * alpha


add = op(
    "add.Tensor",
    lambda self, other, alpha=1: self + other if alpha == 1 else fused(self, other, alpha),
    saves="alpha",
    inplace=True,
    self=lambda grad: grad,
    other=lambda grad, alpha: grad if alpha == 1 else grad * alpha,
    formulas={"other": "{grad}"},
    samples=[PAIR],
)


def _sub(self: Any, other: Any, alpha: Any = 1) -> Any:
    no_bools("sub", self, other)
    if alpha != 1 and _is_float32(self, other):
        return fused(self, other, -alpha)
    return self - scaled(other, alpha)


sub = op(
    "sub.Tensor",
    _sub,
    inplace=True,
    saves="alpha",
    self=lambda grad: grad,
    other=lambda grad, alpha: -scaled(grad, alpha),
    formulas={"other": "-{grad}"},
    samples=[PAIR],
)
rsub_number = op(
    "rsub.Scalar",
    lambda self, other, alpha=1: _sub(other, self, alpha),
    overload=1,
    public=False,
    numbers="other",
    saves="alpha",
    self=lambda grad, alpha: -scaled(grad, alpha),
    formulas={"self": "-{grad}"},
    samples=[(sample(3), 2.0)],
)
rsub_tensor = op(
    "rsub.Tensor",
    lambda self, other, alpha=1: _sub(other, self, alpha),
    public=False,
    saves="alpha",
    self=lambda grad, alpha: -scaled(grad, alpha),
    other=lambda grad: grad,
    formulas={"self": "-{grad}"},
    samples=[PAIR],
)


@function()
def rsub(self: Any, other: Any, *, alpha: Any = 1) -> Any:
    """Subtract from another number or tensor."""
    return (rsub_tensor if isinstance(other, Tensor) else rsub_number)(self, other, alpha)


mul = op(
    "mul.Tensor",
    lambda self, other: self * other,
    inplace=True,
    self=lambda grad, other: grad * other,
    other=lambda grad, self: grad * self,
    samples=[PAIR],
)
neg = op("neg", lambda self: _negated(self), inplace=True, self=lambda grad: -grad, tex="-{0}", samples=[ONE])


def _negated(self: Any) -> Any:
    if getattr(self, "dtype", None) == bool:
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use "
            "the `~` or `logical_not()` operator instead."
        )
    return -self


# The same with a number that PyTorch's C++ code supplies: their nodes have numbers of their own.
add_scalar = op(
    "add.Scalar",
    lambda self, other, alpha=1: self + other,
    overload=1,
    numbers="other",
    public=False,
    self=lambda grad: grad,
    samples=[(sample(3), 2.0)],
)
sub_scalar = op(
    "sub.Scalar",
    lambda self, other, alpha=1: self - other,
    overload=1,
    numbers="other",
    public=False,
    self=lambda grad: grad,
    samples=[(sample(3), 2.0)],
)
mul_scalar = op(
    "mul.Scalar",
    lambda self, other: self * other,
    overload=1,
    numbers="other",
    public=False,
    self=lambda grad, other: grad * other,
    samples=[(sample(3), 2.0)],
)
addcmul = op(
    "addcmul",
    lambda self, tensor1, tensor2, value=1: fused(self, scaled(tensor1, value), tensor2),
    saves="value",
    inplace=True,
    self=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * (tensor2 * value),
    tensor2=lambda grad, tensor1, value: grad * (tensor1 * value),
    samples=[(sample(3), sample(3), sample(3))],
)
addcdiv = op(
    "addcdiv",
    lambda self, tensor1, tensor2, value=1: self + value * tensor1 / tensor2,
    saves="value",
    inplace=True,
    self=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * (value / tensor2),
    tensor2=lambda grad, tensor1, tensor2, value: -grad * (value * tensor1 / (tensor2 * tensor2)),
    samples=[(sample(3), sample(3), positive(3))],
)


def _lerp(self: Any, end: Any, weight: Any) -> Any:
    far = end - self
    if not isinstance(far, (np.ndarray, np.generic)):  # symbols
        return self + weight * far
    # PyTorch goes from the nearer end, which is exact at both
    near, step = fused(self, far, weight), np.asarray(weight, far.dtype)
    distant = fused(end, far, step - far.dtype.type(1))
    return np.asarray(np.where(np.abs(step) < 0.5, near, distant)).astype(near.dtype)


lerp_scalar = op(
    "lerp.Scalar",
    _lerp,
    public=False,
    inplace=True,
    self=lambda grad, weight: grad * (1 - weight),
    end=lambda grad, weight: grad * weight,
    samples=[(sample(3), sample(3), 0.3)],
)
lerp_tensor = op(
    "lerp.Tensor",
    _lerp,
    overload=1,
    public=False,
    self=lambda grad, weight: grad * (1 - weight),
    end=lambda grad, weight: grad * weight,
    weight=lambda grad, self, end: grad * (end - self),
    samples=[(sample(3), sample(3), sample(3))],
)


@function()
def lerp(self: Any, end: Any, weight: Any) -> Any:
    """Go from `self` towards `end`, by a weight."""
    return lerp_tensor(self, end, weight) if isinstance(weight, Tensor) else lerp_scalar(self, end, weight)


def _lerp_(self: Any, end: Any, weight: Any) -> Any:
    return InPlace(lerp_tensor if isinstance(weight, Tensor) else lerp_scalar)(self, end, weight)


Tensor.lerp_ = _lerp_  # type: ignore[attr-defined]
