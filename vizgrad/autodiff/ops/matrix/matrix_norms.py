"""Norms of matrices, by their singular values, rows or columns."""

from __future__ import annotations

from typing import Any

from ...core.dims import axes
from ...core.op import function
from ..reduction.minmax import amax, amin
from ..reduction.norms import vector_norm
from ..reduction.sums import sum_dim
from .decompositions import svd_op


def svdvals(A: Any) -> Any:
    """Give the singular values."""
    return svd_op(A, False)[1]


def matrix_norm(A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Give a norm of matrices."""
    if ord == "fro":
        return vector_norm(A, 2, axes(dim, A.ndim), keepdim, dtype)
    row, column = axes(dim, A.ndim)
    if ord in ("nuc", 2, -2):
        values = svdvals(A.movedim((row, column), (-2, -1)))
        return values.sum(-1) if ord == "nuc" else amax(values, -1) if ord == 2 else amin(values, -1)
    summed, kept = (row, column) if abs(ord) == 1 else (column, row)
    sums = sum_dim(A.abs(), summed, True)
    found = (amax if ord > 0 else amin)(sums, kept, True)
    return found if keepdim else found.squeeze(max(row, column)).squeeze(min(row, column))


@function()
def norm(self: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """Give the norm of all elements, or along `dim`."""
    if p == "nuc":
        return matrix_norm(self, "nuc", (-2, -1) if dim is None else dim, keepdim)
    return vector_norm(self, 2 if p in ("fro", None) else p, dim, keepdim, dtype)
