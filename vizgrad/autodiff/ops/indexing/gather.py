"""Along one dimension, one index per element: gather and scatter."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dims import axis
from ...core.inplace import InPlace
from ...core.op import function, op
from ...core.samples import integers, sample
from ...core.tensor import Tensor
from ..common import zeros_like


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
