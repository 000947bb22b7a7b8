"""Views of a part, and their derivatives: zeros with the part's gradient in its place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided as strided_array

from ...core.dims import axis
from ...core.op import function, op
from ...core.samples import sample
from ..common import zeros_like


def _at(self: Any, dim: int, key: Any) -> Any:
    return self[(slice(None),) * axis(dim, self.ndim) + (key, ...)]


def _selected(self: Any, dim: int, index: int) -> Any:
    if not self.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    n = self.shape[axis(dim, self.ndim)]
    if not -n <= index < n:
        raise IndexError(f"index {index} is out of bounds for dimension {axis(dim, self.ndim)} with size {n}")
    return _at(self, dim, index)


def _part_put_back(grad: Any, size: Any, dim: int, key: Any) -> Any:
    into = np.zeros(size, grad.dtype)
    into[(slice(None),) * dim + (key,)] = grad
    return into


select = op(
    "select.int",
    _selected,
    view=True,
    promotes="same",
    self=lambda grad, self_sym_sizes, dim, index: select_backward(grad, self_sym_sizes, dim, index),
    formulas={"self": r"{grad} \text{{ at }} {index}"},
    samples=[(sample(2, 3), 0, 1)],
)
select_backward = op(
    "select_backward",
    lambda grad_output, input_sizes, dim, index: _part_put_back(
        grad_output, input_sizes, axis(dim, len(input_sizes)), index
    ),
    public=False,
    node="SelectBackwardBackward0",
    promotes="same",
    grad_output=lambda grad, dim, index: select(grad, dim, index),
    formulas={"grad_output": r"{grad}_{{{index}}}"},
)


def _sliced(self: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    return _at(self, dim, slice(start, end, step))


slice_ = op(
    "slice.Tensor",
    _sliced,
    view=True,
    promotes="same",
    public=False,
    self=lambda grad, self_sym_sizes, dim, start, end, step: slice_backward(
        grad, self_sym_sizes, dim, start, end, step
    ),
    formulas={"self": r"{grad} \text{{ in the slice}}"},
    samples=[(sample(2, 3), 1, 1, 3)],
)
slice_backward = op(
    "slice_backward",
    lambda grad_output, input_sizes, dim, start, end, step: _part_put_back(
        grad_output, input_sizes, axis(dim, len(input_sizes)), slice(start, end, step)
    ),
    public=False,
    node="SliceBackwardBackward0",
    promotes="same",
    grad_output=lambda grad, dim, start, end, step: slice_(grad, dim, start, end, step),
    formulas={"grad_output": r"{grad} \text{{ in the slice}}"},
)


@function()
def narrow(self: Any, dim: int, start: int, length: int) -> Any:
    """Take a part of a length out along a dimension."""
    return slice_(self, dim, int(start), int(start) + length)


def _strided(self: Any, size: Any, stride: Any, storage_offset: Any = None) -> Any:
    memory = self.transpose(sorted(range(self.ndim), key=lambda i: -self.strides[i])).reshape(-1)
    return strided_array(memory[storage_offset or 0 :], tuple(size), tuple(s * self.itemsize for s in stride))


def _strided_places(size: Any, stride: Any, offset: Any) -> Any:
    places = np.full(tuple(size), offset or 0, np.int64)
    for d, (n, s) in enumerate(zip(size, stride, strict=True)):
        places += (np.arange(n) * s).reshape((-1,) + (1,) * (len(size) - d - 1))
    return places


def _strided_back(grad: Any, self_sizes: Any, size: Any, stride: Any, storage_offset: Any) -> Any:
    into = np.zeros(math.prod(self_sizes), grad.dtype)
    np.add.at(into, _strided_places(size, stride, storage_offset), grad)
    return into.reshape(self_sizes)


def _strided_replaced(self: Any, src: Any, size: Any, stride: Any, storage_offset: Any = None) -> Any:
    into = np.array(self, order="C").reshape(-1)
    into[_strided_places(size, stride, storage_offset)] = src
    return into.reshape(self.shape)


as_strided = op(
    "as_strided",
    _strided,
    view=True,
    promotes="same",
    self=lambda grad, _self_sym_sizes, size, stride, storage_offset: as_strided_backward(
        grad, _self_sym_sizes, size, stride, storage_offset
    ),
    formulas={"self": r"{grad} \text{{ in its place}}"},
    samples=[(sample(2, 3), (2, 2), (1, 2), 0)],
)
as_strided_backward = op(
    "as_strided_backward",
    _strided_back,
    public=False,
    promotes="same",
    grad=lambda grad, size, stride, storage_offset: as_strided(grad, size, stride, storage_offset),
    formulas={"grad": r"{grad} \text{{ of that part}}"},
)
as_strided_scatter = op(
    "as_strided_scatter",
    _strided_replaced,
    promotes="same",
    self=lambda grad, size, stride, storage_offset: as_strided_scatter(
        grad, zeros_like(as_strided(grad, size, stride, storage_offset)), size, stride, storage_offset
    ),
    src=lambda grad, size, stride, storage_offset: as_strided(grad, size, stride, storage_offset),
    formulas={"self": r"{grad} \text{{ elsewhere}}", "src": r"{grad} \text{{ of that part}}"},
)
