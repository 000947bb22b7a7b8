"""Variance and standard deviation."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ...core.dims import axes
from ...core.op import function, op
from ...core.samples import ONE, ROWS
from ..elementwise.where import masked_fill
from ..textbook import arriving, mean_of
from .sums import count, counted, mean_dim, restore, spread


def _var(self: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
    if self.dtype.kind not in "fc":
        raise RuntimeError("std and var only support floating point and complex dtypes")
    a = axes(dim, self.ndim)
    n = math.prod(self.shape[i] for i in a)
    if n - correction <= 0:
        warnings.warn(
            "std(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input "
            "numel divided by output numel).",
            UserWarning,
            stacklevel=4,
        )
        far = self - self.mean(a, keepdims=True)
        total = (far * far).sum(a, keepdims=keepdim)
        return np.where(total == 0, np.nan, np.inf).astype(self.dtype)
    return self.var(a, ddof=correction, keepdims=keepdim)


def _var_rule(grad: Any, self: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
    n = count(self.shape, dim)
    return restore(grad, self.shape, dim, keepdim) * (2.0 / (n - correction)) * (self - mean_dim(self, dim, True))


def _var_formula(grad: Any, self: Any, self_sym_sizes: Any, dim: Any, correction: Any) -> Any:
    return grad * (2 * (self - mean_of(self)) / (counted(self_sym_sizes, dim) - correction))


def _std_formula(grad: Any, self: Any, result: Any, self_sym_sizes: Any, dim: Any, correction: Any) -> Any:
    return grad * ((self - mean_of(self)) / ((counted(self_sym_sizes, dim) - correction) * result))


var_op = op(
    "var.correction",
    lambda self, dim=None, correction=1, keepdim=False: _var(self, dim, correction, keepdim),
    public=False,
    promotes="same",
    self=_var_rule,
    formulas={"self": _var_formula},
    samples=[ONE, ROWS],
)


def _std_rule(grad: Any, self: Any, result: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
    # PyTorch: where all values are equal the derivative is 0, not 0 / 0
    slope = masked_fill(grad / (result * 2), result == 0, 0)
    return _var_rule(slope, self, dim, correction, keepdim)


std_op = op(
    "std.correction",
    lambda self, dim=None, correction=1, keepdim=False: np.sqrt(_var(self, dim, correction, keepdim)),
    public=False,
    promotes="same",
    self=_std_rule,
    formulas={"self": _std_formula},
    samples=[ONE, ROWS],
)


def _var_mean_rule(grads: Any, self: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
    spread_part = _var_rule(grads[0], self, dim, correction, keepdim)
    return spread_part + spread(grads[1], self.shape, dim, keepdim) / count(self.shape, dim)


var_mean_op = op(
    "var_mean.correction",
    lambda self, dim=None, correction=1, keepdim=False: (
        _var(self, dim, correction, keepdim),
        self.mean(axes(dim, self.ndim), keepdims=keepdim),
    ),
    outputs="var mean",
    public=False,
    promotes="same",
    self=_var_mean_rule,
    formulas={
        "self": lambda grads, self, self_sym_sizes, dim, correction: arriving(
            grads,
            lambda grad: _var_formula(grad, self, self_sym_sizes, dim, correction),
            lambda grad: grad / counted(self_sym_sizes, dim),
        )
    },
    samples=[ONE],
)


def _std_mean_rule(grads: Any, self: Any, result0: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
    spread_part = _std_rule(grads[0], self, result0, dim, correction, keepdim)
    return spread_part + spread(grads[1], self.shape, dim, keepdim) / count(self.shape, dim)


std_mean_op = op(
    "std_mean.correction",
    lambda self, dim=None, correction=1, keepdim=False: (
        np.sqrt(_var(self, dim, correction, keepdim)),
        self.mean(axes(dim, self.ndim), keepdims=keepdim),
    ),
    outputs="result0 result1",
    public=False,
    promotes="same",
    self=_std_mean_rule,
    formulas={
        "self": lambda grads, self, result0, self_sym_sizes, dim, correction: arriving(
            grads,
            lambda grad: _std_formula(grad, self, result0, self_sym_sizes, dim, correction),
            lambda grad: grad / counted(self_sym_sizes, dim),
        )
    },
    samples=[ONE],
)


def _correction(dim: Any, unbiased: Any, correction: Any) -> tuple[Any, Any]:
    """Sort out the arguments that var and std take: `var(unbiased)`, `var(dim, unbiased)`, `var(dim, correction=…)`."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    return dim, (1 if correction is None else correction) if unbiased is None else int(unbiased)


@function()
def var(self: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = 1) -> Any:
    """Give the variance, divided by n - 1."""
    dim, correction = _correction(dim, unbiased, correction)
    return var_op(self, dim, correction, keepdim)


@function()
def std(self: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = 1) -> Any:
    """Give the standard deviation, with n - 1."""
    dim, correction = _correction(dim, unbiased, correction)
    return std_op(self, dim, correction, keepdim)


@function()
def var_mean(self: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = 1) -> Any:
    """Give variance and mean."""
    dim, correction = _correction(dim, unbiased, correction)
    return var_mean_op(self, dim, correction, keepdim)


@function()
def std_mean(self: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = 1) -> Any:
    """Give standard deviation and mean."""
    dim, correction = _correction(dim, unbiased, correction)
    return std_mean_op(self, dim, correction, keepdim)
