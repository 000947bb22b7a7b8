"""The multi-class margin loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..samples import integers, sample
from .losses import reduced
from .shared import underivables


def _multi_margin(
    self: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: int = 1
) -> Any:
    gaps, aims, rows = _margins(self, target, margin)
    loss = np.maximum(gaps, 0) ** p / rows.shape[1]
    if weight is not None:
        loss = loss * weight[aims][:, None]
    loss[np.arange(len(aims)), aims] = 0
    return reduced(loss.sum(1), reduction)


def _margins(self: Any, target: Any, margin: float) -> tuple[Any, Any, Any]:
    rows, aims = np.atleast_2d(self), np.atleast_1d(target)
    return margin - rows[np.arange(len(aims)), aims][:, None] + rows, aims, rows


def _multi_margin_back(grad: Any, self: Any, target: Any, p: int, margin: float, weight: Any, reduction: int) -> Any:
    gaps, aims, rows = _margins(self, target, margin)
    slope = (gaps > 0) * (1 if p == 1 else 2 * gaps) / rows.shape[1]
    if weight is not None:
        slope = slope * weight[aims][:, None]
    at = np.arange(len(aims)), aims
    slope[at] = 0
    slope[at] = -slope.sum(1)
    share = grad / len(aims) if reduction == 1 else (grad[:, None] if reduction == 0 and grad.ndim else grad)
    return (slope * share).astype(self.dtype).reshape(self.shape)


multi_margin_back = op(
    "multi_margin_loss_backward",
    _multi_margin_back,
    public=False,
    inputs="target weight",
    promotes="same",
    node="NotImplemented",
    **underivables("multi_margin_loss_backward", "grad", "self"),
)
multi_margin_loss = op(
    "multi_margin_loss",
    _multi_margin,
    public=False,
    promotes="same",
    inputs="target weight",
    self=lambda grad, self, target, p, margin, weight, reduction: multi_margin_back(
        grad, self, target, p, margin, weight, reduction
    ),
    formulas={
        "self": r"{grad} \left(\left[j \ne t\right] h_j - \left[j = t\right] \sum_k h_k\right), \; "
        r"h_j = \left[{margin} - {self}_t + {self}_j > 0\right] / \text{{number of losses and classes}}, \; t = {target}"
    },
    samples=[(sample(2, 3), integers(2, below=3))],
)
