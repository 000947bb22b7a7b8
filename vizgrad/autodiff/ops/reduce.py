"""Operations that make one number out of many, and running ones."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .. import dtypes
from ..dims import axes, axis
from ..op import FUNCTIONS, function, op
from ..returns import named
from ..samples import sample
from ..tensor import Tensor
from . import elementwise as e
from .shape import expand, unsqueeze

ONE, ROWS = (sample(2, 3),), (sample(2, 3), 1)


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


def _typed(self: Any, dtype: Any) -> Any:
    return self if dtype is None else self.astype(dtype.numpy)


def _accumulated(self: Any, dtype: Any) -> Any:
    """Sums of integers are int64, as in PyTorch."""
    if dtype is not None:
        return self.astype(dtype.numpy)
    return self.astype(np.int64) if self.dtype.kind in "iub" else self


# -- sums and means

sum_all = op(
    "sum",
    lambda self, dtype=None: _accumulated(self, dtype).sum(),
    public=False,
    promotes="same",
    self=lambda grad, self_sym_sizes: expand(grad, self_sym_sizes),
    formulas={"self": SPREAD},
    tex=r"\sum {0:product}",
    samples=[ONE],
)
sum_dim = op(
    "sum.dim",
    lambda self, dim, keepdim=False, dtype=None: _accumulated(self, dtype).sum(axes(dim, self.ndim), keepdims=keepdim),
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
    self = _typed(self, dtype)
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


mean_all = op(
    "mean",
    lambda self, dtype=None: _float_mean(self, None, False, dtype),
    public=False,
    promotes="same",
    self=lambda grad, self_sym_sizes, self_sym_numel: expand(grad, self_sym_sizes) / self_sym_numel,
    formulas={"self": r"\frac{{{grad}}}{{n}}"},
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
    formulas={"self": r"\frac{{{grad}}}{{n}}"},
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
        _accumulated(self, dtype), axes(dim, self.ndim), keepdims=keepdim
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


# -- products


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
    lambda self, dtype=None: np.prod(_accumulated(self, dtype)),
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
        _accumulated(self, dtype), axes(dim, self.ndim), keepdims=keepdim
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


# -- extremes


def _not_empty(name: str, self: Any) -> Any:
    if not self.size:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with "
            "the 'dim' argument."
        )
    return self


def _equal_share(self: Any, result: Any, dim: Any, keepdim: bool) -> Any:
    kept = result if keepdim else np.expand_dims(np.asarray(result), axes(dim, self.ndim))
    hit = self == kept
    return (hit / hit.sum(axes(dim, self.ndim), keepdims=True)).astype(self.dtype)


equal_share = op(
    "equal_share",
    _equal_share,
    public=False,
    inputs="self result",
    tex=r"\frac{{\left[{0} = {1}\right]}}{{n}}",
)
max_all = op(
    "max",
    lambda self: _not_empty("max", self).max(),
    overload=1,
    public=False,
    self=lambda grad, self, result: grad * equal_share(self, result, None, False),
    tex=r"\max\left({0}\right)",
    samples=[ONE],
)
min_all = op(
    "min",
    lambda self: _not_empty("min", self).min(),
    overload=1,
    public=False,
    self=lambda grad, self, result: grad * equal_share(self, result, None, False),
    tex=r"\min\left({0}\right)",
    samples=[ONE],
)
amax = op(
    "amax",
    lambda self, dim=(), keepdim=False: self.max(axes(dim, self.ndim), keepdims=keepdim),
    self=lambda grad, self, result, dim, keepdim: (
        restore(grad, self.shape, dim, keepdim) * equal_share(self, result, dim, keepdim)
    ),
    formulas={"self": r"{grad} \, \frac{{\left[{self} = {result}\right]}}{{n}}"},
    samples=[ROWS],
)
amin = op(
    "amin",
    lambda self, dim=(), keepdim=False: self.min(axes(dim, self.ndim), keepdims=keepdim),
    self=lambda grad, self, result, dim, keepdim: (
        restore(grad, self.shape, dim, keepdim) * equal_share(self, result, dim, keepdim)
    ),
    formulas={"self": r"{grad} \, \frac{{\left[{self} = {result}\right]}}{{n}}"},
    samples=[ROWS],
)


def _aminmax_rule(grads: Any, self: Any, min: Any, max: Any, dim: Any, keepdim: bool) -> Any:
    low, high = (restore(g, self.shape, dim, keepdim) for g in grads)
    return low * equal_share(self, min, dim, keepdim) + high * equal_share(self, max, dim, keepdim)


aminmax_op = op(
    "aminmax",
    lambda self, dim=None, keepdim=False: (
        self.min(axes(dim, self.ndim), keepdims=keepdim),
        self.max(axes(dim, self.ndim), keepdims=keepdim),
    ),
    outputs="min max",
    public=False,
    self=_aminmax_rule,
    formulas={"self": r"{grad} \, \frac{{\left[{self} = {min}\right]}}{{n}}"},
    samples=[ONE],
)


@function()
def aminmax(self: Any, *, dim: Any = None, keepdim: bool = False) -> Any:
    """Find the smallest and the largest element."""
    return named("aminmax", "min max", aminmax_op(self, dim=dim, keepdim=keepdim))


def _pick(self: Any, indices: Any, dim: int, keepdim: bool) -> Any:
    """Take the elements at the indices found along `dim`."""
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    kept = np.expand_dims(indices, dim) if indices.ndim < self.ndim else indices
    values = np.take_along_axis(self, kept, dim)
    return (values, kept) if keepdim else (values.squeeze(dim), kept.squeeze(dim))


def picked(name: str, find: Any, *, overload: int = 0, samples: Any = ()) -> Any:
    """Declare an operation that picks one element along a dimension, and says which."""

    def rule(grad: Any, indices: Any, self_sym_sizes: Any, dim: int, keepdim: bool) -> Any:
        return put_back(grad, indices, self_sym_sizes, dim, keepdim)

    return op(
        f"{name}.dim",
        find,
        overload=overload,
        outputs="values indices",
        differentiable="values",
        public=False,
        self=rule,
        formulas={"self": r"{grad} \text{{ at }} {indices}"},
        samples=samples,
    )


def _put_back(grad: Any, indices: Any, size: Any, dim: int, keepdim: bool) -> Any:
    """Lay a gradient back where its elements were taken from."""
    into = np.zeros(size, grad.dtype)
    if not size:
        return grad.reshape(())
    if not keepdim:
        grad, indices = np.expand_dims(grad, dim), np.expand_dims(indices, dim)
    np.put_along_axis(into, indices, grad, dim)
    return into


def _take_out(grad: Any, indices: Any, dim: int, keepdim: bool) -> Any:
    if not grad.ndim:
        return grad
    kept = indices if keepdim else np.expand_dims(indices, dim)
    taken = np.take_along_axis(grad, kept, dim)
    return taken if keepdim else taken.squeeze(dim)


put_back = op(
    "value_selecting_reduction_backward",
    _put_back,
    public=False,
    promotes="same",
    inputs="indices",
    grad=lambda grad, indices, dim, keepdim: take_out(grad, indices, dim, keepdim),
    formulas={"grad": r"{grad} \text{{ at }} {indices}"},
)
take_out = op(
    "take_out",
    _take_out,
    public=False,
    promotes="same",
    inputs="indices",
    grad=lambda grad, indices, grad_sym_sizes, dim, keepdim: put_back(grad, indices, grad_sym_sizes, dim, keepdim),
    formulas={"grad": r"{grad} \text{{ at }} {indices}"},
)


def _sorted_at(place: Any) -> Any:
    def find(self: Any, dim: int = -1, keepdim: bool = False) -> Any:
        if not self.ndim:
            return _pick(self, None, dim, keepdim)
        d = axis(dim, self.ndim)
        order = np.argsort(self, d, kind="stable")
        return _pick(self, np.take(order, place(self.shape[d]), d), d, keepdim)

    return find


def _extreme_at(find: Any) -> Any:
    def forward(self: Any, dim: int, keepdim: bool = False) -> Any:
        d = axis(dim, self.ndim)
        return _pick(self, find(self, d) if self.ndim else None, d, keepdim)

    return forward


def _mode_at(self: Any, dim: int = -1, keepdim: bool = False) -> Any:
    d = axis(dim, self.ndim)
    if not self.ndim:
        return _pick(self, None, d, keepdim)

    def last_of_most(row: Any) -> int:
        values, counts = np.unique(row, return_counts=True)
        return int(np.flatnonzero(row == values[counts.argmax()])[-1])

    return _pick(self, np.apply_along_axis(last_of_most, d, self), d, keepdim)


def _kth(self: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    d = axis(dim, self.ndim)
    return _pick(self, np.take(np.argsort(self, d, kind="stable"), k - 1, d), d, keepdim)


max_dim = picked("max", _extreme_at(lambda a, d: a.argmax(d)), samples=[ROWS])
min_dim = picked("min", _extreme_at(lambda a, d: a.argmin(d)), samples=[ROWS])
median_dim = picked("median", _sorted_at(lambda n: (n - 1) // 2), overload=1, samples=[ROWS])
mode_dim = picked("mode", _mode_at, samples=[ROWS])
kthvalue_dim = picked("kthvalue", _kth, samples=[(sample(2, 3), 2, 1)])
median_all = op(
    "median",
    lambda self: np.sort(self.reshape(-1))[(self.size - 1) // 2],
    public=False,
    self=lambda grad, self, result: grad * equal_share(self, result, None, False),
    samples=[ONE],
)


@function()
def max(self: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Find the largest element; along `dim`, also where it is; of two tensors, element by element."""
    if isinstance(dim, Tensor):
        return e.maximum(self, dim)
    return max_all(self) if dim is None else named("max", "values indices", max_dim(self, dim, keepdim))


@function()
def min(self: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Find the smallest element; along `dim`, also where it is; of two tensors, element by element."""
    if isinstance(dim, Tensor):
        return e.minimum(self, dim)
    return min_all(self) if dim is None else named("min", "values indices", min_dim(self, dim, keepdim))


@function()
def median(self: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Find the middle element, the lower of two."""
    return median_all(self) if dim is None else named("median", "values indices", median_dim(self, dim, keepdim))


@function()
def mode(self: Any, dim: int = -1, keepdim: bool = False) -> Any:
    """Find the most frequent element along a dimension."""
    return named("mode", "values indices", mode_dim(self, dim, keepdim))


@function()
def kthvalue(self: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """Find the k-th smallest element along a dimension."""
    return named("kthvalue", "values indices", kthvalue_dim(self, k, dim, keepdim))


def _arg(name: str, find: Any) -> Any:
    def forward(self: Any, dim: Any = None, keepdim: bool = False) -> Any:
        if not self.size:
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
        return find(self, dim if dim is None else axis(dim, self.ndim), keepdims=keepdim) if self.ndim else np.int64(0)

    return forward


argmax = op("argmax", _arg("argmax", np.argmax), inputs="self", promotes="same")
argmin = op("argmin", _arg("argmin", np.argmin), inputs="self", promotes="same")
op("count_nonzero", lambda self, dim=None: np.asarray(np.count_nonzero(self, dim)).astype(np.int64), inputs="self")
op("all", lambda self, dim=None, keepdim=False: self.all(dim, keepdims=keepdim), inputs="self")
op("any", lambda self, dim=None, keepdim=False: self.any(dim, keepdims=keepdim), inputs="self")

# -- spread


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


var_op = op(
    "var.correction",
    lambda self, dim=None, correction=1, keepdim=False: _var(self, dim, correction, keepdim),
    public=False,
    promotes="same",
    self=_var_rule,
    formulas={"self": r"{grad} \, \frac{{2}}{{n - 1}} \left({self} - \overline{{{self}}}\right)"},
    samples=[ONE, ROWS],
)


def _std_rule(grad: Any, self: Any, result: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
    # PyTorch: where all values are equal the derivative is 0, not 0 / 0
    slope = e.masked_fill(grad / (result * 2), result == 0, 0)
    return _var_rule(slope, self, dim, correction, keepdim)


std_op = op(
    "std.correction",
    lambda self, dim=None, correction=1, keepdim=False: np.sqrt(_var(self, dim, correction, keepdim)),
    public=False,
    promotes="same",
    self=_std_rule,
    formulas={"self": r"\frac{{{grad}}}{{{result}}} \, \frac{{{self} - \overline{{{self}}}}}{{n - 1}}"},
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
    formulas={"self": r"{grad} \, \frac{{2}}{{n - 1}} \left({self} - \overline{{{self}}}\right)"},
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
    formulas={"self": r"\frac{{{grad}}}{{{result0}}} \, \frac{{{self} - \overline{{{self}}}}}{{n - 1}}"},
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


# -- norms


def _vector_norm(self: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Any:
    if self.dtype.kind not in "fc":
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {dtypes.of(self).long_name}"
        )
    a = axes(dim, self.ndim)
    far = np.abs(self)
    if ord == math.inf:
        return far.max(a, keepdims=keepdim)
    if ord == -math.inf:
        return far.min(a, keepdims=keepdim)
    if ord == 0:
        return np.asarray((far != 0).sum(a, keepdims=keepdim)).astype(far.dtype)
    if ord == 1:
        return far.sum(a, keepdims=keepdim)
    if ord == 2:
        return np.sqrt((far * far).sum(a, keepdims=keepdim))
    return (far**ord).sum(a, keepdims=keepdim) ** (1 / ord)


def norm_rule(grad: Any, self: Any, result: Any, ord: Any, dim: Any, keepdim: bool) -> Any:
    """The derivative of a norm; 0 where the norm is 0."""
    if ord == 0:
        return None  # PyTorch: no gradient at all, rather than zeros
    grad, result = restore(grad, self.shape, dim, keepdim), restore(result, self.shape, dim, keepdim)
    if ord == 1:
        return grad * e.sgn(self)
    if ord == 2:
        return grad * e.masked_fill(self / result, result == 0, 0)
    if ord in (math.inf, -math.inf):
        return grad * e.sgn(self) * equal_share(e.abs(self), result, dim, True)
    scale = e.masked_fill(grad / result ** (ord - 1), result == 0, 0)
    if ord < 1:
        return e.sgn(self) * e.masked_fill(e.abs(self) ** (ord - 1), self == 0, 0) * scale
    if ord < 2:
        return e.sgn(self) * e.abs(self) ** (ord - 1) * scale
    return self * e.abs(self) ** (ord - 2) * scale


vector_norm = op(
    "linalg_vector_norm",
    lambda self, ord=2, dim=None, keepdim=False, dtype=None: _vector_norm(_typed(self, dtype), ord, dim, keepdim),
    public=False,
    promotes="same",
    self=norm_rule,
    formulas={"self": r"{grad} \, \frac{{{self}}}{{{result}}}"},
    tex=r"\left\lVert {0} \right\rVert",
    samples=[ONE, (sample(2, 3), 3, 1)],
)
norm_p = op(
    "norm.ScalarOpt_dim",
    lambda self, p, dim, keepdim=False: _vector_norm(self, 2 if p is None else p, dim, keepdim),
    overload=1,
    public=False,
    promotes="same",
    self=lambda grad, self, result, p, dim, keepdim: norm_rule(grad, self, result, p, dim, keepdim),
    formulas={"self": r"{grad} \, \frac{{{self}}}{{{result}}}"},
    tex=r"\left\lVert {0} \right\rVert",
    samples=[(sample(2, 3), 2, 1)],
)


@function()
def norm(self: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """Give the norm of all elements, or along `dim`."""
    if p == "nuc":
        from ..linalg import matrix_norm

        return matrix_norm(self, "nuc", (-2, -1) if dim is None else dim, keepdim)
    return vector_norm(self, 2 if p in ("fro", None) else p, dim, keepdim, dtype)


dist = op(
    "dist",
    lambda self, other, p=2: _vector_norm(self - other, p),
    self=lambda grad, self, other, p, result: norm_rule(grad, self - other, result, p, None, False),
    other=lambda grad, self, other, p, result: -norm_rule(grad, self - other, result, p, None, False),
    formulas={
        "self": r"{grad} \, \frac{{{self} - {other}}}{{{result}}}",
        "other": r"{grad} \, \frac{{{other} - {self}}}{{{result}}}",
    },
    samples=[(sample(3), sample(3))],
)


def _logsumexp(self: Any, dim: Any, keepdim: bool = False) -> Any:
    a = axes(dim, self.ndim)
    top = (self.real if self.dtype.kind == "c" else self).max(a, keepdims=True)
    top = np.where(np.isfinite(top), top, 0).astype(self.dtype)
    if not self.ndim:
        return self.copy()
    total = np.log(np.exp(self - top).sum(a, keepdims=True)) + top
    return total if keepdim else total.squeeze(a)


logsumexp = op(
    "logsumexp",
    _logsumexp,
    promotes="float",
    self=lambda grad, self, result, dim, keepdim: (
        restore(grad, self.shape, dim, keepdim) * e.exp(self - restore(result, self.shape, dim, keepdim))
    ),
    formulas={"self": r"{grad} \, e^{{{self} - {result}}}"},
    samples=[ROWS],
)

# -- running


def _accumulate(running: Any, self: Any, dim: int, dtype: Any) -> Any:
    self, d = _accumulated(self, dtype), axis(dim, self.ndim)
    return running(self, d) if self.ndim else self.copy()


def _reverse_cumsum(grad: Any, dim: int) -> Any:
    return flip(cumsum(flip(grad, (dim,)), dim), (dim,))


cumsum = op(
    "cumsum",
    lambda self, dim, dtype=None: _accumulate(np.cumsum, self, dim, dtype),
    promotes="same",
    inplace=True,
    self=lambda grad, dim: _reverse_cumsum(grad, dim),
    formulas={"self": r"\sum_{{j \ge i}} {grad}_j"},
    samples=[ROWS],
)


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
        return _reverse_cumsum(grad * result, dim) / self
    return cumprod_slope(grad, self, dim)


cumprod = op(
    "cumprod",
    lambda self, dim, dtype=None: _accumulate(np.cumprod, self, dim, dtype),
    promotes="same",
    inplace=True,
    self=_cumprod_rule,
    formulas={"self": r"\sum_{{k \ge i}} {grad}_k \frac{{{result}_k}}{{{self}_i}}"},
    samples=[ROWS],
)


def _running(better: Any) -> Any:
    def forward(self: Any, dim: int) -> Any:
        d = axis(dim, self.ndim)
        if not self.ndim:
            return self.copy(), np.zeros((), np.int64)
        rows = np.moveaxis(self, d, 0)
        values, at = rows.copy(), np.zeros(rows.shape, np.int64)
        for i in range(1, len(rows)):
            take = better(rows[i], values[i - 1]) | np.isnan(rows[i])
            values[i] = np.where(take, rows[i], values[i - 1])
            at[i] = np.where(take, i, at[i - 1])
        return np.moveaxis(values, 0, d), np.moveaxis(at, 0, d)

    return forward


def _running_rule(grad: Any, self: Any, indices: Any, dim: int) -> Any:
    return FUNCTIONS["scatter_add"](e.zeros_like(self), dim, indices, grad)


cummax_op = op(
    "cummax",
    _running(np.greater_equal),
    outputs="values indices",
    differentiable="values",
    public=False,
    self=_running_rule,
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[ROWS],
)
cummin_op = op(
    "cummin",
    _running(np.less_equal),
    outputs="values indices",
    differentiable="values",
    public=False,
    self=_running_rule,
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[ROWS],
)


@function()
def cummax(self: Any, dim: int) -> Any:
    """Give the running maximum along a dimension, and where it was."""
    return named("cummax", "values indices", cummax_op(self, dim))


@function()
def cummin(self: Any, dim: int) -> Any:
    """Give the running minimum along a dimension, and where it was."""
    return named("cummin", "values indices", cummin_op(self, dim))


def _log_cumsum_exp(self: Any, dim: int) -> Any:
    d = axis(dim, self.ndim)
    return np.logaddexp.accumulate(self, d) if self.ndim else self.copy()


def _log_cumsum_rule(grad: Any, self: Any, result: Any, dim: int) -> Any:
    """What the positive part of a gradient gives: summed as logarithms, or large results would overflow."""
    positive = grad > 0
    logs = e.log(e.where_op(positive, grad, e.ones_like(grad))) - result
    logs = e.masked_fill(logs, ~positive, -np.finfo(np.float32).max)
    return e.exp(flip(logcumsumexp(flip(logs, (dim,)), dim), (dim,)) + self)


logcumsumexp = op(
    "logcumsumexp",
    _log_cumsum_exp,
    promotes="float",
    self=lambda grad, self, result, dim: (
        _log_cumsum_rule(grad, self, result, dim) - _log_cumsum_rule(-grad, self, result, dim)
    ),
    formulas={"self": r"e^{{{self}_i}} \sum_{{j \ge i}} {grad}_j e^{{-{result}_j}}"},
    samples=[ROWS],
)

from .shape import flip  # noqa: E402 - shape's own rules sum with what is above
