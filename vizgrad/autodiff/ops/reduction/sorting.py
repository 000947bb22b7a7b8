"""Sorting and what rests on it: topk, unique, quantile, counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dims import axis
from ...core.named_results import named
from ...core.op import function, op
from ...core.registry import OPS
from ...core.samples import sample
from ...core.tensor import Tensor, wrap


def _sorted(self: Any, dim: int = -1, descending: bool = False, stable: bool = True) -> Any:
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    d = axis(dim, self.ndim)
    places = _order(self, d, descending)
    return np.take_along_axis(self, places, d), places


def _order(self: Any, d: int, descending: bool) -> Any:
    if not descending:
        return np.argsort(self, d, kind="stable")
    return self.shape[d] - 1 - np.flip(np.argsort(np.flip(self, d), d, kind="stable"), d)


def _top(self: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    d = axis(dim, self.ndim)
    order = np.take(_order(self, d, largest), np.arange(k), d)
    return np.take_along_axis(self, order, d), order


def _scatter_rule(grad: Any, indices: Any, self_sym_sizes: Any, dim: int) -> Any:
    return OPS["value_selecting_reduction_backward"](grad, indices, self_sym_sizes, dim, True)


sort_op = op(
    "sort",
    _sorted,
    outputs="values indices",
    differentiable="values",
    public=False,
    promotes="same",
    self=_scatter_rule,
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[(sample(2, 3),)],
)
sort_stable_op = op(
    "sort.stable",
    lambda self, stable, dim=-1, descending=False: _sorted(self, dim, descending),
    overload=1,
    outputs="values indices",
    differentiable="values",
    public=False,
    promotes="same",
    self=_scatter_rule,
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[(sample(2, 3), True, 1)],
)
topk_op = op(
    "topk",
    _top,
    outputs="values indices",
    differentiable="values",
    public=False,
    promotes="same",
    self=_scatter_rule,
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[(sample(2, 3), 2)],
)


@function()
def sort(self: Any, dim: int = -1, descending: bool = False, *, stable: Any = None) -> Any:
    """Sort along a dimension; gives the values and where they were."""
    if stable is not None:
        return named("sort", "values indices", sort_stable_op(self, stable, dim, descending))
    return named("sort", "values indices", sort_op(self, dim, descending))


@function()
def topk(self: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """Give the k largest elements along a dimension, and where they were."""
    return named("topk", "values indices", topk_op(self, k, dim, largest))


@function()
def msort(self: Any) -> Any:
    """Sort along the first dimension."""
    return sort_op(self, 0)[0]


order = op(
    "argsort",
    lambda self, dim=-1, descending=False: _sorted(self, dim, descending)[1],
    inputs="self",
    public=False,
    promotes="same",
)


@function()
def argsort(self: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """Give the order that sorts along a dimension."""
    return order(self, dim, descending)


bincount = op(
    "bincount",
    lambda self, weights=None, minlength=0: np.bincount(self, weights, minlength),
    inputs="self",
    promotes="same",
)
nonzero_op = op("nonzero", lambda self: np.argwhere(self), inputs="self", promotes="same", public=False)


@function()
def nonzero(self: Any, *, as_tuple: bool = False) -> Any:
    """Give the indices of the elements that are not zero."""
    if as_tuple and not self.ndim:
        self = self.reshape(1)
    found = nonzero_op(self)
    return tuple(found.unbind(1)) if as_tuple else found


def _no_unique_rule(grad: Any) -> Any:
    raise NotImplementedError("the derivative for '_unique2' is not implemented.")


unique_op = op(
    "_unique2",
    lambda self: np.unique(self),
    public=False,
    promotes="same",
    self=_no_unique_rule,
    formulas={"self": r"\text{{undefined}}"},
)


@function()
def unique(
    self: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None
) -> Any:
    """Give the different elements, sorted; perhaps also where each went, and how many there were."""
    found = unique_op(self)
    if not return_inverse and not return_counts:
        return found
    _, inverse, counts = np.unique(self.array, return_inverse=True, return_counts=True)
    more = [wrap(inverse.reshape(self.array.shape))] * return_inverse + [wrap(counts)] * return_counts
    return (found, *more)


_QUANTILE_RANKS: dict[str, Any] = {
    "linear": None,
    "midpoint": None,
    "lower": np.floor,
    "higher": np.ceil,
    "nearest": np.round,
}


@function()
def quantile(self: Any, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear") -> Any:
    """Give the value below which a share of the elements lies."""
    if interpolation not in _QUANTILE_RANKS:
        raise RuntimeError(
            "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got "
            f"{interpolation}"
        )
    flat = self.reshape(-1) if (dim is None and self.ndim != 1) or not self.ndim else self
    d = axis(dim or 0, flat.ndim)
    if dim is not None and d != flat.ndim - 1:
        flat = flat.transpose(d, -1)
    ordered = sort_op(flat, -1)[0]
    n = ordered.shape[-1]
    ordered = OPS["view"](ordered, tuple(ordered.shape))
    several = isinstance(q, Tensor) and q.ndim == 1
    ranks = np.atleast_1d(q.array if isinstance(q, Tensor) else np.asarray(q, self.array.dtype)) * (n - 1)
    lead = tuple(ordered.shape)[:-1]
    ranks = np.broadcast_to(ranks, (*lead, ranks.shape[0]))
    chosen = _QUANTILE_RANKS[interpolation]
    ranks = ranks if chosen is None else chosen(ranks)
    below, above = np.floor(ranks), np.ceil(ranks)
    found = OPS["gather"](ordered, -1, wrap(below.astype(np.int64)))
    if chosen is None:
        high = OPS["gather"](ordered, -1, wrap(above.astype(np.int64)))
        weight = np.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - below
        found = OPS["lerp.Tensor"](found, high, wrap(weight.astype(self.array.dtype)))
    if several:
        return found.movedim(-1, 0)
    found = OPS["squeeze.product"](found, -1)
    return found.unsqueeze(d) if keepdim and dim is not None else found
