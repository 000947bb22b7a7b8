"""Norms of vectors, and distances."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core import dtypes
from ...core.dims import axes
from ...core.op import op
from ...core.samples import ONE, sample
from ...core.symbol import Symbol
from ..elementwise import rounding
from ..elementwise.rounding import sgn
from ..elementwise.where import masked_fill
from ..textbook import indicator
from .minmax import equal_share
from .sums import restore, typed


def _vector_norm(self: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Any:
    if self.dtype.kind not in "fc":
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {dtypes.of(self).long_name}"
        )
    a = axes(dim, self.ndim)
    far = np.abs(self)
    if ord == math.inf:
        return far.max(a, keepdims=keepdim)
    if ord == -math.inf:
        return far.min(a, keepdims=keepdim)
    if ord == 0:
        return np.asarray((far != 0).sum(a, keepdims=keepdim)).astype(far.dtype)
    if ord == 1:
        return far.sum(a, keepdims=keepdim)
    if ord == 2:
        return np.sqrt((far * far).sum(a, keepdims=keepdim))
    return (far**ord).sum(a, keepdims=keepdim) ** (1 / ord)


def norm_rule(grad: Any, self: Any, result: Any, ord: Any, dim: Any, keepdim: bool) -> Any:
    """The derivative of a norm; 0 where the norm is 0."""
    if ord == 0:
        return None  # PyTorch: no gradient at all, rather than zeros
    grad, result = restore(grad, self.shape, dim, keepdim), restore(result, self.shape, dim, keepdim)
    if ord == 1:
        return grad * sgn(self)
    if ord == 2:
        return grad * masked_fill(self / result, result == 0, 0)
    if ord in (math.inf, -math.inf):
        return grad * sgn(self) * equal_share(rounding.abs(self), result, dim, True)
    scale = masked_fill(grad / result ** (ord - 1), result == 0, 0)
    if ord < 1:
        return sgn(self) * masked_fill(rounding.abs(self) ** (ord - 1), self == 0, 0) * scale
    if ord < 2:
        return sgn(self) * rounding.abs(self) ** (ord - 1) * scale
    return self * rounding.abs(self) ** (ord - 2) * scale


def _norm_formula(grad: Any, self: Any, result: Any, p: Any) -> Any:
    """Write the derivative of a norm: of the usual one as x over its norm."""
    if isinstance(p, Symbol):
        return grad * sgn(self) * (rounding.abs(self) / result) ** (p - 1)
    if p == 0:
        return Symbol("0")
    if p == 1:
        return grad * sgn(self)
    if p == 2:
        return grad * (self / result)
    if p in (math.inf, -math.inf):
        return grad * sgn(self) * indicator("{0} = {1}", rounding.abs(self), result)
    return grad * sgn(self) * (rounding.abs(self) / result) ** (p - 1)


vector_norm = op(
    "linalg_vector_norm",
    lambda self, ord=2, dim=None, keepdim=False, dtype=None: _vector_norm(typed(self, dtype), ord, dim, keepdim),
    public=False,
    promotes="same",
    self=norm_rule,
    formulas={"self": lambda grad, self, result, ord: _norm_formula(grad, self, result, ord)},
    tex=r"\left\lVert {0} \right\rVert",
    samples=[ONE, (sample(2, 3), 3, 1)],
)
norm_p = op(
    "norm.ScalarOpt_dim",
    lambda self, p, dim, keepdim=False: _vector_norm(self, 2 if p is None else p, dim, keepdim),
    overload=1,
    public=False,
    promotes="same",
    self=lambda grad, self, result, p, dim, keepdim: norm_rule(grad, self, result, p, dim, keepdim),
    formulas={"self": lambda grad, self, result, p: _norm_formula(grad, self, result, 2 if p is None else p)},
    tex=r"\left\lVert {0} \right\rVert",
    samples=[(sample(2, 3), 2, 1)],
)


dist = op(
    "dist",
    lambda self, other, p=2: _vector_norm(self - other, p),
    self=lambda grad, self, other, p, result: norm_rule(grad, self - other, result, p, None, False),
    other=lambda grad, self, other, p, result: -norm_rule(grad, self - other, result, p, None, False),
    formulas={
        "self": r"{grad} \, \frac{{{self} - {other}}}{{{result}}}",
        "other": r"{grad} \, \frac{{{other} - {self}}}{{{result}}}",
    },
    samples=[(sample(3), sample(3))],
)
