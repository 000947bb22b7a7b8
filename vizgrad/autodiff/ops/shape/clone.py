"""Copies: clone, detach, and other dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtypes, errors, grad_mode
from ...core.op import function, op
from ...core.samples import ONE, sample
from ...core.tensor import Tensor, on_cpu
from ...core.tensor import device as Device

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
    observer = grad_mode.current().observer
    if observer is not None:
        observer.mutated(_detach, self, {"self": self}, None)
    return self


to_copy = op(
    "_to_copy",
    lambda self, dtype: cast_to(self, dtype),
    public=False,
    promotes="same",
    self=lambda grad: grad,
    node="ToCopyBackward0",
    tex="{0}",
    samples=[(sample(2, 3), dtypes.float64)],
)


def cast_to(self: Any, dtype: dtypes.dtype) -> Any:
    """Change an array's type as PyTorch does: the imaginary part is dropped, everything but 0 is true."""
    if self.dtype.kind == "c" and dtype.category < 3:
        self = self.real
    if dtype is dtypes.bfloat16:  # the numbers bfloat16 has: float32's upper half, rounded to even
        bits = np.array(self, np.float32, order="C").reshape(-1).view(np.uint32)
        bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & np.uint32(0xFFFF0000)
        return bits.view(np.float32).astype(dtype.numpy).reshape(np.shape(self))
    return np.array(self, dtype.numpy)


LEGACY: dict[str, dtypes.dtype] = {
    "FloatTensor": dtypes.float32,
    "DoubleTensor": dtypes.float64,
    "HalfTensor": dtypes.float16,
    "BFloat16Tensor": dtypes.bfloat16,
    "LongTensor": dtypes.int64,
    "IntTensor": dtypes.int32,
    "ShortTensor": dtypes.int16,
    "CharTensor": dtypes.int8,
    "ByteTensor": dtypes.uint8,
    "BoolTensor": dtypes.bool,
}
"""What PyTorch's first types of tensors are called: see `legacy`."""


@function()
def type(self: Any, dtype: Any = None, non_blocking: bool = False, **_: Any) -> Any:
    """Give the tensor another type, by dtype or by the name of old; without one, say that name."""
    if dtype is None:
        return next(f"torch.{name}" for name, kind in LEGACY.items() if kind is self.dtype)
    if isinstance(dtype, str):
        if dtype.removeprefix("torch.") not in LEGACY:
            raise ValueError(f"invalid type: '{dtype}'")
        dtype = LEGACY[dtype.removeprefix("torch.")]
    return to(self, dtype)


@function()
def to(self: Any, *args: Any, dtype: Any = None, device: Any = None, copy: bool = False, **_: Any) -> Any:
    """Give the tensor another type; the tensor itself where it has that type already."""
    on_cpu(device)
    for argument in args:
        if isinstance(argument, dtypes.dtype):
            dtype = argument
        elif isinstance(argument, Tensor):
            dtype = argument.dtype
        elif isinstance(argument, str | Device):
            on_cpu(argument)
        elif isinstance(getattr(argument, "dtype", None), dtypes.dtype):  # `x.type(torch.LongTensor)`
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
