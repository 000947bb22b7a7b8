"""Binary cross-entropy, of probabilities and of logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import sample
from ..activation.smooth import sigmoid
from ..elementwise.clamp import clamp_min
from ..elementwise.exponentials import log
from ..textbook import shared
from .losses import reduced, widened


def _bce(self: Any, target: Any, weight: Any = None, reduction: int = 1) -> Any:
    if ((self < 0) | (self > 1)).any():
        raise RuntimeError("all elements of input should be between 0 and 1")
    with np.errstate(all="ignore"):
        loss = -(target * np.maximum(np.log(self), -100) + (1 - target) * np.maximum(np.log1p(-self), -100))
    return reduced((loss if weight is None else loss * weight).astype(self.dtype), reduction)


def _weighed(slope: Any, weight: Any) -> Any:
    return slope if weight is None else slope * weight


def _bce_rule(grad: Any, self: Any, target: Any, weight: Any, reduction: int) -> Any:
    slope = (self - target) / clamp_min((1 - self) * self, 1e-12)
    return widened(grad, self, target, reduction) * _weighed(slope, weight)


binary_cross_entropy = op(
    "binary_cross_entropy",
    _bce,
    public=False,
    inputs="weight",
    self=_bce_rule,
    target=lambda grad, self, target, weight, reduction: (
        widened(grad, self, target, reduction) * _weighed(log(1 - self) - log(self), weight)
    ),
    formulas={
        "self": lambda grad, self, target, weight, reduction, self_sym_numel: (
            shared(grad, reduction, self_sym_numel) * _weighed((self - target) / (self * (1 - self)), weight)
        ),
        "target": lambda grad, self, target, weight, reduction, self_sym_numel: (
            grad * shared(_weighed(log(1 - self) - log(self), weight), reduction, self_sym_numel)
        ),
    },
    samples=[(sample(3, low=0.2, high=0.8), sample(3, low=0.2, high=0.8))],
)


def _bce_logits(self: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: int = 1) -> Any:
    if pos_weight is None:
        loss = np.maximum(self, 0) - self * target + np.log1p(np.exp(-np.abs(self)))
    else:
        loss = (1 - target) * self + (1 + (pos_weight - 1) * target) * np.logaddexp(-self, 0)
    return reduced(loss if weight is None else loss * weight, reduction)


def _logit_slope(self: Any, target: Any, weight: Any, pos_weight: Any) -> Any:
    if pos_weight is None:
        return _weighed(sigmoid(self) - target, weight)
    return _weighed((1 - target) - (1 + (pos_weight - 1) * target) * sigmoid(-self), weight)


def _target_slope(self: Any, weight: Any, pos_weight: Any) -> Any:
    return _weighed(-self if pos_weight is None else log(sigmoid(-self)) - pos_weight * log(sigmoid(self)), weight)


binary_cross_entropy_with_logits = op(
    "binary_cross_entropy_with_logits",
    _bce_logits,
    public=False,
    inputs="weight pos_weight",
    self=lambda grad, self, target, weight, pos_weight, reduction: (
        widened(grad, self, target, reduction) * _logit_slope(self, target, weight, pos_weight)
    ),
    target=lambda grad, self, target, weight, pos_weight, reduction: (
        widened(grad, self, target, reduction) * _target_slope(self, weight, pos_weight)
    ),
    formulas={
        "self": lambda grad, self, target, weight, pos_weight, reduction, self_sym_numel: (
            grad * shared(_logit_slope(self, target, weight, pos_weight), reduction, self_sym_numel)
        ),
        "target": lambda grad, self, target, weight, pos_weight, reduction, self_sym_numel: (
            grad * shared(_target_slope(self, weight, pos_weight), reduction, self_sym_numel)
        ),
    },
    samples=[(sample(3), sample(3, low=0, high=1))],
)
