"""The cross product, and distances between rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.op import function, op
from ...core.samples import sample
from ..common import zeros_like
from ..reduction.norms import norm_rule
from ..reduction.sums import sum_dim
from ..shape.squeeze import unsqueeze
from .inverse import T


def _crossed(self: Any, other: Any, dim: int = -1) -> Any:
    if self.shape[dim] != 3 or other.shape[dim] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {self.shape[dim]} and {other.shape[dim]}"
        )
    return np.cross(self, other, axis=dim)


cross_op = op(
    "linalg_cross",
    _crossed,
    public=False,
    self=lambda grad, other, dim: cross_op(other, grad, dim),
    other=lambda grad, self, dim: cross_op(grad, self, dim),
    tex=r"{0:product} \times {1:product}",
    samples=[(sample(3), sample(3))],
)


@function()
def cross(self: Any, other: Any, dim: Any = None) -> Any:
    """Give the cross product of vectors of three."""
    if dim is None:
        dim = next(i for i, n in enumerate(self.shape) if n == 3)
    return cross_op(self, other, dim)


def _distances(x1: Any, x2: Any, p: float = 2.0) -> Any:
    gaps = np.abs(x1[..., :, None, :] - x2[..., None, :, :])
    if p == 2:
        return np.sqrt((gaps * gaps).sum(-1))
    if p == 0:
        return (gaps != 0).sum(-1).astype(gaps.dtype)
    if p == math.inf:
        return gaps.max(-1)
    return gaps.sum(-1) if p == 1 else (gaps**p).sum(-1) ** (1 / p)


def _cdist_rule(grad: Any, x1: Any, x2: Any, p: float, result: Any) -> Any:
    gaps = unsqueeze(x1, -2) - unsqueeze(x2, -3)
    if p == 0:
        return zeros_like(x1)
    return sum_dim(norm_rule(unsqueeze(grad, -1), gaps, unsqueeze(result, -1), p, -1, True), -2)


cdist_op = op(
    "_cdist_forward",
    _distances,
    public=False,
    node="CdistBackward0",
    x1=_cdist_rule,
    x2=lambda grad, x1, x2, p, result: _cdist_rule(T(grad), x2, x1, p, T(result)),
    formulas={
        "x1": r"\sum_j {grad}_{{ij}} \frac{{{x1}_i - {x2}_j}}{{{result}_{{ij}}}}",
        "x2": r"\sum_i {grad}_{{ij}} \frac{{{x2}_j - {x1}_i}}{{{result}_{{ij}}}}",
    },
    samples=[(sample(2, 3), sample(4, 3))],
)


@function(method=False)
def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: Any = None) -> Any:
    """Give the distance of each row of one to each row of the other."""
    return cdist_op(x1, x2, float(p))
