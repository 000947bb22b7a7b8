"""Arrangements under NumPy's names, composed of others: fliplr, hsplit, column_stack, diagflat."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..core.op import function
from ..core.tensor import wrap
from .matrix.diagonal import diag
from .shape.cat import atleast_3d, cat, stack
from .shape.expand import expand
from .shape.permute import flip, transpose
from .shape.split import tensor_split
from .shape.view import flatten, reshape, view


@function()
def fliplr(self: Any) -> Any:
    """Turn columns around."""
    _need_dims("fliplr", self, 2)
    return flip(self, (1,))


@function()
def flipud(self: Any) -> Any:
    """Turn rows around."""
    _need_dims("flipud", self, 1)
    return flip(self, (0,))


def _need_dims(name: str, self: Any, least: int) -> None:
    if self.ndim < least:
        raise RuntimeError(f"Input must be >= {least}-d.")


@function()
def hsplit(self: Any, indices_or_sections: Any) -> Any:
    """Cut into columns."""
    return _cut("hsplit", self, indices_or_sections, 1 if self.ndim > 1 else 0, 1)


@function()
def vsplit(self: Any, indices_or_sections: Any) -> Any:
    """Cut into rows."""
    return _cut("vsplit", self, indices_or_sections, 0, 2)


@function()
def dsplit(self: Any, indices_or_sections: Any) -> Any:
    """Cut along the third dimension."""
    return _cut("dsplit", self, indices_or_sections, 2, 3)


def _cut(name: str, self: Any, indices_or_sections: Any, dim: int, least: int) -> Any:
    if self.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension{'s' if least > 1 else ''}, but got a tensor "
            f"with {self.ndim} dimensions!"
        )
    if isinstance(indices_or_sections, int) and (indices_or_sections < 1 or self.shape[dim] % indices_or_sections):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension {self.shape[dim]} is "
            f"not divisible by the split_size {indices_or_sections}!"
        )
    return tensor_split(self, indices_or_sections, dim)


@function(method=False)
def dstack(tensors: Any) -> Any:
    """Join along the third dimension."""
    return cat([atleast_3d(a) for a in tensors], 2)


@function(method=False)
def column_stack(tensors: Any) -> Any:
    """Join as columns; a vector is one column."""
    return cat([reshape(a, (a.numel(), 1)) if a.ndim <= 1 else a for a in tensors], 1)


@function()
def diagflat(self: Any, offset: int = 0) -> Any:
    """Write all elements along the diagonal of a matrix of zeros."""
    return diag(self.contiguous().view(-1), offset)


@function(method=False)
def broadcast_tensors(*tensors: Any) -> Any:
    """Expand all to the shape they have together."""
    tensors = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    shape = np.broadcast_shapes(*(tuple(t.shape) for t in tensors))
    return tuple(expand(t, shape) for t in tensors)


@function()
def argwhere(self: Any) -> Any:
    """Give the places of the elements that are not 0, a row each."""
    return self.nonzero()


@function()
def positive(self: Any) -> Any:
    """Give the tensor itself."""
    if self.array.dtype == bool:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return self


@function(method=False)
def meshgrid(*tensors: Any, indexing: str = "ij") -> Any:
    """Spread several vectors over a common grid."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if indexing == "xy" and len(tensors) > 1:
        tensors = (tensors[1], tensors[0], *tensors[2:])
    sizes = tuple(a.numel() for a in tensors)
    grids = []
    for i, a in enumerate(tensors):
        grids.append(expand(view(a, tuple(n if k == i else 1 for k, n in enumerate(sizes))), sizes))
    if indexing != "xy" or len(grids) < 2:
        return tuple(grids)
    swapped = [transpose(g, 0, 1) for g in grids]
    return (swapped[1], swapped[0], *swapped[2:])


@function(method=False)
def cartesian_prod(*tensors: Any) -> Any:
    """Pair each element of each vector with all of the others."""
    if len(tensors) == 1:
        return tensors[0]
    return stack([flatten(grid) for grid in meshgrid(*tensors)], 1)


@function(method=False)
def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """Give all choices of r elements of a vector."""
    n = input.numel()
    indices = np.indices((n,) * r)
    rising = [(a <= b) if with_replacement else (a < b) for a, b in itertools.pairwise(indices)]
    mask = wrap(np.logical_and.reduce(rising) if rising else np.ones(n, bool))
    return stack([grid.masked_select(mask) for grid in meshgrid(*[input] * r)], 1)
