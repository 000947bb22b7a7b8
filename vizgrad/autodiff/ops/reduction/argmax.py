"""One element of each row, with its place: max(dim), median, mode, kthvalue."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dims import axis
from ...core.named_results import named
from ...core.op import function, op
from ...core.samples import ONE, ROWS, sample
from ...core.tensor import Tensor
from ..elementwise.where import maximum, minimum
from .minmax import equal_share, max_all, min_all


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
        return maximum(self, dim)
    return max_all(self) if dim is None else named("max", "values indices", max_dim(self, dim, keepdim))


@function()
def min(self: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Find the smallest element; along `dim`, also where it is; of two tensors, element by element."""
    if isinstance(dim, Tensor):
        return minimum(self, dim)
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
