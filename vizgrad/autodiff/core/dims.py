"""Dimensions as a program names them (negative ones count from the end), checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import errors


def axis(dim: int, rank: int) -> int:
    """Give the axis that `dim` names in a tensor of that rank.

    >>> axis(-1, 3)
    2
    """
    if not -max(rank, 1) <= dim < max(rank, 1):
        raise errors.dim_range(dim, rank)
    return dim % max(rank, 1)


def axes(dim: Any, rank: int) -> tuple[int, ...]:
    """Give the axes that `dim` names, all of them for None.

    >>> axes(None, 2), axes((-1, 0), 2)
    ((0, 1), (1, 0))
    """
    if dim is None or dim == () or dim == []:
        return tuple(range(rank))
    found: list[int] = []
    for d in (dim,) if isinstance(dim, (int, np.integer)) else dim:
        a = axis(int(d), rank)
        if a in found:
            raise RuntimeError(f"dim {a} appears multiple times in the list of dims")
        found.append(a)
    return tuple(found) if rank else ()
