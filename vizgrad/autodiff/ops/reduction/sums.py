"""Sums, means and counts."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ...core import dtypes
from ...core.dims import axes
from ...core.op import function, op
from ...core.registry import FUNCTIONS
from ...core.samples import ONE, ROWS, sample
from ...core.symbol import Symbol
from ..shape.expand import expand
from ..shape.squeeze import unsqueeze


def spread(grad: Any, shape: Any, dim: Any, keepdim: bool) -> Any:
    """Bring what a reduction took away back as dimensions of length 1, and repeat it along them."""
    return expand(restore(grad, shape, dim, keepdim), shape)


def restore(grad: Any, shape: Any, dim: Any, keepdim: bool) -> Any:
    """Bring the dimensions a reduction took away back, with length 1."""
    if keepdim or not isinstance(shape, tuple) or not shape:
        return grad
    for d in sorted(axes(dim, len(shape))):
        if grad.ndim < len(shape):
            grad = unsqueeze(grad, d)
    return grad


SPREAD = "{grad}"  # a sum hands its gradient to each of its terms


def typed(self: Any, dtype: Any) -> Any:
    """Convert where a dtype is asked for."""
    return self if dtype is None else self.astype(dtype.numpy)


def accumulated(self: Any, dtype: Any) -> Any:
    """Sums of integers are int64, as in PyTorch."""
    if dtype is not None:
        return self.astype(dtype.numpy)
    return self.astype(np.int64) if self.dtype.kind in "iub" else self


sum_all = op(
    "sum",
    lambda self, dtype=None: accumulated(self, dtype).sum(),
    public=False,
    promotes="same",
    self=lambda grad, self_sym_sizes: expand(grad, self_sym_sizes),
    formulas={"self": SPREAD},
    tex=r"\sum {0:product}",
    samples=[ONE],
)
sum_dim = op(
    "sum.dim",
    lambda self, dim, keepdim=False, dtype=None: accumulated(self, dtype).sum(axes(dim, self.ndim), keepdims=keepdim),
    overload=1,
    public=False,
    promotes="same",
    self=lambda grad, self_sym_sizes, dim, keepdim: spread(grad, self_sym_sizes, dim, keepdim),
    formulas={"self": SPREAD},
    tex=r"\sum {0:product}",
    samples=[ROWS, (sample(2, 3), (0, 1), True)],
)


@function()
def sum(self: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, axis: Any = None) -> Any:
    """Add all elements up, or those along `dim`."""
    dim = axis if dim is None else dim
    if dim is None and not keepdim:
        return sum_all(self, dtype=dtype)
    return sum_dim(self, dim, keepdim, dtype)


def _float_mean(self: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    self = typed(self, dtype)
    if self.dtype.kind not in "fc":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {dtypes.of(self).long_name}"
        )
    with warnings.catch_warnings() if not self.size else _nothing:
        if not self.size:
            warnings.simplefilter("ignore")
        return self.mean(axes(dim, self.ndim), keepdims=keepdim)


class _Nothing:
    def __enter__(self) -> None: ...
    def __exit__(self, *fault: object) -> None: ...


_nothing = _Nothing()


def count(shape: Any, dim: Any) -> int:
    """Count the elements that a reduction over `dim` brings together."""
    return math.prod(shape[a] for a in axes(dim, len(shape)))


def counted(sizes: Any, dim: Any) -> Any:
    """Count what a reduction brings together: a number where the sizes are known, else the letter n."""
    return count(sizes, dim) if isinstance(sizes, tuple) else Symbol("n")


mean_all = op(
    "mean",
    lambda self, dtype=None: _float_mean(self, None, False, dtype),
    public=False,
    promotes="same",
    self=lambda grad, self_sym_sizes, self_sym_numel: expand(grad, self_sym_sizes) / self_sym_numel,
    formulas={"self": lambda grad, self_sym_numel: grad / self_sym_numel},
    tex=r"\operatorname{{mean}}\left({0}\right)",
    samples=[ONE],
)
mean_dim = op(
    "mean.dim",
    lambda self, dim, keepdim=False, dtype=None: _float_mean(self, dim, keepdim, dtype),
    overload=1,
    public=False,
    promotes="same",
    saves="self_sym_numel",
    self=lambda grad, self_sym_sizes, dim, keepdim: (
        spread(grad, self_sym_sizes, dim, keepdim) / count(self_sym_sizes, dim)
    ),
    formulas={"self": lambda grad, self_sym_sizes, dim: grad / counted(self_sym_sizes, dim)},
    tex=r"\operatorname{{mean}}\left({0}\right)",
    samples=[ROWS],
)


@function()
def mean(self: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, axis: Any = None) -> Any:
    """Average all elements, or those along `dim`."""
    dim = axis if dim is None else dim
    return mean_all(self, dtype=dtype) if dim is None and not keepdim else mean_dim(self, dim, keepdim, dtype)


nansum_op = op(
    "nansum",
    lambda self, dim=None, keepdim=False, dtype=None: np.nansum(
        accumulated(self, dtype), axes(dim, self.ndim), keepdims=keepdim
    ),
    public=False,
    promotes="same",
    self=lambda grad, self, dim, keepdim: spread(grad, self.shape, dim, keepdim) * ~FUNCTIONS["isnan"](self),
    formulas={"self": SPREAD},
    samples=[ROWS],
)


@function()
def nansum(self: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Add up the elements that are not NaN."""
    return nansum_op(self, dim, keepdim, dtype)


@function()
def nanmean(self: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Average the elements that are not NaN."""
    there = (~FUNCTIONS["isnan"](self)).sum(dim, keepdim)
    return nansum_op(self, dim, keepdim) / there


op("count_nonzero", lambda self, dim=None: np.asarray(np.count_nonzero(self, dim)).astype(np.int64), inputs="self")
