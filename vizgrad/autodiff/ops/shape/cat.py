"""Joining tensors: cat and stack, and adding a border."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core import dtypes, errors
from ...core.dims import axis
from ...core.op import function, op
from ...core.samples import sample
from ...core.tensor import Tensor
from .slicing import select, slice_
from .squeeze import unsqueeze
from .view import reshape


def _padding(pad: Sequence[int], rank: int) -> list[tuple[int, int]]:
    widths = [(0, 0)] * rank
    for i in range(len(pad) // 2):
        widths[rank - 1 - i] = (pad[2 * i], pad[2 * i + 1])
    return widths


def _padded(self: Any, pad: Any, value: Any = 0) -> Any:
    widths = _padding(pad, self.ndim)
    cut = tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(widths, self.shape, strict=True))
    return np.pad(self[cut], [(max(a, 0), max(b, 0)) for a, b in widths], constant_values=0 if value is None else value)


constant_pad_nd = op(
    "constant_pad_nd",
    _padded,
    public=False,
    promotes="same",
    self=lambda grad, pad: constant_pad_nd(grad, tuple(-p for p in pad)),
    formulas={"self": r"{grad} \text{{ without its border}}"},
    samples=[(sample(3), (1, 1))],
)


def _joined(tensors: Any, dim: int = 0) -> Any:
    tensors = list(tensors)
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for i, a in enumerate(tensors):
        if not a.ndim:
            raise RuntimeError(f"zero-dimensional tensor (at position {i}) cannot be concatenated")
    kind = dtypes.result_type(tensors).numpy
    if any(a.ndim > 1 for a in tensors):  # PyTorch lets an empty vector stand for nothing
        tensors = [a for a in tensors if a.shape != (0,)]
    first = tensors[0]
    d = axis(dim, first.ndim)
    for i, a in enumerate(tensors):
        if a.ndim != first.ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {first.ndim} and {a.ndim}")
        for k, (m, n) in enumerate(zip(first.shape, a.shape, strict=True)):
            if k != d and m != n:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {d}. Expected size {m} but got size {n} for "
                    f"tensor number {i} in the list."
                )
    return np.concatenate([a.astype(kind, copy=False) for a in tensors], d)


def _split_sizes(grad: Any, sizes: Sequence[Any], dim: int) -> tuple[Any, ...]:
    at, parts = 0, []
    for size in sizes:
        if tuple(size) == (0,) and grad.ndim > 1:
            parts.append(reshape(narrow_copy(reshape(grad, -1), 0, 0, 0), 0))
            continue
        n = size[axis(dim, len(size))]
        parts.append(narrow_copy(grad, dim, at, at + n))
        at += n
    return tuple(parts)


def narrow_copy(grad: Any, dim: int, start: int, end: int) -> Any:
    """Cut a part out along a dimension."""
    if isinstance(grad, Tensor):
        return slice_(grad, dim, start, end)
    return grad[(slice(None),) * axis(dim, grad.ndim) + (slice(start, end),)]


cat = op(
    "cat",
    _joined,
    lists="tensors",
    promotes="same",
    method=False,
    tensors=lambda grad, _tensors_sym_sizes, dim: _split_sizes(grad, _tensors_sym_sizes, dim),
    formulas={"tensors": r"{grad} \text{{ (its part)}}"},
    samples=[([sample(2, 3), sample(1, 3)], 0)],
)
function("concat", "concatenate", method=False)(lambda tensors, dim=0: cat(tensors, dim))


def _stacked(tensors: Any, dim: int = 0) -> Any:
    tensors = list(tensors)
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    for i, a in enumerate(tensors):
        if a.shape != tensors[0].shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {errors.sizes(tensors[0].shape)} at entry 0 and "
                f"{errors.sizes(a.shape)} at entry {i}"
            )
    if not -tensors[0].ndim - 1 <= dim <= tensors[0].ndim:
        raise errors.dim_range(dim, tensors[0].ndim + 1)
    kind = dtypes.result_type(tensors).numpy
    return np.stack([a.astype(kind, copy=False) for a in tensors], dim)


stack = op(
    "stack",
    _stacked,
    lists="tensors",
    promotes="same",
    method=False,
    tensors=lambda grad, dim, _tensors_sym_sizes: tuple(
        select(grad, dim, i) if isinstance(grad, Tensor) else np.take(grad, i, dim)
        for i in range(len(_tensors_sym_sizes))
    ),
    formulas={"tensors": r"{grad}_i"},
    samples=[([sample(3), sample(3)], 0)],
)


@function(method=False)
def hstack(tensors: Any) -> Any:
    """Join side by side."""
    tensors = [atleast_1d(a) for a in tensors]
    return cat(tensors, 0 if tensors[0].ndim == 1 else 1)


@function("row_stack", method=False)
def vstack(tensors: Any) -> Any:
    """Join one above the other."""
    return cat([atleast_2d(a) for a in tensors], 0)


def _at_least(one: Any, tensors: Any) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return one(tensors[0])
    return tuple(one(a) for a in (tensors[0] if len(tensors) == 1 else tensors))


@function(method=False)
def atleast_1d(*tensors: Any) -> Any:
    """Give at least one dimension; of several tensors, a tuple."""
    return _at_least(lambda a: a if a.ndim else reshape(a, 1), tensors)


@function(method=False)
def atleast_2d(*tensors: Any) -> Any:
    """Give at least two dimensions; of several tensors, a tuple."""
    return _at_least(lambda a: a if a.ndim > 1 else unsqueeze(a, 0) if a.ndim else reshape(a, 1, 1), tensors)


@function(method=False)
def atleast_3d(*tensors: Any) -> Any:
    """Give at least three dimensions; of several tensors, a tuple."""
    return _at_least(_three_dims, tensors)


def _three_dims(tensor: Any) -> Any:
    if tensor.ndim < 2:
        return reshape(tensor, 1, 1, 1) if not tensor.ndim else unsqueeze(unsqueeze(tensor, 0), -1)
    return unsqueeze(tensor, -1) if tensor.ndim == 2 else tensor
