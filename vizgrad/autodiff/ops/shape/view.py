"""The same elements in another shape: view, reshape, flatten."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core import dtypes, errors
from ...core.dims import axis
from ...core.op import function, op
from ...core.samples import ONE, sample
from ...core.tensor import Tensor
from .clone import clone, contiguous


def flatten_sizes(sizes: Any) -> tuple[int, ...]:
    """Take sizes given one by one, or as one sequence."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = sizes[0]
    return tuple(int(s) for s in sizes)


def infer(sizes: Sequence[int], numel: int) -> tuple[int, ...]:
    """Fill in the one size given as -1."""
    known = math.prod(s for s in sizes if s != -1)
    if list(sizes).count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if -1 in sizes:
        if not known or numel % known:
            raise RuntimeError(f"shape '{errors.sizes(sizes)}' is invalid for input of size {numel}")
        return tuple(numel // known if s == -1 else s for s in sizes)
    if known != numel:
        raise RuntimeError(f"shape '{errors.sizes(sizes)}' is invalid for input of size {numel}")
    return tuple(sizes)


def _viewed(self: Any, size: Any) -> Any:
    size = infer(size, self.size)
    try:
        return np.reshape(self, size, copy=False)
    except ValueError:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        ) from None


view = op(
    "view",
    _viewed,
    view=True,
    public=False,
    promotes="same",
    self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(2, 3), (3, 2))],
)
unsafe_view = op(
    "_unsafe_view",
    lambda self, size: self.reshape(size),
    public=False,
    promotes="same",
    self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(2, 3), (3, 2))],
)
alias = op(
    "alias",
    lambda self: self[...],
    view=True,
    public=False,
    promotes="same",
    self=lambda grad: grad,
    tex="{0}",
    samples=[ONE],
)
reshape_alias = op(
    "_reshape_alias",
    lambda self, size, stride=None: np.reshape(self, size, copy=False),
    view=True,
    public=False,
    promotes="same",
    self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
)


def reshape(self: Any, *sizes: Any) -> Any:
    """Give the same elements another shape: a view where possible, else a copy."""
    size = flatten_sizes(sizes)
    if isinstance(self, np.ndarray):
        return self.reshape(size)
    if not isinstance(self, Tensor):
        return view(self, size)
    size = infer(size, self.array.size)
    try:
        strided = np.reshape(self.array, size, copy=False)
    except ValueError:
        return unsafe_view(clone(self, True), size)
    if self.array.flags.c_contiguous:
        return view(self, size)
    return reshape_alias(self, size, tuple(s // strided.itemsize for s in strided.strides))


function()(reshape)


@function("view")
def _(self: Any, *sizes: Any) -> Any:
    """Give the same memory another shape, or its bytes another type."""
    if len(sizes) == 1 and isinstance(sizes[0], dtypes.dtype):
        return view_dtype(self, sizes[0])
    return view(self, flatten_sizes(sizes))


view_dtype = op("view.dtype", lambda self, dtype: self.view(dtype.numpy), inputs="self", promotes="same", public=False)


@function()
def view_as(self: Any, other: Any) -> Any:
    """Give the same memory the shape of another tensor."""
    return view(self, tuple(other.shape))


@function()
def reshape_as(self: Any, other: Any) -> Any:
    """Give the same elements the shape of another tensor."""
    return reshape(self, tuple(other.shape))


@function()
def flatten(self: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Make one dimension of several."""
    rank = self.ndim
    first, last = axis(start_dim, rank), axis(end_dim, rank)
    if not rank:
        return reshape(self, 1)
    if first == last:
        return self
    shape = tuple(self.shape)
    return reshape(self, *shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :])


@function()
def ravel(self: Any) -> Any:
    """Make one dimension of all."""
    return view(contiguous(self), (-1,))


@function()
def unflatten(self: Any, dim: int, sizes: Any) -> Any:
    """Make several dimensions of one."""
    shape, d = tuple(self.shape), axis(dim, self.ndim)
    return view(self, (*shape[:d], *infer(sizes, shape[d]), *shape[d + 1 :]))
