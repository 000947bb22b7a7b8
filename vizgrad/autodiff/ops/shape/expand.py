"""The same elements many times, without copying: expand."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtypes, errors
from ...core.op import function, op
from ...core.samples import sample
from .view import flatten_sizes

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
