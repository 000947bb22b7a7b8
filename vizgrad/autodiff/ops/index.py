"""Taking elements out, and putting them in."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided as strided_array

from .. import errors, modes
from ..dims import axis
from ..inplace import CopySlices, InPlace
from ..op import FUNCTIONS, OPS, function, op
from ..returns import named
from ..samples import booleans, integers, sample
from ..tensor import Tensor, wrap
from .elementwise import zeros_like


def _at(self: Any, dim: int, key: Any) -> Any:
    return self[(slice(None),) * axis(dim, self.ndim) + (key, ...)]


# -- views of a part, and their derivatives: zeros with the part's gradient in its place


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
    formulas={"self": r"{grad} \text{{ at }} {start}{{:}}{end}"},
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
    formulas={"grad_output": r"{grad}_{{{start}:{end}}}"},
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

# -- advanced indexing


def _located(self: Any, indices: Any) -> tuple[Any, ...]:
    """Check the arrays that index, and give them as NumPy wants them."""
    found = []
    dim = 0
    for key in indices:
        if key is None:
            found.append(slice(None))
            dim += 1
            continue
        if key.dtype.kind not in "iub":
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        if key.dtype == bool:
            for k, n in enumerate(key.shape):
                if dim >= self.ndim or n != self.shape[dim]:
                    raise IndexError(
                        f"The shape of the mask {errors.sizes(key.shape)} at index {k} does not match the shape of the "
                        f"indexed tensor {errors.sizes(self.shape)} at index {dim}"
                    )
                dim += 1
        else:
            n = self.shape[dim]
            outside = key[(key < -n) | (key >= n)]
            if outside.size:
                raise IndexError(f"index {outside.flat[0]} is out of bounds for dimension {dim} with size {n}")
            dim += 1
        found.append(key)
    return tuple(found)


def _indexed(self: Any, indices: Any) -> Any:
    return np.array(self[_located(self, indices)])


def _index_back(grad: Any, self_sizes: Any, indices: Any) -> Any:
    into = np.zeros(self_sizes, grad.dtype)
    place: Any = tuple(slice(None) if k is None else k for k in indices)
    np.add.at(into, place, grad)  # a repeated index adds up
    return into


index = op(
    "index.Tensor",
    _indexed,
    public=False,
    promotes="same",
    lists="indices",
    self=lambda grad, self_sym_sizes, indices: index_backward(grad, self_sym_sizes, indices),
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[(sample(4), [integers(3, below=4)])],
)
index_backward = op(
    "index_backward",
    _index_back,
    public=False,
    promotes="same",
    lists="indices",
    grad=lambda grad, indices: index(grad, indices),
    formulas={"grad": r"{grad}_{{{indices}}}"},
)


def _put(self: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    into = self.copy()
    where = _located(self, indices)
    if accumulate:
        np.add.at(into, where, values)
    else:
        target = into[where].shape
        _check_assignable(target, values.shape)
        into[where] = values
    return into


def _check_assignable(target: Any, shape: Any) -> None:
    try:
        fits = np.broadcast_shapes(target, shape) == target
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {errors.sizes(shape)} cannot be broadcast to indexing result of "
            f"shape {errors.sizes(target)}"
        )


index_put = op(
    "index_put",
    _put,
    promotes="same",
    lists="indices",
    inplace=True,
    self=lambda grad, indices, accumulate: grad if accumulate else index_put(grad, indices, zero_like(grad)),
    values=lambda grad, indices: index(grad, indices),
    formulas={"self": r"{grad} \text{{ elsewhere}}", "values": r"{grad}_{{{indices}}}"},
    samples=[(sample(4), [integers(1, below=4)], sample(1))],
)


def zero_like(grad: Any) -> Any:
    """Make a 0-dim zero of the same kind and type."""
    return wrap(np.zeros((), grad.array.dtype)) if isinstance(grad, Tensor) else np.zeros((), np.asarray(grad).dtype)


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
            if key != slice(None):
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
        observer = modes.current().observer
        token = modes.change(modes.current()._replace(observer=None))
        try:
            node = self._write(tensor, key, value)
        finally:
            modes.restore(token)
        if observer is not None:
            observer.mutated(self.op, tensor, {"self": tensor, "index": key, "value": value}, node)

    def _write(self, tensor: Tensor, key: Any, value: Any) -> Any:
        pending: list[Any]
        if isinstance(key, slice):
            part, pending = _slice(tensor, 0, key), []
        else:
            part, pending = _simple(tensor, _keys(key))
        if not isinstance(value, Tensor):
            value = wrap(np.asarray(value).astype(tensor.array.dtype))
        if pending:
            before = tensor._edge
            part.index_put_(pending, value)
            return None if tensor._edge is before or tensor._edge is None else tensor._edge[0]
        part = OPS["alias"](tensor) if part is tensor else part
        shape = value.array.shape
        while len(shape) > part.array.ndim and shape[0] == 1:
            value, shape = value[0], shape[1:]
        before = tensor._edge
        part.copy_(value)
        tensor._refresh() if tensor._view is not None else None
        return None if tensor._edge is before or tensor._edge is None else tensor._edge[0]


setitem_op = op(
    "setitem",
    lambda self, index, value: self,
    public=False,
    inputs="self value",
    node="CopySlices",
    promotes="same",
)
CopySlices.op = staticmethod(setitem_op)  # type: ignore[assignment]
setitem = _SetItem(setitem_op)
setattr(Tensor, "__getitem__", getitem)  # noqa: B010 - declared nowhere, so that mypy does not know them
setattr(Tensor, "__setitem__", lambda self, key, value: setitem(self, key, value))  # noqa: B010

# -- overwriting the whole


def _copied(self: Any, src: Any, non_blocking: bool = False) -> Any:
    for i, (s, n) in enumerate(zip(reversed(self.shape), reversed(src.shape), strict=False)):
        if n not in (1, s):
            raise RuntimeError(
                f"The expanded size of the tensor ({s}) must match the existing size ({n}) at non-singleton dimension "
                f"{self.ndim - 1 - i}.  Target sizes: {errors.sizes(self.shape)}.  Tensor sizes: {errors.sizes(src.shape)}"
            )
    return np.broadcast_to(src, self.shape).astype(self.dtype)


copy = op(
    "copy",
    _copied,
    public=False,
    inplace=True,
    node="CopyBackwards",
    promotes="same",
    self=lambda grad: zeros_like(grad),
    src=lambda grad: grad,
    tex="{1}",
    samples=[(sample(2, 3), sample(3))],
)
zero = op(
    "zero",
    lambda self: np.zeros_like(self),
    public=False,
    inplace=True,
    promotes="same",
    self=lambda grad: zeros_like(grad),
    tex="0",
)


def _filled(self: Any, value: Any) -> Any:
    if value.ndim:
        raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions.")
    return np.full_like(self, value)


fill_number = op(
    "fill",
    lambda self, value: np.full_like(self, value),
    public=False,
    inplace=True,
    overload=2,
    promotes="same",
    self=lambda grad: zeros_like(grad),
    tex="{1}",
)


def zero_(input: Any) -> Any:
    """Overwrite a tensor with zeros; returns it."""
    return input.zero_()


FUNCTIONS["zero_"] = zero_


@function(method=False)
def fill(input: Any, value: Any) -> Any:
    """Give a tensor of the same shape, full of one value."""
    return (filled_tensor if isinstance(value, Tensor) else filled_number)(input, value)


filled_number = op(
    "fill.Scalar",
    lambda self, value: np.full_like(self, value),
    public=False,
    promotes="same",
    self=lambda grad: zeros_like(grad),
    formulas={"self": "0"},
    tex="{1}",
    samples=[(sample(3), 2.0)],
)
filled_tensor = op(
    "fill.out_of_place_Tensor",
    lambda self, value: _filled(self, value),
    public=False,
    overload=1,
    promotes="same",
    self=lambda grad: zeros_like(grad),
    value=lambda grad: grad.sum(),
    formulas={"self": "0", "value": r"\sum {grad}"},
    tex="{1}",
    samples=[(sample(3), sample())],
)


def copy_of(grad: Tensor) -> Tensor:
    """Copy a gradient into memory of its own, differentiably: what a first accumulation under create_graph does."""
    array = np.empty_like(grad.array)
    return copy(wrap(array), grad)


# -- along one dimension, by index tensors


def _need_index(name: str, index: Any) -> None:
    if index.dtype.kind not in "iu":
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")


def _gathered(self: Any, dim: int, index: Any, sparse_grad: bool = False) -> Any:
    _need_index("gather", index)
    if not self.ndim:
        return np.broadcast_to(self, index.shape).copy()
    if not index.size or not index.ndim:
        return np.zeros(index.shape, self.dtype) if not index.size else self[index]
    d = axis(dim, self.ndim)
    cut = tuple(slice(None) if i == d else slice(0, n) for i, n in enumerate(index.shape))
    return np.take_along_axis(self[cut], index, d)


def _grid(index: Any, dim: int) -> tuple[Any, ...]:
    grid = list(np.indices(index.shape, sparse=True))
    grid[axis(dim, index.ndim)] = index
    return tuple(grid)


gather = op(
    "gather",
    _gathered,
    promotes="same",
    inputs="index",
    saves="sparse_grad",
    self=lambda grad, self, dim, index: scatter_add(zeros_like(self), dim, index, grad),
    formulas={"self": r"\sum {grad} \text{{ at }} {index}"},
    samples=[(sample(2, 3), 1, integers(2, 2, below=3))],
)


def _scattered(self: Any, dim: int, index: Any, src: Any, add: bool = False) -> Any:
    _need_index("scatter", index)
    into = self.copy()
    if not index.size:
        return into
    if not into.ndim:
        values = np.asarray(src, into.dtype).reshape(())
        return into + values if add else values.copy()
    if not index.ndim:
        index = index.reshape(1)
    where = _grid(index, dim)
    values = src[tuple(slice(0, n) for n in index.shape)] if isinstance(src, np.ndarray) and src.ndim else src
    if add:
        np.add.at(into, where, values)
    else:
        into[where] = values
    return into


scatter_add = op(
    "scatter_add",
    lambda self, dim, index, src: _scattered(self, dim, index, src, True),
    promotes="same",
    inputs="index",
    inplace=True,
    self=lambda grad: grad,
    src=lambda grad, dim, index: gather(grad, dim, index),
    formulas={"self": "{grad}", "src": r"{grad}_{{{index}}}"},
    samples=[(sample(3), 0, integers(2, below=3), sample(2))],
)
scatter_src = op(
    "scatter.src",
    lambda self, dim, index, src: _scattered(self, dim, index, src),
    promotes="same",
    public=False,
    inputs="index",
    self=lambda grad, dim, index: scatter_value(grad, dim, index, 0),
    src=lambda grad, dim, index: gather(grad, dim, index),
    formulas={"self": r"{grad} \text{{ elsewhere}}", "src": r"{grad}_{{{index}}}"},
    samples=[(sample(3), 0, integers(1, below=3), sample(1))],
)
scatter_value = op(
    "scatter.value",
    lambda self, dim, index, value: _scattered(self, dim, index, value),
    overload=1,
    promotes="same",
    public=False,
    inputs="index",
    self=lambda grad, dim, index: scatter_value(grad, dim, index, 0),
    formulas={"self": r"{grad} \text{{ elsewhere}}"},
    samples=[(sample(3), 0, integers(1, below=3), 0.5)],
)


@function()
def scatter(self: Any, dim: int, index: Any, src: Any = None, *, value: Any = None) -> Any:
    """Write values at the places that `index` names along a dimension."""
    src = value if src is None else src
    return scatter_src(self, dim, index, src) if isinstance(src, Tensor) else scatter_value(self, dim, index, src)


def _scatter_(self: Any, dim: int, index: Any, src: Any = None, *, value: Any = None) -> Any:
    src = value if src is None else src
    return InPlace(scatter_src if isinstance(src, Tensor) else scatter_value)(self, dim, index, src)


Tensor.scatter_ = _scatter_  # type: ignore[attr-defined]


def _along(self: Any, dim: int, index: Any) -> tuple[Any, ...]:
    return (*(slice(None),) * axis(dim, self.ndim), index)


index_select = op(
    "index_select",
    lambda self, dim, index: np.take(self, index, axis(dim, self.ndim)) if self.ndim else self.copy(),
    promotes="same",
    inputs="index",
    self=lambda grad, self_sym_sizes, dim, index: index_select_backward(grad, self_sym_sizes, dim, index),
    formulas={"self": r"{grad} \text{{ at }} {index}"},
    samples=[(sample(2, 3), 1, integers(2, below=3))],
)


def _index_select_back(grad: Any, self_sizes: Any, dim: int, index: Any) -> Any:
    into = np.zeros(self_sizes, grad.dtype)
    if not into.ndim:
        return grad.copy()
    np.add.at(into, _along(into, dim, index), grad if index.ndim else np.squeeze(grad, axis(dim, into.ndim)))
    return into


index_select_backward = op(
    "index_select_backward",
    _index_select_back,
    public=False,
    promotes="same",
    inputs="index",
    grad=lambda grad, dim, index: index_select(grad, dim, index),
    formulas={"grad": r"{grad}_{{{index}}}"},
)


def _index_changed(self: Any, dim: int, index: Any, source: Any, alpha: Any, add: bool) -> Any:
    into = self.copy()
    if not into.ndim:
        return into + source * alpha if add else np.asarray(source, into.dtype).copy()
    index = index.reshape(-1)
    if np.ndim(source) and np.ndim(source) < into.ndim:
        source = np.expand_dims(source, axis(dim, into.ndim))
    where = _along(into, dim, index)
    if add:
        np.add.at(into, where, source * alpha)
    else:
        into[where] = source
    return into


index_add = op(
    "index_add",
    lambda self, dim, index, source, alpha=1: _index_changed(self, dim, index, source, alpha, True),
    promotes="same",
    inputs="index",
    inplace=True,
    saves="source source_dim",
    self=lambda grad: grad,
    source=lambda grad, source, dim, index, alpha: OPS["expand"](index_select(grad, dim, index), source.shape) * alpha,
    formulas={"self": "{grad}", "source": r"{grad}_{{{index}}}"},
    samples=[(sample(3), 0, integers(2, below=3), sample(2))],
)
index_copy = op(
    "index_copy",
    lambda self, dim, index, source: _index_changed(self, dim, index, source, 1, False),
    promotes="same",
    inputs="index",
    inplace=True,
    saves="source source_dim",
    self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
    source=lambda grad, dim, index: index_select(grad, dim, index),
    formulas={"self": r"{grad} \text{{ elsewhere}}", "source": r"{grad}_{{{index}}}"},
    samples=[(sample(3), 0, integers(1, below=3), sample(1))],
)
index_fill_number = op(
    "index_fill",
    lambda self, dim, index, value: _index_changed(self, dim, index, value, 1, False),
    promotes="same",
    inputs="index",
    public=False,
    self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
    formulas={"self": r"{grad} \text{{ elsewhere}}"},
    samples=[(sample(3), 0, integers(1, below=3), 0.5)],
)


def _once(index: Any) -> Any:
    """Name each index once: what is overwritten twice counts once."""
    return wrap(np.unique(index.array)) if isinstance(index, Tensor) else np.unique(index)


index_fill_tensor = op(
    "index_fill.int_Tensor",
    lambda self, dim, index, value: _index_changed(self, dim, index, value, 1, False),
    overload=1,
    public=False,
    promotes="same",
    inputs="index",
    self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
    value=lambda grad, dim, index: index_select(grad, dim, _once(index)).sum(),
    formulas={"self": r"{grad} \text{{ elsewhere}}", "value": r"\sum {grad}_{{{index}}}"},
    samples=[(sample(3), 0, integers(1, below=3), sample())],
)


@function()
def index_fill(self: Any, dim: int, index: Any, value: Any) -> Any:
    """Put a number at the indices along a dimension."""
    return (index_fill_tensor if isinstance(value, Tensor) else index_fill_number)(self, dim, index, value)


def _index_fill_(self: Any, dim: int, index: Any, value: Any) -> Any:
    return InPlace(index_fill_tensor if isinstance(value, Tensor) else index_fill_number)(self, dim, index, value)


Tensor.index_fill_ = _index_fill_  # type: ignore[attr-defined]


def _take_back(grad: Any, self_sizes: Any, index: Any) -> Any:
    into = np.zeros(math.prod(self_sizes), grad.dtype)
    np.add.at(into, index, grad)
    return into.reshape(self_sizes)


take = op(
    "take",
    lambda self, index: self.reshape(-1)[index],
    promotes="same",
    inputs="index",
    self=lambda grad, self, index: take_backward(grad, tuple(self.shape), index),
    formulas={"self": r"{grad} \text{{ at }} {index}"},
    samples=[(sample(2, 3), integers(2, below=6))],
)
take_backward = op(
    "take_backward",
    _take_back,
    public=False,
    promotes="same",
    inputs="index",
    grad=lambda grad, index: take(grad, index),
    formulas={"grad": r"{grad}_{{{index}}}"},
)


def _masked_back(grad: Any, self_sizes: Any, mask: Any) -> Any:
    shape = np.broadcast_shapes(self_sizes, mask.shape)
    into = np.zeros(shape, grad.dtype)
    into[np.broadcast_to(mask, shape)] = grad
    return into


masked_select = op(
    "masked_select",
    lambda self, mask: np.broadcast_to(self, np.broadcast_shapes(self.shape, mask.shape))[
        np.broadcast_to(mask, np.broadcast_shapes(self.shape, mask.shape))
    ],
    promotes="same",
    inputs="mask",
    self=lambda grad, self, mask: masked_select_backward(grad, tuple(self.shape), mask),
    formulas={"self": r"{grad} \text{{ at }} {mask}"},
    samples=[(sample(2, 3), booleans(2, 3))],
)
masked_select_backward = op(
    "masked_select_backward",
    _masked_back,
    public=False,
    promotes="same",
    inputs="mask",
    grad=lambda grad, mask: masked_select(grad, mask),
    formulas={"grad": r"{grad} \text{{ at }} {mask}"},
)


def _mask_scattered(self: Any, mask: Any, source: Any) -> Any:
    shape = np.broadcast_shapes(self.shape, mask.shape)
    into = np.array(np.broadcast_to(self, shape))
    mask = np.broadcast_to(mask, shape)
    into[mask] = source.reshape(-1)[: int(mask.sum())]
    return into


def _from_mask(grad: Any, mask: Any, sizes: Any) -> Any:
    into = np.zeros(math.prod(sizes), grad.dtype)
    values = grad[np.broadcast_to(mask, grad.shape)]
    into[: len(values)] = values
    return into.reshape(sizes)


masked_scatter = op(
    "masked_scatter",
    _mask_scattered,
    promotes="same",
    inputs="mask",
    inplace=True,
    self=lambda grad, mask: OPS["masked_fill"](grad, mask, 0),
    source=lambda grad, mask, source_sym_sizes: masked_scatter_backward(grad, mask, source_sym_sizes),
    formulas={"self": r"{grad} \text{{ elsewhere}}", "source": r"{grad} \text{{ at }} {mask}"},
    samples=[(sample(2, 3), booleans(2, 3), sample(6))],
)
masked_scatter_backward = op(
    "masked_scatter_backward",
    _from_mask,
    public=False,
    promotes="same",
    inputs="mask",
    grad=lambda g, grad, mask: masked_scatter(zeros_like(grad), mask, g),
    formulas={"grad": r"g \text{{ at }} {mask}"},
    tex=r"{0} \text{{ at }} {1}",
)


@function()
def take_along_dim(self: Any, indices: Any, dim: Any = None) -> Any:
    """Take elements by index tensors along a dimension."""
    if dim is None:
        return gather(self.reshape(-1), 0, indices.reshape(-1))
    d = axis(dim, self.ndim)
    shape = np.broadcast_shapes(
        *(tuple(1 if i == d else n for i, n in enumerate(s)) for s in (self.shape, indices.shape))
    )
    wide = tuple(self.shape[d] if i == d else n for i, n in enumerate(shape))
    where = tuple(indices.shape[d] if i == d else n for i, n in enumerate(shape))
    return gather(OPS["expand"](self, wide), d, indices.expand(*where))


# -- sorting


def _sorted(self: Any, dim: int = -1, descending: bool = False, stable: bool = True) -> Any:
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    d = axis(dim, self.ndim)
    order = _order(self, d, descending)
    return np.take_along_axis(self, order, d), order


def _order(self: Any, d: int, descending: bool) -> Any:
    if not descending:
        return np.argsort(self, d, kind="stable")
    return self.shape[d] - 1 - np.flip(np.argsort(np.flip(self, d), d, kind="stable"), d)


def _top(self: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    d = axis(dim, self.ndim)
    order = np.take(_order(self, d, largest), np.arange(k), d)
    return np.take_along_axis(self, order, d), order


def _scatter_rule(grad: Any, indices: Any, self_sym_sizes: Any, dim: int) -> Any:
    return OPS["value_selecting_reduction_backward"](grad, indices, self_sym_sizes, dim, True)


sort_op = op(
    "sort",
    _sorted,
    outputs="values indices",
    differentiable="values",
    public=False,
    promotes="same",
    self=_scatter_rule,
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[(sample(2, 3),)],
)
sort_stable_op = op(
    "sort.stable",
    lambda self, stable, dim=-1, descending=False: _sorted(self, dim, descending),
    overload=1,
    outputs="values indices",
    differentiable="values",
    public=False,
    promotes="same",
    self=_scatter_rule,
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
)
topk_op = op(
    "topk",
    _top,
    outputs="values indices",
    differentiable="values",
    public=False,
    promotes="same",
    self=_scatter_rule,
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[(sample(2, 3), 2)],
)


@function()
def sort(self: Any, dim: int = -1, descending: bool = False, *, stable: Any = None) -> Any:
    """Sort along a dimension; gives the values and where they were."""
    if stable is not None:
        return named("sort", "values indices", sort_stable_op(self, stable, dim, descending))
    return named("sort", "values indices", sort_op(self, dim, descending))


@function()
def topk(self: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """Give the k largest elements along a dimension, and where they were."""
    return named("topk", "values indices", topk_op(self, k, dim, largest))


@function()
def msort(self: Any) -> Any:
    """Sort along the first dimension."""
    return sort_op(self, 0)[0]


argsort = op(
    "argsort",
    lambda self, dim=-1, descending=False, stable=True: _order(self, axis(dim, self.ndim), descending),
    inputs="self",
    promotes="same",
)
bincount = op(
    "bincount",
    lambda self, weights=None, minlength=0: np.bincount(self, weights, minlength),
    inputs="self",
    promotes="same",
)
nonzero_op = op("nonzero", lambda self: np.argwhere(self), inputs="self", promotes="same", public=False)


@function()
def nonzero(self: Any, *, as_tuple: bool = False) -> Any:
    """Give the indices of the elements that are not zero."""
    if as_tuple and not self.ndim:
        self = self.reshape(1)
    found = nonzero_op(self)
    return tuple(found.unbind(1)) if as_tuple else found


def _underivable(grad: Any) -> Any:
    raise NotImplementedError("the derivative for '_unique2' is not implemented.")


unique_op = op(
    "_unique2",
    lambda self: np.unique(self),
    public=False,
    promotes="same",
    self=_underivable,
    formulas={"self": r"\text{{undefined}}"},
)


@function()
def unique(
    self: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None
) -> Any:
    """Give the different elements, sorted; perhaps also where each went, and how many there were."""
    found = unique_op(self)
    if not return_inverse and not return_counts:
        return found
    _, inverse, counts = np.unique(self.array, return_inverse=True, return_counts=True)
    more = [wrap(inverse.reshape(self.array.shape))] * return_inverse + [wrap(counts)] * return_counts
    return (found, *more)


_QUANTILE_RANKS: dict[str, Any] = {
    "linear": None,
    "midpoint": None,
    "lower": np.floor,
    "higher": np.ceil,
    "nearest": np.round,
}


@function()
def quantile(self: Any, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear") -> Any:
    """Give the value below which a share of the elements lies."""
    if interpolation not in _QUANTILE_RANKS:
        raise RuntimeError(
            "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got "
            f"{interpolation}"
        )
    flat = self.reshape(-1) if (dim is None and self.ndim != 1) or not self.ndim else self
    d = axis(dim or 0, flat.ndim)
    if dim is not None and d != flat.ndim - 1:
        flat = flat.transpose(d, -1)
    ordered = sort_op(flat, -1)[0]
    n = ordered.shape[-1]
    ordered = OPS["view"](ordered, tuple(ordered.shape))
    several = isinstance(q, Tensor) and q.ndim == 1
    ranks = np.atleast_1d(q.array if isinstance(q, Tensor) else np.asarray(q, self.array.dtype)) * (n - 1)
    lead = tuple(ordered.shape)[:-1]
    ranks = np.broadcast_to(ranks, (*lead, ranks.shape[0]))
    chosen = _QUANTILE_RANKS[interpolation]
    ranks = ranks if chosen is None else chosen(ranks)
    below, above = np.floor(ranks), np.ceil(ranks)
    found = gather(ordered, -1, wrap(below.astype(np.int64)))
    if chosen is None:
        high = gather(ordered, -1, wrap(above.astype(np.int64)))
        weight = np.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - below
        found = OPS["lerp.Tensor"](found, high, wrap(weight.astype(self.array.dtype)))
    if several:
        return found.movedim(-1, 0)
    found = OPS["squeeze.product"](found, -1)
    return found.unsqueeze(d) if keepdim and dim is not None else found


@function()
def equal(self: Any, other: Any) -> bool:
    """Say whether two tensors have the same shape and elements."""
    return bool(np.array_equal(self.array, other.array))


@function()
def allclose(self: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Say whether all elements are about the same."""
    return bool(np.allclose(self.array, other.array, rtol, atol, equal_nan))


isclose = op(
    "isclose",
    lambda self, other, rtol=1e-05, atol=1e-08, equal_nan=False: np.isclose(self, other, rtol, atol, equal_nan),
    inputs="self other",
)
