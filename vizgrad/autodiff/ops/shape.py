"""Operations that arrange the same elements otherwise: views, copies, joining and splitting."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes, errors, modes
from ..dims import axis
from ..inplace import InPlace, count
from ..node import gradient_edge
from ..op import function, op
from ..samples import sample
from ..tensor import Tensor, wrap

ONE = (sample(2, 3),)


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


# -- the same memory, seen otherwise


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


expand = op(
    "expand",
    lambda self, size: _broadcast(self, tuple(size)),
    view=True,
    public=False,
    promotes="same",
    saves="self_sym_sizes",
    self=lambda grad: grad,
    tex="{0}",
    samples=[(sample(3), (2, 3))],
)


def _broadcast(self: Any, size: tuple[int, ...]) -> Any:
    if isinstance(self, np.ndarray) and self.shape == size:
        return self[...]
    self = np.asarray(self)
    _check_expand(self, size)
    lead = len(size) - self.ndim
    shape = tuple(self.shape[i - lead] if s == -1 else s for i, s in enumerate(size))
    strides = tuple(
        0 if i < lead or (self.shape[i - lead] == 1 and shape[i] != 1) else self.strides[i - lead]
        for i in range(len(shape))
    )
    return np.lib.stride_tricks.as_strided(self, shape, strides)


def _check_expand(self: Any, size: tuple[int, ...]) -> None:
    if len(size) < self.ndim:
        raise RuntimeError(
            f"expand(torch.{dtypes.of(self).long_name}Tensor{{{errors.sizes(self.shape)}}}, size={errors.sizes(size)}): "
            f"the number of sizes provided ({len(size)}) must be greater or equal to the number of dimensions in the "
            f"tensor ({self.ndim})"
        )
    lead = len(size) - self.ndim
    for i, (s, n) in enumerate(zip(size[lead:], self.shape, strict=True), lead):
        if s not in (-1, n) and n != 1:
            raise RuntimeError(
                f"The expanded size of the tensor ({s}) must match the existing size ({n}) at non-singleton dimension "
                f"{i}.  Target sizes: {errors.sizes(size)}.  Tensor sizes: {errors.sizes(self.shape)}"
            )


@function("expand")
def _(self: Any, *sizes: Any) -> Any:
    """Repeat along dimensions of length 1, without copying."""
    return expand(self, flatten_sizes(sizes))


@function("broadcast_to")
def expand_to(self: Any, size: Any) -> Any:
    """Repeat to a shape, without copying."""
    return expand(self, tuple(size))


@function()
def expand_as(self: Any, other: Any) -> Any:
    """Repeat to the shape of another tensor."""
    return expand(self, tuple(other.shape))


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


def _unsqueezed(self: Any, dim: int) -> Any:
    if not -self.ndim - 1 <= dim <= self.ndim:
        raise errors.dim_range(dim, self.ndim + 1)
    return np.expand_dims(self, dim)


unsqueeze = op(
    "unsqueeze",
    _unsqueezed,
    view=True,
    promotes="same",
    self=lambda grad, dim: squeeze_dim(grad, dim),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(3), 0)],
)
squeeze_all = op(
    "squeeze",
    lambda self: self.squeeze(),
    view=True,
    public=False,
    promotes="same",
    self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(1, 3),)],
)
squeeze_dim = op(
    "squeeze.dim",
    lambda self, dim: (
        self.squeeze(axis(dim, self.ndim)) if self.ndim and self.shape[axis(dim, self.ndim)] == 1 else self[...]
    ),
    overload=1,
    view=True,
    public=False,
    promotes="same",
    saves="dim",
    self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(1, 3), 0)],
)


def _squeezed(self: Any, dim: Any) -> Any:
    return (
        self.squeeze(tuple(d for d in (axis(i, self.ndim) for i in dim) if self.shape[d] == 1))
        if self.ndim
        else self[...]
    )


squeeze_dims = op(
    "squeeze.dims",
    _squeezed,
    overload=2,
    view=True,
    public=False,
    promotes="same",
    saves="dim",
    self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(1, 3, 1), (0, 2))],
)
squeeze_from_product = op(
    "squeeze.product",
    lambda self, dim: _squeezed(self, (dim,)),
    overload=4,
    public=False,
    promotes="same",
    saves="dim",
    self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(1, 3), 0)],
)


@function()
def squeeze(self: Any, dim: Any = None) -> Any:
    """Take dimensions of length 1 away."""
    if isinstance(dim, (tuple, list)):
        return squeeze_dims(self, tuple(dim))
    return squeeze_all(self) if dim is None else squeeze_dim(self, dim)


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


# -- copies

clone = op(
    "clone",
    lambda self, contiguous=False: self.copy("C" if contiguous else "K"),
    promotes="same",
    self=lambda grad: grad,
    tex="{0}",
    samples=[ONE],
    public=False,
)


@function("clone")
def _(self: Any, *, memory_format: Any = None) -> Any:
    """Copy, with gradients flowing through."""
    return clone(self)


@function()
def contiguous(self: Any, memory_format: Any = None) -> Any:
    """Lay the elements one after the other: the tensor itself where they are already."""
    return self if self.array.flags.c_contiguous else clone(self, True)


_detach = op("detach", lambda self: self, inputs="self", promotes="same", public=False, tex="{0}")


@function("detach")
def detach(self: Any) -> Any:
    """Give the same memory and version counter without history."""
    found = _detach(self)
    found._counter = self._shared_counter()
    return found


@function("detach_")
def _(self: Any) -> Any:
    """Cut the tensor itself off from its history."""
    if self._view is not None:
        raise RuntimeError(errors.DETACH_VIEW)
    self._edge, self._requires_grad = None, False
    observer = modes.current().observer
    if observer is not None:
        observer.mutated(_detach, self, {"self": self}, None)
    return self


to_copy = op(
    "_to_copy",
    lambda self, dtype: _cast(self, dtype),
    public=False,
    promotes="same",
    self=lambda grad: grad,
    node="ToCopyBackward0",
    tex="{0}",
    samples=[(sample(2, 3), dtypes.float64)],
)


def _cast(self: Any, dtype: dtypes.dtype) -> Any:
    if self.dtype.kind == "c" and dtype.category < 3:
        self = self.real
    if dtype is dtypes.bfloat16:  # the numbers bfloat16 has: float32's upper half, rounded to even
        bits = np.array(self, np.float32, order="C").reshape(-1).view(np.uint32)
        bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & np.uint32(0xFFFF0000)
        return bits.view(np.float32).astype(dtype.numpy).reshape(np.shape(self))
    return np.array(self, dtype.numpy)


@function("type")
def to(self: Any, *args: Any, dtype: Any = None, device: Any = None, copy: bool = False, **_: Any) -> Any:
    """Give the tensor another type; the tensor itself where it has that type already."""
    for argument in args:
        if isinstance(argument, dtypes.dtype):
            dtype = argument
        elif isinstance(argument, Tensor):
            dtype = argument.dtype
    flags = [a for a in args if isinstance(a, bool)]
    copy = copy or flags[1:] == [True]  # to(..., non_blocking, copy)
    dtype = self.dtype if dtype is None and copy else dtype
    if dtype is None or (dtype is self.dtype and not copy):
        return self
    return to_copy(self, dtype)


def _caster(name: str, dtype: dtypes.dtype) -> None:
    def cast(self: Any, memory_format: Any = None) -> Any:
        return to(self, dtype)

    cast.__name__, cast.__doc__ = name, f"Give the tensor the type {dtype!r}."
    setattr(Tensor, name, cast)


for _name, _dtype in {
    **dtypes.ALIASES,
    "bool": dtypes.bool,
    "bfloat16": dtypes.bfloat16,
    "byte": dtypes.uint8,
    "char": dtypes.int8,
}.items():
    _caster(_name, _dtype)


@function()
def type_as(self: Any, other: Any) -> Any:
    """Give the tensor the type of another."""
    return to(self, other.dtype)


def _repeated(self: Any, repeats: Any) -> Any:
    return np.tile(self, repeats)


def _fold_repeats(grad: Any, repeats: Any, size: Any) -> Any:
    size = (1,) * (len(repeats) - len(size)) + tuple(size)
    for d, (r, n) in enumerate(zip(repeats, size, strict=True)):
        shape = tuple(grad.shape)
        grad = sum_dim(reshape(grad, (*shape[:d], r, n, *shape[d + 1 :])), d)
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


@function()
def repeat_interleave(self: Any, repeats: Any, dim: Any = None, *, output_size: Any = None) -> Any:
    """Repeat each element, all as often or each by a number of its own."""
    if dim is None:
        self, dim = reshape(self, -1) if self.ndim != 1 else self, 0
    if isinstance(repeats, Tensor):
        n = self.shape[axis(dim, self.ndim)]
        places = np.repeat(np.arange(n), np.broadcast_to(repeats.array.reshape(-1), (n,)))
        return index_select(self, dim, wrap(places))
    d, shape = axis(dim, self.ndim), tuple(self.shape)
    wide = expand(unsqueeze(self, d + 1), (*shape[: d + 1], repeats, *shape[d + 1 :]))
    return view(clone(wide, True), (*shape[:d], shape[d] * repeats, *shape[d + 1 :]))


flip = op(
    "flip",
    lambda self, dims: np.flip(self, tuple(axis(d, self.ndim) for d in dims) if self.ndim else ()).copy(),
    promotes="same",
    public=False,
    self=lambda grad, dims: flip(grad, dims),
    samples=[(sample(2, 3), (0,))],
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
tril = op(
    "tril",
    lambda self, diagonal=0: np.tril(self, diagonal),
    inplace=True,
    promotes="same",
    self=lambda grad, diagonal: tril(grad, diagonal),
    samples=[(sample(3, 3),)],
)
triu = op(
    "triu",
    lambda self, diagonal=0: np.triu(self, diagonal),
    inplace=True,
    promotes="same",
    self=lambda grad, diagonal: triu(grad, diagonal),
    samples=[(sample(3, 3),)],
)


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

# -- joining


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


# -- splitting


def _back_together(grads: Any, dim: int) -> Any:
    if isinstance(grads[0], Tensor):
        return cat(list(grads), dim)
    return np.concatenate(grads, dim)


def _split(self: Any, split_size: int, dim: int = 0) -> Any:
    d = axis(dim, self.ndim)
    return [narrow_copy(self, d, i, i + split_size) for i in range(0, max(self.shape[d], 1), split_size)]


split_op = op(
    "split.Tensor",
    _split,
    outputs="outputs",
    view=True,
    public=False,
    promotes="same",
    saves="self_sym_sizes split_size",
    self=lambda grads, dim: _back_together(grads, dim),
    formulas={"self": r"\left[{grad}_1, \dots, {grad}_n\right]"},
    samples=[(sample(3), 2)],
)


def _split_with_sizes(self: Any, split_sizes: Any, dim: int = 0) -> Any:
    d, at, parts = axis(dim, self.ndim), 0, []
    if sum_of(split_sizes) != self.shape[d]:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {self.shape[d]} (input tensor's size at dimension "
            f"{dim}), but got split_sizes={list(split_sizes)}"
        )
    for n in split_sizes:
        parts.append(narrow_copy(self, d, at, at + n))
        at += n
    return parts


def sum_of(numbers: Any) -> int:
    """Add plain numbers up (this package's `sum` is a tensor's)."""
    return int(np.sum(numbers))


split_with_sizes = op(
    "split_with_sizes",
    _split_with_sizes,
    outputs="outputs",
    view=True,
    public=False,
    promotes="same",
    saves="self_sym_sizes split_sizes",
    self=lambda grads, dim: _back_together(grads, dim),
    formulas={"self": r"\left[{grad}_1, \dots, {grad}_n\right]"},
    samples=[(sample(3), (1, 2))],
)


@function()
def split(self: Any, split_size_or_sections: Any, dim: int = 0) -> Any:
    """Cut into parts of one size, or of the sizes given."""
    if isinstance(split_size_or_sections, int):
        return split_op(self, split_size_or_sections, dim)
    return split_with_sizes(self, list(split_size_or_sections), dim)


@function()
def chunk(self: Any, chunks: int, dim: int = 0) -> Any:
    """Cut into a number of parts."""
    return split_op(self, -(-self.shape[dim] // chunks), dim)


@function()
def tensor_split(self: Any, indices_or_sections: Any, dim: int = 0) -> Any:
    """Cut into parts that differ in size by one at most, or at the places given."""
    n = self.shape[dim]
    if isinstance(indices_or_sections, Tensor):
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        small, more = divmod(n, indices_or_sections)
        sizes = [small + 1] * more + [small] * (indices_or_sections - more)
        ends = [int(e) for e in np.cumsum(sizes)]
    else:
        ends = [*indices_or_sections, n]
    return tuple(slice_(self, dim, a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True))


def _unbound(self: Any, dim: int = 0) -> Any:
    d = axis(dim, self.ndim)
    return [self[(slice(None),) * d + (i,)] for i in range(self.shape[d])] if self.shape[d] else []


def _stack_again(grads: Any, dim: int) -> Any:
    return stack(list(grads), dim) if isinstance(grads[0], Tensor) else np.stack(grads, dim)


unbind = op(
    "unbind.int",
    lambda self, dim=0: [
        a if isinstance(a, np.ndarray) else _zero_dim(self, dim, i) for i, a in enumerate(_unbound(self, dim))
    ],
    outputs="outputs",
    view=True,
    promotes="same",
    self=lambda grads, dim: _stack_again(grads, dim),
    formulas={"self": r"\left[{grad}_1, \dots, {grad}_n\right]"},
    samples=[ONE],
)


def _zero_dim(self: Any, dim: int, i: int) -> Any:
    return self[i : i + 1].reshape(())


@function(method=False)
def meshgrid(*tensors: Any, indexing: str = "ij") -> Any:
    """Spread several vectors over a common grid."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if indexing == "xy" and len(tensors) > 1:
        tensors = (tensors[1], tensors[0], *tensors[2:])
    sizes = tuple(a.numel() for a in tensors)
    grids = []
    for i, a in enumerate(tensors):
        grids.append(expand(view(a, tuple(n if k == i else 1 for k, n in enumerate(sizes))), sizes))
    if indexing != "xy" or len(grids) < 2:
        return tuple(grids)
    swapped = [transpose(g, 0, 1) for g in grids]
    return (swapped[1], swapped[0], *swapped[2:])


unfold = op(
    "unfold",
    lambda self, dimension, size, step: _windows(self, axis(dimension, self.ndim), size, step),
    view=True,
    promotes="same",
    self=lambda grad, self_sym_sizes, dimension, size, step: unfold_backward(
        grad, self_sym_sizes, dimension, size, step
    ),
    formulas={"self": r"\sum {grad} \text{{ over the windows}}"},
    samples=[(sample(5), 0, 2, 1)],
)


def _windows(self: Any, d: int, size: int, step: int) -> Any:
    if not self.ndim:
        return np.lib.stride_tricks.as_strided(self, (size,), (self.itemsize,))
    windows = np.lib.stride_tricks.sliding_window_view(self, size, d, writeable=True)
    return windows[(slice(None),) * d + (slice(None, None, step),)]


def _from_windows(grad: Any, input_sizes: Any, dim: int, size: int, step: int) -> Any:
    d = axis(dim, len(input_sizes))
    into = np.zeros(input_sizes, grad.dtype)
    if not into.ndim:
        return grad.sum().astype(grad.dtype)
    lead = (slice(None),) * d
    for i in range(grad.shape[d]):
        into[(*lead, slice(i * step, i * step + size))] += np.moveaxis(grad[(*lead, i)], -1, d)
    return into


unfold_backward = op(
    "unfold_backward",
    _from_windows,
    public=False,
    promotes="same",
    grad=lambda grad, dim, size, step: unfold(grad, dim, size, step),
    formulas={"grad": r"{grad} \text{{ in windows}}"},
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


@function(method=False)
def cartesian_prod(*tensors: Any) -> Any:
    """Pair each element of each vector with all of the others."""
    if len(tensors) == 1:
        return tensors[0]
    return stack([flatten(grid) for grid in meshgrid(*tensors)], 1)


@function(method=False)
def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """Give all choices of r elements of a vector."""
    n = input.numel()
    indices = np.indices((n,) * r)
    rising = [(a <= b) if with_replacement else (a < b) for a, b in itertools.pairwise(indices)]
    mask = wrap(np.logical_and.reduce(rising) if rising else np.ones(n, bool))
    return stack([grid.masked_select(mask) for grid in meshgrid(*[input] * r)], 1)


# -- changing the shape of the tensor itself


class Reshaping(InPlace):
    """An in-place operation that shows the same memory under another shape: `t_`, `squeeze_`, `unsqueeze_`."""

    def finish(self, tensor: Tensor, bound: Any, arrays: Any, data: Any, tracked: bool) -> Tensor:
        """Take the new shape, and record a node for it."""
        before = gradient_edge(tensor)
        old = arrays[0]
        tensor.array = data
        count(tensor)
        node = None
        if tracked:
            node = self.op.record(bound, (old, *arrays[1:]), (tensor,), edge=before)
            tensor._edge, tensor._requires_grad = (node, 0), True
        observer = modes.current().observer
        if observer is not None:
            observer.mutated(self.op, tensor, self.op.named(bound), node)
        return tensor


def _in_place(name: str, forward: Any, node: str, rule: Any, saves: str = "", **formulas: str) -> None:
    made = op(f"{name}_", forward, node=node, public=False, promotes="same", self=rule, formulas=formulas, saves=saves)
    setattr(Tensor, f"{name}_", Reshaping(made))


_in_place("t", lambda self: self.T, "TBackward1", lambda grad: t(grad))
_in_place(
    "squeeze",
    lambda self: self.squeeze(),
    "SqueezeBackward3",
    lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    self="{grad}",
)
squeeze_dims_ = op(
    "squeeze_.dims",
    lambda self, dim: _squeezed(self, dim),
    overload=5,
    node="SqueezeBackward5",
    public=False,
    promotes="same",
    saves="dim",
    self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    formulas={"self": "{grad}"},
)
_squeeze_all_ = Tensor.squeeze_  # type: ignore[attr-defined]


def _squeeze_(self: Any, dim: Any = None) -> Any:
    """Take dimensions of length 1 away from the tensor itself."""
    if dim is None:
        return _squeeze_all_(self)
    return Reshaping(squeeze_dims_ if isinstance(dim, (tuple, list)) else squeeze_from_product)(self, dim)


Tensor.squeeze_ = _squeeze_  # type: ignore[attr-defined]
_in_place(
    "unsqueeze",
    lambda self, dim: np.expand_dims(self, dim),
    "UnsqueezeBackward1",
    lambda grad, dim: squeeze_dim(grad, dim),
    self="{grad}",
)
_in_place(
    "transpose",
    lambda self, dim0, dim1: np.swapaxes(self, dim0, dim1),
    "TransposeBackward1",
    lambda grad, dim0, dim1: transpose(grad, dim0, dim1),
    self=r"{grad}^{{\top}}",
)

from .index import index_select, select, slice_  # noqa: E402 - the rules above cut what index declares
from .reduce import sum_dim  # noqa: E402
