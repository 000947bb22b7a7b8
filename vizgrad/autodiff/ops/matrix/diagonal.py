"""Diagonals, triangles and blocks of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import function, op
from ...core.samples import sample
from ..shape.cat import narrow_copy
from ..shape.split import sum_of

diagonal = op(
    "diagonal",
    lambda self, offset=0, dim1=0, dim2=1: self.diagonal(offset, dim1, dim2),
    view=True,
    promotes="same",
    self=lambda grad, self_sym_sizes, offset, dim1, dim2: diagonal_backward(grad, self_sym_sizes, offset, dim1, dim2),
    formulas={"self": r"\operatorname{{diag}}\left({grad}\right)"},
    samples=[(sample(3, 3),)],
)


def _onto_diagonal(grad: Any, size: Any, offset: int, dim1: int, dim2: int) -> Any:
    into = np.zeros(size, grad.dtype)
    d = into.diagonal(offset, dim1, dim2)
    d.flags.writeable = True
    d[...] = grad
    return into


diagonal_backward = op(
    "diagonal_backward",
    _onto_diagonal,
    public=False,
    promotes="same",
    grad=lambda grad, offset, dim1, dim2: diagonal(grad, offset, dim1, dim2),
    tex=r"\operatorname{{diag}}\left({0}\right)",
    formulas={"grad": r"\operatorname{{diagonal}}\left({grad}\right)"},
)
diagonal_copy = op(
    "diagonal_copy",
    lambda self, offset=0, dim1=0, dim2=1: self.diagonal(offset, dim1, dim2).copy(),
    public=False,
    promotes="same",
    node="DiagonalBackward0_copy",
    self=lambda grad, self_sym_sizes, offset, dim1, dim2: diagonal_backward(grad, self_sym_sizes, offset, dim1, dim2),
    formulas={"self": r"\operatorname{{diag}}\left({grad}\right)"},
    samples=[(sample(3, 3),)],
)


def _diag_embedded(self: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    n = self.shape[-1] + (offset if offset > 0 else -offset)
    into = np.zeros((*self.shape[:-1], n, n), self.dtype)
    d = into.diagonal(offset, -2, -1)
    d.flags.writeable = True
    d[...] = self
    return np.moveaxis(into, (-2, -1), (dim1, dim2))


diag_embed = op(
    "diag_embed",
    _diag_embedded,
    promotes="same",
    self=lambda grad, offset, dim1, dim2: diagonal(grad, offset, dim1, dim2),
    formulas={"self": r"\operatorname{{diag}}\left({grad}\right)"},
    samples=[(sample(3),)],
)


@function()
def diag(self: Any, diagonal: int = 0) -> Any:
    """Take a matrix's diagonal, or make a diagonal matrix."""
    return diag_embed(self, diagonal) if self.ndim == 1 else diagonal_copy(self, diagonal)


tril = op(
    "tril",
    lambda self, diagonal=0: np.tril(self, diagonal),
    inplace=True,
    promotes="same",
    self=lambda grad, diagonal: tril(grad, diagonal),
    samples=[(sample(3, 3),)],
    formulas={"self": r"\operatorname{{tril}}\left({grad}\right)"},
)
triu = op(
    "triu",
    lambda self, diagonal=0: np.triu(self, diagonal),
    inplace=True,
    promotes="same",
    self=lambda grad, diagonal: triu(grad, diagonal),
    samples=[(sample(3, 3),)],
    formulas={"self": r"\operatorname{{triu}}\left({grad}\right)"},
)


def _diagonal_blocks(tensors: Any) -> Any:
    blocks = [np.atleast_2d(a) for a in tensors]
    into = np.zeros(
        (sum_of([b.shape[0] for b in blocks]), sum_of([b.shape[1] for b in blocks])), np.result_type(*blocks)
    )
    row = column = 0
    for b in blocks:
        into[row : row + b.shape[0], column : column + b.shape[1]] = b
        row, column = row + b.shape[0], column + b.shape[1]
    return into


def _blocks_of(grad: Any, sizes: Any) -> tuple[Any, ...]:
    row = column = 0
    parts = []
    for size in sizes:
        rows, columns = ((1,) * (2 - len(size)) + tuple(size))[-2:]
        part = narrow_copy(narrow_copy(grad, 0, row, row + rows), 1, column, column + columns)
        parts.append(part.reshape(tuple(size)))
        row, column = row + rows, column + columns
    return tuple(parts)


block_diag_op = op(
    "block_diag",
    _diagonal_blocks,
    lists="tensors",
    public=False,
    promotes="same",
    tensors=lambda grad, _tensors_sym_sizes: _blocks_of(grad, _tensors_sym_sizes),
    formulas={"tensors": r"{grad} \text{{ (its block)}}"},
    samples=[([sample(2, 2), sample(1, 3)],)],
)


@function(method=False)
def block_diag(*tensors: Any) -> Any:
    """Put matrices along the diagonal of a larger one."""
    return block_diag_op(list(tensors))
