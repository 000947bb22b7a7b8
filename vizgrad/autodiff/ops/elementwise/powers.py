"""Powers and roots."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtypes
from ...core.op import function, op
from ...core.samples import POSITIVE, positive, sample
from ...core.tensor import Tensor
from ..common import in_place, zeros_like
from .exponentials import ln, log_at_zero


def _powered(self: Any, exponent: Any) -> Any:
    if isinstance(self, np.ndarray) and self.dtype.kind in "iu" and isinstance(exponent, int) and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    if isinstance(exponent, np.ndarray) and exponent.dtype.kind == "i" and (exponent < 0).any():
        # PyTorch: 1 / self ** -exponent, rounded towards zero
        powers = np.asarray(self) ** np.abs(exponent)
        return np.where(exponent < 0, np.where(np.abs(powers) == 1, powers, 0), powers)
    if type(exponent) in (int, float) and exponent == 3 and isinstance(self, np.ndarray):
        return self * self * self  # as PyTorch does: exact to the last bit, and a hundred times faster than powf
    return self**exponent


def _pow_self(grad: Any, self: Any, exponent: Any) -> Any:
    # PyTorch: x ** 0 has the derivative 0 even at 0, where 0 * x ** -1 is NaN
    return zeros_like(self) if _is_number(exponent, 0) else grad * (exponent * self ** (exponent - 1))


def _is_number(value: Any, number: float) -> bool:
    return isinstance(value, (int, float)) and value == number


pow_scalar = op(
    "pow.Tensor_Scalar",
    _powered,
    numbers="exponent",
    self=_pow_self,
    inplace=True,
    samples=[(sample(2, 3), 3), (positive(3), 0.5), (positive(3), -1)],
    public=False,
)
pow_tensor = op(
    "pow.Tensor_Tensor",
    _powered,
    overload=1,
    public=False,
    self=lambda grad, self, exponent: grad * (exponent * pow_at_zero(self, exponent)),
    exponent=lambda grad, self, exponent, result: grad * (result * log_at_zero(self, exponent)),
    samples=[(positive(2, 3), sample(3))],
)
pow_at_zero = op(
    "pow_at_zero",
    lambda self, exponent: np.where(exponent == 0, 0, self ** (exponent - 1)).astype(self.dtype),
    public=False,
    tex="{0:power}^{{{1} - 1}}",
    node="PowBackward1_",
    self=lambda grad, self, exponent: grad * ((exponent - 1) * self ** (exponent - 2)),
    exponent=lambda grad, self, exponent, result: grad * (result * log_at_zero(self, exponent)),
)
pow_number = op(
    "pow.Scalar",
    _powered,
    overload=2,
    numbers="self",
    public=False,
    exponent=lambda grad, self, result: grad * (result * ln(self)),
    saves="exponent",
    samples=[(2.0, sample(3))],
)


@function()
def pow(self: Any, exponent: Any) -> Any:
    """Raise to a power: tensor to number, tensor to tensor, number to tensor."""
    if not isinstance(exponent, Tensor):
        return pow_scalar(self, exponent)
    return pow_tensor(self, exponent) if isinstance(self, Tensor) else pow_number(self, exponent)


in_place("pow_", pow_tensor, pow_scalar)
Tensor.square_ = lambda self: self.pow_(2)  # type: ignore[attr-defined]
Tensor.float_power_ = lambda self, exponent: self.pow_(exponent)  # type: ignore[attr-defined]


@function()
def square(self: Any) -> Any:
    """Square each element."""
    return pow_scalar(self, 2)


@function()
def float_power(self: Any, exponent: Any) -> Any:
    """Raise to a power in double precision."""
    pair = [v for v in (self, exponent) if isinstance(v, Tensor)]
    wide = dtypes.complex128 if any(v.is_complex() for v in pair) else dtypes.float64
    return pow(*(v.to(wide) if isinstance(v, Tensor) else v for v in (self, exponent)))


sqrt = op(
    "sqrt",
    lambda self: np.sqrt(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: grad / (2 * result),
    samples=[POSITIVE],
)
rsqrt = op(
    "rsqrt",
    lambda self: 1 / np.sqrt(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: -0.5 * grad * result**3,
    formulas={"self": lambda grad, result: -(grad * result**3) / 2},
    samples=[POSITIVE],
)
hypot = op(
    "hypot",
    lambda self, other: np.hypot(self, other),
    inplace=True,
    self=lambda grad, self, result: grad * (self / result),
    other=lambda grad, other, result: grad * (other / result),
    samples=[(positive(2, 3), positive(3))],
)
