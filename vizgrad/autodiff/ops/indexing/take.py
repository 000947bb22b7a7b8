"""By flat position or by mask: take, masked_select, masked_scatter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.dims import axis
from ...core.op import function, op
from ...core.registry import OPS
from ...core.samples import booleans, integers, sample
from ..common import zeros_like
from .gather import gather


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
    places = indices.expand(*where)
    return gather(OPS["expand"](self, wide), d, places)
