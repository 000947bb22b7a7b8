"""Square brackets: one subscript becomes the views and the indexing that PyTorch makes of it."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ...core import grad_mode
from ...core.inplace import CopySlices, InPlace
from ...core.op import op
from ...core.registry import OPS
from ...core.tensor import Tensor, wrap
from ..shape.slicing import select, slice_
from .advanced import index


def _simple(tensor: Tensor, keys: tuple[Any, ...]) -> tuple[Tensor, list[Any]]:
    """Apply the integers, slices, None and ... of an index; give the view, and the tensors still to index with."""
    taken = sum(_consumes(k) for k in keys)
    if taken > tensor.ndim:
        raise IndexError(f"too many indices for tensor of dimension {tensor.ndim}")
    pending: list[Any] = []
    found, dim, taken_off = tensor, 0, 0
    for key in keys:
        if key is None:
            found = OPS["unsqueeze"](found, dim)
            dim += 1
        elif key is Ellipsis:
            dim += tensor.ndim - taken
        elif isinstance(key, bool):
            found = OPS["unsqueeze"](found, dim)
            pending += [None] * (dim - len(pending)) + [wrap(np.zeros(1 if key else 0, np.int64))]
            dim += 1
        elif isinstance(key, (int, np.integer)):
            n = found.array.shape[dim]
            if not -n <= key < n:
                raise IndexError(f"index {key} is out of bounds for dimension {dim + taken_off} with size {n}")
            found = select(found, dim, int(key))
            taken_off += 1
        elif isinstance(key, slice):
            if not _takes_all(key, found.array.shape[dim]):
                found = _slice(found, dim, key)
            dim += 1
        else:
            key = _as_index(key)
            if not key.array.ndim and key.array.dtype.kind in "iu":
                found = select(found, dim, int(key.array))
                continue
            pending += [None] * (dim - len(pending)) + [key]
            dim += key.array.ndim if key.array.dtype == bool else 1
            if key.array.dtype == bool and key.array.ndim > 1:
                pending.extend(["wide"] * (key.array.ndim - 1))
    return found, [p for p in pending if not isinstance(p, str)]


def _consumes(key: Any) -> int:
    if key is None or key is Ellipsis or isinstance(key, bool):
        return 0
    if isinstance(key, Tensor) and key.array.dtype == bool:
        return key.array.ndim
    return 1


def _takes_all(key: slice, n: int) -> bool:
    """Tell whether PyTorch passes over a slice, one of several indices, since it takes the whole dimension."""
    return not key.start and key.step in (None, 1) and (key.stop is None or key.stop >= n)


def _slice(tensor: Tensor, dim: int, key: slice) -> Tensor:
    start, end, step = (None if v is None else int(v) for v in (key.start, key.stop, key.step))
    if step is not None and step <= 0:
        raise ValueError("step must be greater than zero")
    return slice_(tensor, dim, 0 if start is None else start, sys.maxsize if end is None else end, step or 1)


def _as_index(key: Any) -> Tensor:
    if isinstance(key, Tensor):
        return key
    if isinstance(key, str):
        raise TypeError(f"new(): invalid data type '{type(key).__name__}'")
    if isinstance(key, (list, tuple, range, np.ndarray)):
        array = np.asarray(key)
        return wrap(array.astype(np.int64) if array.dtype.kind in "iu" or not array.size else array)
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got "
        f"{type(key).__name__})"
    )


def _keys(key: Any) -> tuple[Any, ...]:
    if isinstance(key, tuple):
        return key
    if isinstance(key, list) and any(isinstance(k, (slice, Tensor, list)) or k is None or k is Ellipsis for k in key):
        return tuple(key)
    return (key,)


def getitem(self: Tensor, key: Any) -> Tensor:
    """Take elements out, as `x[key]` does: views for integers and slices, copies for lists, tensors and masks."""
    if isinstance(key, (int, np.integer)) and not isinstance(key, bool):
        if not self.array.ndim:
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to "
                "convert a 0-dim tensor to a number"
            )
        n = self.array.shape[0]
        if not -n <= key < n:
            raise IndexError(f"index {key} is out of bounds for dimension 0 with size {n}")
        return select(self, 0, int(key))
    if isinstance(key, slice):
        if not self.array.ndim:
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        return _slice(self, 0, key)
    found, pending = _simple(self, _keys(key))
    if pending:
        return index(found, pending)
    return OPS["alias"](self) if found is self else found


class _SetItem(InPlace):
    """`x[key] = value`: a copy into the view that `x[key]` shows, or an `index_put_`."""

    def __call__(self, tensor: Tensor, key: Any, value: Any) -> None:  # type: ignore[override]
        observer = grad_mode.current().observer
        token = grad_mode.change(grad_mode.current()._replace(observer=None))
        whole = tensor if tensor._view is None else tensor._view.base
        before = whole._edge
        try:
            self._write(tensor, key, value)
        finally:
            grad_mode.restore(token)
        node = None if whole._edge is before or whole._edge is None else whole._edge[0]
        if observer is not None:
            observer.mutated(self.op, tensor, {"self": tensor, "index": key, "value": value}, node)

    def _write(self, tensor: Tensor, key: Any, value: Any) -> None:
        pending: list[Any]
        if isinstance(key, slice):
            part, pending = _slice(tensor, 0, key), []
        else:
            part, pending = _simple(tensor, _keys(key))
        if not isinstance(value, Tensor):
            value = wrap(np.asarray(value).astype(tensor.array.dtype))
        if pending:
            part.index_put_(pending, value)
            return
        part = OPS["alias"](tensor) if part is tensor else part
        shape = value.array.shape
        while len(shape) > part.array.ndim and shape[0] == 1:
            value, shape = value[0], shape[1:]
        part.copy_(value)


setitem_op = op(
    "setitem",
    lambda self, index, value: self,
    public=False,
    inputs="self value",
    node="CopySlices",
    promotes="same",
)
CopySlices.op = staticmethod(setitem_op)
setitem = _SetItem(setitem_op)
setattr(Tensor, "__getitem__", getitem)  # noqa: B010 - declared nowhere, so that mypy does not know them
setattr(Tensor, "__setitem__", lambda self, key, value: setitem(self, key, value))  # noqa: B010
