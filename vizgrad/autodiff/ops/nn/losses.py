"""Losses of each element, then their mean or sum: the reductions 0 (none), 1 (mean) and 2 (sum), as PyTorch numbers them."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import ALIKE, integers, sample
from ...core.symbol import lift
from ...core.tensor import Tensor
from ..activation.smooth import sigmoid
from ..common import underivables
from ..elementwise.clamp import clamp, clamp_number
from ..textbook import called, shared

CLAMP = r"\operatorname{clamp}"
REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


def reduced(values: Any, reduction: int) -> Any:
    """Take the mean (1) or the sum (2) of the losses, or leave them (0)."""
    if reduction == 0:
        return values
    return values.mean() if reduction == 1 else values.sum()


def _part(grad: Any, shape: Any, reduction: int) -> Any:
    """Give each element its share of a loss's gradient."""
    if reduction == 1:
        return grad / math.prod(shape) if isinstance(shape, tuple) else grad / shape
    return grad


def widened(grad: Any, self: Any, target: Any, reduction: int) -> Any:
    """Give each loss its share of the gradient of their mean or sum."""
    if not isinstance(reduction, int):
        return grad
    return _part(grad, tuple(np.broadcast_shapes(tuple(self.shape), tuple(target.shape))), reduction)


def elementwise_loss(
    name: str,
    compute: Any,
    slope: Any,
    formula: Any,
    *,
    target_slope: Any = None,
    extra: str = "",
    samples: Any = (ALIKE,),
    **options: Any,
) -> Any:
    """Declare a loss of each element and its target, reduced at the end."""
    rules = {"self": slope}
    if target_slope is not None:
        rules["target"] = target_slope

    def negative(*args: Any, **kwargs: Any) -> Any:
        return -formula(*args, **kwargs)

    negative.__signature__ = inspect.signature(formula)  # type: ignore[attr-defined]
    formulas = {"self": formula, "target": negative}
    return op(name, compute, public=False, formulas=formulas, samples=samples, inputs="target", **options, **rules)


mse_loss = elementwise_loss(
    "mse_loss",
    lambda self, target, reduction=1: reduced((self - target) ** 2, reduction),
    lambda grad, self, target, reduction: widened(grad, self, target, reduction) * (2 * (self - target)),
    lambda grad, self, target, reduction, self_sym_numel: grad * shared(2 * (self - target), reduction, self_sym_numel),
    target_slope=lambda grad, self, target, reduction: widened(grad, self, target, reduction) * (2 * (target - self)),
)


def _smooth_l1(self: Any, target: Any, reduction: int = 1, beta: float = 1.0) -> Any:
    far = np.abs(self - target)
    return reduced(np.where(far < beta, 0.5 * far**2 / beta, far - 0.5 * beta).astype(self.dtype), reduction)


smooth_l1_loss = elementwise_loss(
    "smooth_l1_loss",
    _smooth_l1,
    lambda grad, self, target, reduction, beta: (
        widened(grad, self, target, reduction) * clamp((self - target) / beta, -1, 1)
        if isinstance(self, Tensor)
        else widened(grad, self, target, reduction) * np.clip((self - target) / beta, -1, 1)
    ),
    lambda grad, self, target, reduction, beta, self_sym_numel: (
        grad * shared(called(CLAMP, (self - target) / beta, -1, 1), reduction, self_sym_numel)
    ),
    target_slope=lambda grad, self, target, reduction, beta: (
        widened(grad, self, target, reduction) * clamp((target - self) / beta, -1, 1)
        if isinstance(self, Tensor)
        else widened(grad, self, target, reduction) * np.clip((target - self) / beta, -1, 1)
    ),
)


def _huber(self: Any, target: Any, reduction: int = 1, delta: float = 1.0) -> Any:
    far = np.abs(self - target)
    return reduced(np.where(far < delta, 0.5 * far**2, delta * (far - 0.5 * delta)).astype(self.dtype), reduction)


huber_loss = elementwise_loss(
    "huber_loss",
    _huber,
    lambda grad, self, target, reduction, delta: (
        widened(grad, self, target, reduction) * clamp_number(self - target, -delta, delta)
    ),
    lambda grad, self, target, reduction, delta, self_sym_numel: (
        grad * shared(called(CLAMP, self - target, -lift(delta), delta), reduction, self_sym_numel)
    ),
    target_slope=lambda grad, self, target, reduction, delta: (
        widened(grad, self, target, reduction) * clamp_number(target - self, -delta, delta)
    ),
)
soft_margin_loss = op(
    "soft_margin_loss",
    lambda self, target, reduction=1: reduced(np.log1p(np.exp(-target * self)), reduction),
    public=False,
    inputs="target",
    self=lambda grad, self, target, reduction: (
        widened(grad, self, target, reduction) * (-target * sigmoid(-target * self))
    ),
    samples=[ALIKE],
    formulas={
        "self": lambda grad, self, target, reduction, self_sym_numel: (
            -grad * shared(target * called(r"\sigma", -target * self), reduction, self_sym_numel)
        )
    },
)


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
