"""Batch normalisation: fused, with array rules of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import sample
from ...core.tensor import Tensor
from ..elementwise.powers import rsqrt
from ..reduction.sums import sum, sum_dim
from .scores import beside, columns, scores, scores_back, scores_rule


def _batch_norm(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool, momentum: float, eps: float
) -> Any:
    if training:
        a = columns(input)
        centre, spread = input.mean(a), input.var(a)
        n = input.size // input.shape[1]
        if running_mean is not None:  # the running statistics are updated in place, as PyTorch does
            running_mean += momentum * (centre - running_mean)
            running_var += momentum * (spread * (n / max(n - 1, 1)) - running_var)
    else:
        centre, spread = running_mean, running_var
    sharp = 1 / np.sqrt(spread + input.dtype.type(eps))
    found = (input - beside(centre, input)) * beside(sharp, input)
    if weight is not None:
        found = found * beside(weight, input)
    if bias is not None:
        found = found + beside(bias, input)
    return found.astype(input.dtype), centre.astype(input.dtype), sharp.astype(input.dtype)


def _batch_norm_input(
    grad: Any,
    input: Any,
    weight: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    eps: float,
    result1: Any,
    result2: Any,
) -> Any:
    if weight is not None:
        grad = grad * beside(weight, input)
    if not training:
        return grad * beside(1 / np.sqrt(running_var + input.dtype.type(eps)), input)
    sharp = beside(result2, input)
    return scores_back((input - beside(result1, input)) * sharp, grad, columns(input)) * sharp


def _batch_norm_weight(
    grad: Any, input: Any, running_mean: Any, running_var: Any, training: bool, eps: float, result1: Any, result2: Any
) -> Any:
    centre, sharp = (result1, result2) if training else (running_mean, 1 / np.sqrt(running_var + input.dtype.type(eps)))
    return (grad * (input - beside(centre, input)) * beside(sharp, input)).sum(columns(input))


def _batch_input_rule(
    grad: Any, input: Any, weight: Any, running_mean: Any, running_var: Any, training: bool, eps: float, *results: Any
) -> Any:
    if not isinstance(grad, Tensor):
        return batch_norm_input(grad, input, weight, running_mean, running_var, training, eps, *results)
    if weight is not None:
        grad = grad * beside(weight, input)
    if not training:
        return grad * beside(rsqrt(running_var + eps), input)
    return scores_rule(grad, input, beside(results[1], input), columns(input))


def _batch_weight_rule(
    grad: Any, input: Any, running_mean: Any, running_var: Any, training: bool, eps: float, *results: Any
) -> Any:
    if not isinstance(grad, Tensor):
        return batch_norm_weight(grad, input, running_mean, running_var, training, eps, *results)
    if training:
        values = scores(input, beside(results[1], input), columns(input))[0]
    else:
        values = (input - beside(running_mean, input)) * beside(rsqrt(running_var + eps), input)
    return sum_dim(grad * values, columns(input))


batch_norm_input = op(
    "native_batch_norm_input",
    _batch_norm_input,
    public=False,
    promotes="same",
    inputs="grad input weight running_mean running_var result1 result2",
)
batch_norm_weight = op(
    "native_batch_norm_weight",
    _batch_norm_weight,
    public=False,
    promotes="same",
    inputs="grad input running_mean running_var result1 result2",
)
native_batch_norm = op(
    "native_batch_norm",
    _batch_norm,
    outputs="result0 result1 result2",
    differentiable="result0",
    public=False,
    promotes="same",
    inputs="running_mean running_var",
    saves="input weight",
    input=lambda grad, input, weight, running_mean, running_var, training, eps, result1, result2: _batch_input_rule(
        grad, input, weight, running_mean, running_var, training, eps, result1, result2
    ),
    weight=lambda grad, input, running_mean, running_var, training, eps, result1, result2: _batch_weight_rule(
        grad, input, running_mean, running_var, training, eps, result1, result2
    ),
    bias=lambda grad: (
        sum(grad, tuple(i for i in range(grad.ndim) if i != 1)) if isinstance(grad, Tensor) else grad.sum(columns(grad))
    ),
    formulas={
        "input": r"\frac{{{weight}}}{{\sigma}} \left({grad} - \overline{{{grad}}} - \hat{{x}} \, \overline{{{grad} \hat{{x}}}}\right), \; \hat{{x}} = \frac{{{input} - \overline{{{input}}}}}{{\sigma}}",
        "weight": r"\sum {grad} \, \hat{{x}}, \; \hat{{x}} = \frac{{{input} - \overline{{{input}}}}}{{\sigma}}",
        "bias": r"\sum {grad}",
    },
    samples=[(sample(4, 3), sample(3), sample(3), None, None, True, 0.1, 1e-5)],
)
