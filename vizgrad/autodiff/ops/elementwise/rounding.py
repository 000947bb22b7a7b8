"""Sign, size and rounding: piecewise linear, so their derivatives are constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.inplace import InPlace
from ...core.op import function, op
from ...core.samples import ONE, positive, sample
from ...core.tensor import Tensor
from ..common import in_place, no_slope, underivable, zeros_like
from .comparisons import isfinite


def _sign(self: Any) -> Any:
    return self.copy() if self.dtype == bool else np.sign(self)


sign = op(
    "sign",
    _sign,
    inplace=True,
    self=no_slope,
    tex=r"\operatorname{{sign}}\left({0}\right)",
    samples=[ONE],
)
sgn = op("sgn", _sign, inplace=True, self=no_slope, tex=r"\operatorname{{sgn}}\left({0}\right)", samples=[ONE])
abs = op("abs", lambda self: np.abs(self), inplace=True, self=lambda grad, self: grad * sgn(self), samples=[ONE])
floor = op(
    "floor",
    lambda self: np.floor(self),
    inplace=True,
    self=no_slope,
    tex=r"\left\lfloor {0} \right\rfloor",
    samples=[ONE],
)
ceil = op(
    "ceil", lambda self: np.ceil(self), inplace=True, self=no_slope, tex=r"\left\lceil {0} \right\rceil", samples=[ONE]
)
trunc = op("trunc", lambda self: np.trunc(self), inplace=True, self=no_slope, samples=[ONE])
round_whole = op("round", lambda self: np.round(self), public=False, inplace=True, self=no_slope, samples=[ONE])


def _to_decimals(self: Any, decimals: int) -> Any:
    # PyTorch scales by a float64 power of ten, then rounds
    factor = 10.0 ** abs_of(decimals)
    if decimals < 0:
        return np.round(self / factor) * factor
    return np.round(self * factor) / factor


def abs_of(number: Any) -> Any:
    """Give a plain number's size (this module's `abs` is a tensor's)."""
    return -number if number < 0 else number


round_decimals = op(
    "round.decimals",
    _to_decimals,
    overload=1,
    public=False,
    inplace=True,
    saves="decimals",
    self=no_slope,
    samples=[(sample(2, 3), 1)],
)


@function()
def round(self: Any, *, decimals: Any = None) -> Any:
    """Round to whole numbers, halves to even; or to a number of decimals."""
    return round_whole(self) if decimals is None else round_decimals(self, decimals)


Tensor.round_ = lambda self, *, decimals=None: (  # type: ignore[attr-defined]
    InPlace(round_whole)(self) if decimals is None else InPlace(round_decimals)(self, decimals)
)
frac = op("frac", lambda self: self - np.trunc(self), inplace=True, self=lambda grad: grad, samples=[ONE])
nan_to_num = op(
    "nan_to_num",
    lambda self, nan=0.0, posinf=None, neginf=None: np.nan_to_num(self, nan=nan, posinf=posinf, neginf=neginf),
    inplace=True,
    self=lambda grad, self: grad * isfinite(self),
    formulas={"self": r"{grad} \, \left[\left|{self}\right| < \infty\right]"},
    samples=[ONE],
)
copysign_tensor = op(
    "copysign.Tensor",
    lambda self, other: np.copysign(self, other),
    public=False,
    promotes="float",
    self=lambda grad, self, result: grad * sgn(self) * sgn(result),
    other=lambda grad: zeros_like(grad),
    samples=[(positive(2, 3), positive(3))],
)
copysign_number = op(
    "copysign.Scalar",
    lambda self, other: np.copysign(self, other),
    overload=1,
    public=False,
    numbers="other",
    promotes="float",
    self=lambda grad, self, result: grad * sgn(self) * sgn(result),
    samples=[(positive(2, 3), -1.0)],
)


@function()
def copysign(self: Any, other: Any) -> Any:
    """Give each element the sign of another."""
    return (copysign_tensor if isinstance(other, Tensor) else copysign_number)(self, other)


in_place("copysign_", copysign_tensor, copysign_number)
heaviside = op(
    "heaviside",
    lambda self, values: np.where(self == 0, values, self > 0).astype(self.dtype),
    inputs="values",
    node="NotImplemented",
    inplace=True,
    self=underivable("heaviside"),
    formulas={"self": r"\text{{undefined}}"},
)
