"""The largest and the smallest."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dims import axes, axis
from ...core.named_results import named
from ...core.op import function, op
from ...core.samples import ONE, ROWS
from ..common import passed
from ..textbook import arriving
from .sums import restore


def _not_empty(name: str, self: Any) -> Any:
    if not self.size:
        raise RuntimeError(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with "
            "the 'dim' argument."
        )
    return self


def _equal_share(self: Any, result: Any, dim: Any, keepdim: bool) -> Any:
    kept = result if keepdim else np.expand_dims(np.asarray(result), axes(dim, self.ndim))
    hit = self == kept
    return (hit / hit.sum(axes(dim, self.ndim), keepdims=True)).astype(self.dtype)


equal_share = op(
    "equal_share",
    _equal_share,
    public=False,
    inputs="self result",
    tex=r"\frac{{\left[{0} = {1}\right]}}{{\#\left[{0} = {1}\right]}}",
)


def _share_of_gradient(grad: Any, self: Any, result: Any) -> Any:
    """The derivative of an extreme as a textbook writes it: those that are equal share it."""
    return grad * equal_share(self, result, None, False)


max_all = op(
    "max",
    lambda self: _not_empty("max", self).max(),
    overload=1,
    public=False,
    self=lambda grad, self, result: passed(grad * equal_share(self, result, None, False), self == result),
    formulas={"self": _share_of_gradient},
    tex=r"\max\left({0}\right)",
    samples=[ONE],
)
min_all = op(
    "min",
    lambda self: _not_empty("min", self).min(),
    overload=1,
    public=False,
    self=lambda grad, self, result: passed(grad * equal_share(self, result, None, False), self == result),
    formulas={"self": _share_of_gradient},
    tex=r"\min\left({0}\right)",
    samples=[ONE],
)
amax = op(
    "amax",
    lambda self, dim=(), keepdim=False: self.max(axes(dim, self.ndim), keepdims=keepdim),
    self=lambda grad, self, result, dim, keepdim: (
        restore(grad, self.shape, dim, keepdim) * equal_share(self, result, dim, keepdim)
    ),
    formulas={"self": _share_of_gradient},
    samples=[ROWS],
)
amin = op(
    "amin",
    lambda self, dim=(), keepdim=False: self.min(axes(dim, self.ndim), keepdims=keepdim),
    self=lambda grad, self, result, dim, keepdim: (
        restore(grad, self.shape, dim, keepdim) * equal_share(self, result, dim, keepdim)
    ),
    formulas={"self": _share_of_gradient},
    samples=[ROWS],
)


def _aminmax_rule(grads: Any, self: Any, min: Any, max: Any, dim: Any, keepdim: bool) -> Any:
    low, high = (restore(g, self.shape, dim, keepdim) for g in grads)
    return low * equal_share(self, min, dim, keepdim) + high * equal_share(self, max, dim, keepdim)


aminmax_op = op(
    "aminmax",
    lambda self, dim=None, keepdim=False: (
        self.min(axes(dim, self.ndim), keepdims=keepdim),
        self.max(axes(dim, self.ndim), keepdims=keepdim),
    ),
    outputs="min max",
    public=False,
    self=_aminmax_rule,
    formulas={
        "self": lambda grads, self, min, max: arriving(
            grads,
            lambda grad: grad * equal_share(self, min, None, False),
            lambda grad: grad * equal_share(self, max, None, False),
        )
    },
    samples=[ONE],
)


@function()
def aminmax(self: Any, *, dim: Any = None, keepdim: bool = False) -> Any:
    """Find the smallest and the largest element."""
    return named("aminmax", "min max", aminmax_op(self, dim=dim, keepdim=keepdim))


def _arg(name: str, find: Any) -> Any:
    def forward(self: Any, dim: Any = None, keepdim: bool = False) -> Any:
        if not self.size:
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
        return find(self, dim if dim is None else axis(dim, self.ndim), keepdims=keepdim) if self.ndim else np.int64(0)

    return forward


argmax = op("argmax", _arg("argmax", np.argmax), inputs="self", promotes="same")
argmin = op("argmin", _arg("argmin", np.argmin), inputs="self", promotes="same")
