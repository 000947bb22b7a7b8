"""Taking tensors apart: split, chunk, unbind, windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dims import axis
from ...core.op import function, op
from ...core.samples import ONE, sample
from ...core.tensor import Tensor
from .cat import cat, narrow_copy, stack
from .slicing import slice_


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
