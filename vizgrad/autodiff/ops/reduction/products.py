"""Products, whole and running."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dims import axes, axis
from ...core.op import function, op
from ...core.samples import ONE, ROWS
from ...core.tensor import Tensor
from .cumulative import accumulate, reverse_cumsum
from .sums import accumulated, restore, sum_all, sum_dim


def _prod_rest(self: Any, dim: Any) -> Any:
    """Multiply all the others, for each element: the derivative of a product, right also where elements are 0."""
    if not self.size or not self.ndim:
        return np.ones_like(self)
    rows = np.moveaxis(self, axis(dim, self.ndim), -1) if dim is not None else self.reshape(-1)
    ones = np.ones((*rows.shape[:-1], 1), rows.dtype)
    before = np.cumprod(np.concatenate([ones, rows[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([ones, rows[..., :0:-1]], -1), -1)[..., ::-1]
    rest = before * after
    return rest.reshape(self.shape) if dim is None else np.moveaxis(rest, -1, axis(dim, self.ndim))


def _prod_rest_self(grad: Any, self: Any, dim: Any, result: Any) -> Any:
    # second order, where no element is 0: d(prod of others)/dx_j = result / x_j
    total = grad * result
    return (sum_all(total) if dim is None else sum_dim(total, dim, True)) / self - total / self


prod_rest = op(
    "prod_rest",
    _prod_rest,
    public=False,
    tex=r"\prod_{{j \ne i}} {0}_j",
    self=_prod_rest_self,
    formulas={"self": r"\sum_{{j \ne i}} {grad}_j \frac{{{result}_j}}{{{self}_i}}"},
)
prod_all = op(
    "prod",
    lambda self, dtype=None: np.prod(accumulated(self, dtype)),
    public=False,
    promotes="same",
    saves="result",
    self=lambda grad, self: grad * prod_rest(self, None),
    tex=r"\prod {0:product}",
    samples=[ONE],
)
prod_dim = op(
    "prod.dim_int",
    lambda self, dim, keepdim=False, dtype=None: np.prod(
        accumulated(self, dtype), axes(dim, self.ndim), keepdims=keepdim
    ),
    overload=1,
    public=False,
    promotes="same",
    saves="result",
    self=lambda grad, self, dim, keepdim: restore(grad, self.shape, dim, keepdim) * prod_rest(self, dim),
    formulas={"self": r"{grad} \, \prod_{{j \ne i}} {self}_j"},
    tex=r"\prod {0:product}",
    samples=[ROWS],
)


@function()
def prod(self: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Multiply all elements, or those along `dim`."""
    return prod_all(self, dtype=dtype) if dim is None else prod_dim(self, dim, keepdim, dtype)


def _cumprod_slope(grad: Any, self: Any, dim: int) -> Any:
    """For each x_i, sum over k >= i of grad_k times the product of the other factors up to k."""
    if not self.ndim:
        return grad
    rows, g = np.moveaxis(self, dim, -1), np.moveaxis(grad, dim, -1)
    slope = np.zeros_like(rows)
    for i in range(rows.shape[-1]):
        others = rows.copy()
        others[..., i] = 1
        slope[..., i] = (g * np.cumprod(others, -1))[..., i:].sum(-1)
    return np.moveaxis(slope, -1, dim)


cumprod_slope = op("cumprod_slope", _cumprod_slope, public=False, inputs="grad self")


def _cumprod_rule(grad: Any, self: Any, result: Any, dim: int) -> Any:
    if isinstance(grad, Tensor) and not (self.array == 0).any():
        return reverse_cumsum(grad * result, dim) / self
    return cumprod_slope(grad, self, dim)


cumprod = op(
    "cumprod",
    lambda self, dim, dtype=None: accumulate(np.cumprod, self, dim, dtype),
    promotes="same",
    inplace=True,
    self=_cumprod_rule,
    formulas={"self": r"\sum_{{k \ge i}} {grad}_k \frac{{{result}_k}}{{{self}_i}}"},
    samples=[ROWS],
)
