"""Every element with every other: meshgrid, cartesian_prod, combinations."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..op import function
from ..tensor import wrap
from .expand import expand
from .join import stack
from .permute import transpose
from .views import flatten, view


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
