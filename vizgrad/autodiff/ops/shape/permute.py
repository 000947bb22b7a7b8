"""The dimensions in another order: permute, transpose, t; and the elements along them: flip, roll."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.dims import axis
from ...core.op import function, op
from ...core.samples import ONE, sample
from ...core.tensor import Tensor
from .view import flatten_sizes


def _dims(dims: Any) -> tuple[int, ...]:
    return tuple(dims[0]) if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else tuple(dims)


def _permuted(self: Any, dims: Any) -> Any:
    if len(dims) != self.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {self.ndim} is not equal to len(dims) = {len(dims)}"
        )
    order = tuple(axis(d, self.ndim) for d in dims)
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return self.transpose(order)


permute = op(
    "permute",
    _permuted,
    view=True,
    public=False,
    promotes="same",
    self=lambda grad, dims: permute(grad, _inverse(dims)),
    formulas={"self": r"{grad}^{{\top}}"},
    tex=r"{0:power}^{{\top}}",
    samples=[(sample(2, 3, 2), (2, 0, 1))],
)


def _inverse(dims: Sequence[int]) -> tuple[int, ...]:
    order = [d % len(dims) for d in dims]
    return tuple(order.index(i) for i in range(len(order)))


@function("permute")
def _(self: Any, *dims: Any) -> Any:
    """Put the dimensions in another order."""
    return permute(self, _dims(dims))


def _t(self: Any) -> Any:
    if self.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {self.ndim}D")
    return self.T


def _swapped(self: Any, dim0: int, dim1: int) -> Any:
    return np.swapaxes(self, dim0, dim1) if self.ndim else self[...]


t = op("t", _t, view=True, promotes="same", self=lambda grad: t(grad), samples=[ONE])
transpose = op(
    "transpose.int",
    lambda self, dim0, dim1: _swapped(self, axis(dim0, self.ndim), axis(dim1, self.ndim)),
    view=True,
    promotes="same",
    self=lambda grad, dim0, dim1: transpose(grad, dim0, dim1),
    formulas={"self": r"{grad}^{{\top}}"},
    tex=r"{0:power}^{{\top}}",
    samples=[(sample(2, 3, 2), 0, 2)],
)
function("swapaxes", "swapdims")(lambda self, dim0, dim1: transpose(self, dim0, dim1))


@function("moveaxis")
def movedim(self: Any, source: Any, destination: Any) -> Any:
    """Move dimensions to other places."""
    rank = self.ndim
    sources = [axis(d, rank) for d in ((source,) if isinstance(source, int) else source)]
    places = [axis(d, rank) for d in ((destination,) if isinstance(destination, int) else destination)]
    order = [d for d in range(rank) if d not in sources]
    for place, d in sorted(zip(places, sources, strict=True)):
        order.insert(place, d)
    return permute(self, tuple(order))


Tensor.T = property(lambda self: permute(self, tuple(range(self.ndim))[::-1]))  # type: ignore[attr-defined]
Tensor.mT = property(lambda self: transpose(self, -2, -1))  # type: ignore[attr-defined]


flip = op(
    "flip",
    lambda self, dims: np.flip(self, tuple(axis(d, self.ndim) for d in dims) if self.ndim else ()).copy(),
    promotes="same",
    public=False,
    self=lambda grad, dims: flip(grad, dims),
    samples=[(sample(2, 3), (0,))],
    formulas={"self": r"\operatorname{{flip}}\left({grad}\right)"},
)


def _flip(self: Any, *sizes: Any, dims: Any = ()) -> Any:
    """Turn the order round along dimensions."""
    return flip(self, flatten_sizes(sizes or (dims,)))


_flip.__name__ = "flip"
function()(_flip)


def _pair(value: Any) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(value)


def _rolled(self: Any, shifts: Any, dims: Any = ()) -> Any:
    return np.roll(self, _pair(shifts), _pair(dims)) if _pair(dims) else np.roll(self, _pair(shifts)[0])


roll = op(
    "roll",
    _rolled,
    promotes="same",
    self=lambda grad, shifts, dims: roll(grad, tuple(-s for s in _pair(shifts)), dims),
    samples=[(sample(3), 1)],
    formulas={"self": r"\operatorname{{roll}}\left({grad}, -k\right)"},
)
rot90 = op(
    "rot90",
    lambda self, k=1, dims=(0, 1): np.rot90(self, k, dims).copy(),
    promotes="same",
    self=lambda grad, k, dims: rot90(grad, -k, dims),
    formulas={"self": r"\operatorname{{rot90}}\left({grad}, -k\right)"},
    samples=[ONE],
)
