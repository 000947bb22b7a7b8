"""The losses as functions."""

from __future__ import annotations

import math
import warnings
from typing import Any

from ... import ops
from ...core.grad_mode import recording
from ...core.tensor import Size
from ...creation import full_like, zeros_like
from ...ops.activation.softmax import log_softmax, log_softmax_op
from ...ops.elementwise.arithmetic import add_scalar, mul_scalar, neg, sub_scalar
from ...ops.elementwise.clamp import clamp_min
from ...ops.elementwise.division import div_scalar
from ...ops.elementwise.exponentials import exp, log, xlogy
from ...ops.elementwise.powers import sqrt
from ...ops.elementwise.where import masked_fill, minimum, where
from ...ops.nn.losses import REDUCTIONS
from ...ops.nn.nll import nll_loss2d
from ...ops.reduction.sums import sum_dim
from .layers import pairwise_distance


def _reduction(name: str) -> int:
    if name not in REDUCTIONS:
        raise ValueError(f"{name} is not a valid value for reduction")
    return REDUCTIONS[name]


def reduced(values: Any, reduction: str) -> Any:
    """Take the mean or the sum of the losses, or leave them."""
    return values.mean() if reduction == "mean" else values.sum() if reduction == "sum" else values


def _same_size(input: Any, target: Any) -> None:
    if target.array.shape != input.array.shape:
        warnings.warn(
            f"Using a target size ({Size(target.shape)}) that is different to the input size ({Size(input.shape)}). "
            "This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            UserWarning,
            stacklevel=3,
        )


def mse_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None
) -> Any:
    """Average the squared differences."""
    _same_size(input, target)
    return ops.nn.losses.mse_loss(input, target, _reduction(reduction))


def l1_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None
) -> Any:
    """Average the absolute differences."""
    _same_size(input, target)
    return reduced(ops.elementwise.rounding.abs(input - target), reduction)


def smooth_l1_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: float = 1.0
) -> Any:
    """Squared differences where small, absolute where large."""
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    _same_size(input, target)
    return ops.nn.losses.smooth_l1_loss(input, target, _reduction(reduction), beta)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> Any:
    """Squared differences where small, absolute where large, scaled by delta."""
    _same_size(input, target)
    return ops.nn.losses.huber_loss(input, target, _reduction(reduction), delta)


def _nll(input: Any, target: Any, weight: Any, reduction: int, ignore_index: int) -> Any:
    if input.ndim < 3:
        return ops.nn.nll.nll_loss(input, target, weight, reduction, ignore_index)[0]
    if input.ndim == 4:
        return nll_loss2d(input, target, weight, reduction, ignore_index)[0]
    # PyTorch: other images are made ones of one row or of one column first
    n, c, *rest = input.shape
    flat = (n, c, 1, math.prod(rest)) if input.ndim != 3 else (n, c, 1, rest[0])
    found = nll_loss2d(input.reshape(flat), target.reshape(n, *flat[2:]), weight, reduction, ignore_index)[0]
    return found if reduction else found.view(n, *rest)


def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Average the negative log-probabilities of the right classes."""
    return _nll(input, target, weight, _reduction(reduction), ignore_index)


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """Average the negative log-probabilities of the right classes, given scores."""
    dim = 0 if input.ndim == 1 else 1
    if target.array.shape == input.array.shape and target.is_floating_point():
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing, dim)
    logs = log_softmax_op(input, dim)
    loss = _nll(logs, target, weight, _reduction(reduction), ignore_index)
    if not label_smoothing:
        return loss
    smooth = -logs.sum(dim) if weight is None else -(logs * weight).sum(dim)
    smooth = masked_fill(smooth, target == ignore_index, 0.0)
    if reduction == "mean":
        count = (target != ignore_index).sum() if weight is None else weight[target].sum()
        smooth = smooth.sum() / count
    elif reduction == "sum":
        smooth = smooth.sum()
    classes = input.shape[dim]
    return mul_scalar(loss, 1 - label_smoothing) + mul_scalar(smooth, label_smoothing / classes)


def _soft_cross_entropy(input: Any, target: Any, weight: Any, reduction: str, smoothing: float, dim: int) -> Any:
    if smoothing:
        target = target * (1 - smoothing) + smoothing / input.shape[dim]
    logs = log_softmax(input, dim)
    products = logs * target if weight is None else logs * target * weight
    if reduction == "none":
        return -products.sum(dim)
    total = neg(products.sum())
    return total if reduction == "sum" else div_scalar(total, input.numel() // input.shape[dim])


def binary_cross_entropy(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """Average the negative log-probabilities of yes or no."""
    if target.array.shape != input.array.shape:
        raise ValueError(
            f"Using a target size ({Size(target.shape)}) that is different to the input size ({Size(input.shape)}) is "
            "deprecated. Please ensure they have the same size."
        )
    return ops.nn.binary_cross_entropy.binary_cross_entropy(input, target, weight, _reduction(reduction))


def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Any:
    """`binary_cross_entropy` of the sigmoid of scores."""
    if target.array.shape != input.array.shape:
        raise ValueError(f"Target size ({Size(target.shape)}) must be the same as input size ({Size(input.shape)})")
    return ops.nn.binary_cross_entropy.binary_cross_entropy_with_logits(
        input, target, weight, pos_weight, _reduction(reduction)
    )


def kl_div(
    input: Any,
    target: Any,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Any:
    """Compare distributions, the first given as logarithms."""
    if log_target:
        loss = exp(target) * (target - input)
    else:  # PyTorch computes the right operand first
        cross = target * input
        loss = xlogy(target, target) - cross
    if reduction == "batchmean":
        return loss.sum() / (input.shape[0] if input.ndim else 1)
    return reduced(loss, reduction)


def soft_margin_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """The logistic loss of labels -1 and 1."""
    return ops.nn.losses.soft_margin_loss(input, target, _reduction(reduction))


def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Ask the right class's score to lead by a margin."""
    return ops.nn.losses.multi_margin_loss(input, target, p, margin, weight, _reduction(reduction))


def hinge_embedding_loss(
    input: Any, target: Any, margin: float = 1.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """Keep pairs labelled 1 close, and those labelled -1 a margin apart."""
    zeros = zeros_like(input)
    apart = clamp_min(full_like(input, margin) - input, 0)
    return reduced(where(target != 1, apart, zeros) + where(target != -1, input, zeros), reduction)


def margin_ranking_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Ask one input to rank above the other by a margin."""
    lead = input1 - input2
    return reduced(clamp_min(add_scalar(-target * lead, margin), 0), reduction)


def cosine_embedding_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Turn pairs labelled 1 towards each other, and those labelled -1 apart."""
    product = sum_dim(input1 * input2, (-1,))
    first = add_scalar(sum_dim(input1 * input1, (-1,)), 1e-12)
    second = add_scalar(sum_dim(input2 * input2, (-1,)), 1e-12)
    cosine = product / sqrt(first * second)
    zeros = zeros_like(cosine)
    together = where(target == 1, full_like(cosine, 1.0) - cosine, zeros)
    apart = where(target == -1, clamp_min(sub_scalar(cosine, margin), 0), zeros)
    return reduced(together + apart, reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Ask the anchor to lie closer to the positive than to the negative."""
    near, far = pairwise_distance(anchor, positive, p, eps), pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduced(clamp_min(add_scalar(near, margin) - far, 0), reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """Give the negative log-likelihood of a normal distribution."""
    var = var.clone()
    with recording(False):
        var.clamp_(min=eps)
    loss = 0.5 * (log(var) + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced(loss, reduction)


def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    size_average: Any = None,
    eps: float = 1e-8,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Give the negative log-likelihood of a Poisson distribution."""
    cross = target * (input if log_input else log(input + eps))  # PyTorch computes the right operand first
    loss = (exp(input) if log_input else input) - cross
    if full:
        stirling = target * log(target) - target + 0.5 * log(2 * math.pi * target)
        loss = loss + masked_fill(stirling, target <= 1, 0)
    return reduced(loss, reduction)
