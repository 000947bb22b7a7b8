"""Quotients, remainders, reciprocals."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.inplace import InPlace
from ...core.op import function, op
from ...core.registry import FUNCTIONS
from ...core.samples import POSITIVE, positive, sample
from ...core.tensor import Tensor
from ..common import in_place, no_slope, underivable
from .rounding import floor, trunc

div = op(
    "div.Tensor",
    lambda self, other: self / other,
    promotes="float",
    inplace=True,
    self=lambda grad, other: grad / other,
    other=lambda grad, self, other: -grad * self / other**2,
    samples=[(sample(2, 3), positive(3))],
)


def _divided(self: Any, other: Any, rounding_mode: str) -> Any:
    if rounding_mode not in ("trunc", "floor"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    kind = np.result_type(self, other)
    if kind.kind in "iub" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")
    if rounding_mode == "floor":
        return np.floor_divide(self, other)
    if kind.kind not in "iu":
        return np.trunc(np.true_divide(self, other))
    quotient = np.floor_divide(self, other)
    return quotient + ((np.remainder(self, other) != 0) & ((np.asarray(self) < 0) != (np.asarray(other) < 0)))


div_rounded = op(
    "div.Tensor_mode",
    _divided,
    overload=2,
    public=False,
    saves="rounding_mode",
    self=no_slope,
    other=no_slope,
    samples=[(sample(2, 3), positive(3), "floor"), (sample(2, 3), positive(3), "trunc")],
)


@function("divide", "true_divide")
def divide(self: Any, other: Any, *, rounding_mode: Any = None) -> Any:
    """Divide, and perhaps round: down ("floor") or towards zero ("trunc")."""
    return div(self, other) if rounding_mode is None else div_rounded(self, other, rounding_mode)


def _divide_(self: Any, other: Any, *, rounding_mode: Any = None) -> Any:
    return InPlace(div)(self, other) if rounding_mode is None else InPlace(div_rounded)(self, other, rounding_mode)


FUNCTIONS["div"] = Tensor.div = divide  # type: ignore[attr-defined]
Tensor.div_ = Tensor.divide_ = Tensor.true_divide_ = _divide_  # type: ignore[attr-defined]
reciprocal = op(
    "reciprocal",
    lambda self: 1 / self,
    promotes="float",
    inplace=True,
    self=lambda grad, result: -grad * result**2,
    samples=[POSITIVE],
)
div_scalar = op(
    "div.Scalar",
    lambda self, other: self / other,
    overload=1,
    numbers="other",
    public=False,
    promotes="float",
    self=lambda grad, other: grad / other,
    samples=[(sample(3), 2.0)],
)
remainder_scalar = op(
    "remainder.Scalar",
    lambda self, other: np.remainder(self, other),
    numbers="other",
    public=False,
    self=lambda grad: grad,
    samples=[(sample(3), 0.7)],
)
remainder_tensor = op(
    "remainder.Tensor",
    lambda self, other: np.remainder(self, other),
    overload=1,
    public=False,
    self=lambda grad: grad,
    other=lambda grad, self, other: grad * -floor(self / other),
    samples=[(sample(3), positive(3))],
)
fmod_scalar = op(
    "fmod.Scalar",
    lambda self, other: np.fmod(self, other),
    numbers="other",
    public=False,
    self=lambda grad: grad,
    samples=[(sample(3), 0.7)],
)
fmod_tensor = op(
    "fmod.Tensor",
    lambda self, other: np.fmod(self, other),
    overload=1,
    public=False,
    self=lambda grad: grad,
    other=lambda grad, self, other: grad * -trunc(self / other),
    samples=[(sample(3), positive(3))],
)


@function("__mod__")
def remainder(self: Any, other: Any) -> Any:
    """Give the remainder of a division, with the sign of the divisor."""
    return remainder_tensor(self, other) if isinstance(other, Tensor) else remainder_scalar(self, other)


in_place("remainder_", remainder_tensor, remainder_scalar)


@function()
def fmod(self: Any, other: Any) -> Any:
    """Give the remainder of a division, with the sign of the dividend."""
    return fmod_tensor(self, other) if isinstance(other, Tensor) else fmod_scalar(self, other)


in_place("fmod_", fmod_tensor, fmod_scalar)


def _floor_divide(self: Any, other: Any) -> Any:
    kind = np.result_type(*[a.dtype for a in (self, other) if isinstance(a, np.ndarray)])
    if kind.kind in "iub" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")
    return np.floor_divide(self, other)


floor_divide = op(
    "floor_divide",
    _floor_divide,
    inputs="other",
    node="NotImplemented",
    inplace=True,
    self=underivable("floor_divide"),
    formulas={"self": r"\text{{undefined}}"},
)
