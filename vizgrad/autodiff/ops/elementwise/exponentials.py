"""Exponentials and logarithms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import ONE, PAIR, POSITIVE, positive

exp = op(
    "exp",
    lambda self: np.exp(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: grad * result,
    samples=[ONE],
)
log = op(
    "log",
    lambda self: np.log(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / self,
    samples=[POSITIVE],
)
log2 = op(
    "log2",
    lambda self: np.log2(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / (self * math.log(2)),
    samples=[POSITIVE],
)
log10 = op(
    "log10",
    lambda self: np.log10(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / (self * math.log(10)),
    samples=[POSITIVE],
)
log1p = op(
    "log1p",
    lambda self: np.log1p(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / (self + 1),
    samples=[POSITIVE],
)
exp2 = op(
    "exp2",
    lambda self: np.exp2(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: grad * (result * math.log(2)),
    samples=[ONE],
)
expm1 = op(
    "expm1",
    lambda self: np.expm1(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: grad * (result + 1),
    samples=[ONE],
)
log_at_zero = op(
    "log_at_zero",
    lambda self, exponent: np.where((self == 0) & (exponent >= 0), 0, np.log(self)).astype(self.dtype),
    public=False,
    inputs="exponent",
    tex=r"\ln {0:prefix}",
    node="LogBackward0_",
    self=lambda grad, self: grad / self,
)


def ln(number: Any) -> Any:
    """Take the logarithm of whatever a rule works on, bare numbers included."""
    if isinstance(number, (int, float)):
        return math.log(number) if number > 0 else (-math.inf if number == 0 else math.nan)
    return log(number)


logaddexp = op(
    "logaddexp",
    lambda self, other: np.logaddexp(self, other),
    promotes="float",
    self=lambda grad, self, other: grad / (1 + exp(other - self)),
    other=lambda grad, self, other: grad / (1 + exp(self - other)),
    samples=[PAIR],
)

logaddexp2 = op(
    "logaddexp2",
    lambda self, other: np.logaddexp2(self, other),
    promotes="float",
    self=lambda grad, self, other: grad / (1 + exp2(other - self)),
    other=lambda grad, self, other: grad / (1 + exp2(self - other)),
    samples=[PAIR],
)


def _xlogy(self: Any, other: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where((self == 0) & ~np.isnan(other), 0, self * np.log(other)).astype(np.result_type(self, other))


xlogy = op(
    "xlogy",
    _xlogy,
    promotes="float",
    inplace=True,
    self=lambda grad, self, other: grad * log_where(self, other),
    other=lambda grad, self, other: grad * self / other,
    tex=r"{0} \ln {1:prefix}",
    samples=[(positive(2, 3), positive(3))],
)
log_where = op(
    "log_where",
    lambda self, other: np.where((self == 0) & (other <= 0), 0, np.log(other)).astype(other.dtype),
    public=False,
    inputs="self",
    node="LogBackward0__",
    tex=r"\ln {1:prefix}",
    other=lambda grad, other: grad / other,
)
