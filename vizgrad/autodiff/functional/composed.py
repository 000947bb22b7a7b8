"""Losses composed of simpler operations."""

from __future__ import annotations

import math
from typing import Any

from ..creation import full_like, zeros_like
from ..ops.arithmetic import add_scalar, sub_scalar
from ..ops.choice import masked_fill, minimum, where
from ..ops.clamp import clamp_min
from ..ops.exponentials import exp, log
from ..ops.powers import sqrt
from ..ops.sums import sum_dim
from ..quiet import recording
from .distances import pairwise_distance
from .losses import reduced


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
