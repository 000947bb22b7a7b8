"""Along one dimension, one index per slice: index_select, index_add, index_copy, index_fill."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dims import axis
from ...core.inplace import InPlace
from ...core.op import function, op
from ...core.registry import OPS
from ...core.samples import integers, sample
from ...core.tensor import Tensor, wrap
from ..shape.clone import clone
from ..shape.expand import expand
from ..shape.squeeze import unsqueeze
from ..shape.view import reshape, view


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
