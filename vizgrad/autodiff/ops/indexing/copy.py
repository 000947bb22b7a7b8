"""Overwriting the whole: copy_, zero_, fill_."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import errors
from ...core.op import function, op
from ...core.registry import FUNCTIONS
from ...core.samples import sample
from ...core.tensor import Tensor
from ..common import zeros_like


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
