"""The whole many times over: repeat, tile."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import function, op
from ...core.registry import OPS
from ...core.samples import sample
from .view import flatten_sizes, reshape


def _repeated(self: Any, repeats: Any) -> Any:
    return np.tile(self, repeats)


def _fold_repeats(grad: Any, repeats: Any, size: Any) -> Any:
    size = (1,) * (len(repeats) - len(size)) + tuple(size)
    for d, (r, n) in enumerate(zip(repeats, size, strict=True)):
        shape = tuple(grad.shape)
        grad = OPS["sum.dim"](reshape(grad, (*shape[:d], r, n, *shape[d + 1 :])), d)
    return grad


repeat_op = op(
    "repeat",
    _repeated,
    public=False,
    promotes="same",
    self=lambda grad, repeats, self_sym_sizes: _fold_repeats(grad, repeats, self_sym_sizes),
    formulas={"self": r"\sum {grad}"},
    samples=[(sample(3), (2, 2))],
)


@function()
def repeat(self: Any, *repeats: Any) -> Any:
    """Repeat the whole along each dimension."""
    return repeat_op(self, flatten_sizes(repeats))


@function()
def tile(self: Any, *dims: Any) -> Any:
    """Repeat the whole along each dimension; dimensions not named are left."""
    counts = flatten_sizes(dims)
    return repeat_op(self, (1,) * (self.ndim - len(counts)) + counts)
