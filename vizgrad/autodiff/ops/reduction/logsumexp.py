"""The logarithm of a sum of exponentials, computed without overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dims import axes
from ...core.op import op
from ...core.samples import ROWS
from ..elementwise.exponentials import exp
from .sums import restore


def _logsumexp(self: Any, dim: Any, keepdim: bool = False) -> Any:
    a = axes(dim, self.ndim)
    top = (self.real if self.dtype.kind == "c" else self).max(a, keepdims=True)
    top = np.where(np.isfinite(top), top, 0).astype(self.dtype)
    if not self.ndim:
        return self.copy()
    total = np.log(np.exp(self - top).sum(a, keepdims=True)) + top
    return total if keepdim else total.squeeze(a)


logsumexp = op(
    "logsumexp",
    _logsumexp,
    promotes="float",
    self=lambda grad, self, result, dim, keepdim: (
        restore(grad, self.shape, dim, keepdim) * exp(self - restore(result, self.shape, dim, keepdim))
    ),
    formulas={"self": r"{grad} \, e^{{{self} - {result}}}"},
    samples=[ROWS],
)
