"""Layer normalisation: fused, with array rules of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import sample
from ...core.tensor import Tensor
from .scores import scores, scores_back, scores_rule


def _last(input: Any, normalized_shape: Any) -> tuple[int, ...]:
    return tuple(range(input.ndim - len(normalized_shape), input.ndim))


def _layer_norm(input: Any, normalized_shape: Any, weight: Any, bias: Any, eps: float) -> Any:
    a = _last(input, normalized_shape)
    centre = input.mean(a, keepdims=True)
    sharp = 1 / np.sqrt(input.var(a, keepdims=True) + input.dtype.type(eps))
    found = (input - centre) * sharp
    if weight is not None:
        found = found * weight
    return (found if bias is None else found + bias), centre, sharp


def _layer_norm_input(grad: Any, input: Any, normalized_shape: Any, weight: Any, result1: Any, result2: Any) -> Any:
    if weight is not None:
        grad = grad * weight
    return scores_back((input - result1) * result2, grad, _last(input, normalized_shape)) * result2


layer_norm_input = op(
    "native_layer_norm_input",
    _layer_norm_input,
    public=False,
    promotes="same",
    inputs="grad input weight result1 result2",
)


def _layer_input_rule(grad: Any, input: Any, normalized_shape: Any, weight: Any, result1: Any, result2: Any) -> Any:
    if not isinstance(grad, Tensor):
        return layer_norm_input(grad, input, normalized_shape, weight, result1, result2)
    grad = grad if weight is None else grad * weight
    return scores_rule(grad, input, result2, _last(input, normalized_shape))


def _layer_weight_rule(grad: Any, input: Any, normalized_shape: Any, result1: Any, result2: Any) -> Any:
    if not isinstance(grad, Tensor):
        return (grad * ((input - result1) * result2)).sum(tuple(range(input.ndim - len(normalized_shape))))
    return grad * scores(input, result2, _last(input, normalized_shape))[0]


native_layer_norm = op(
    "native_layer_norm",
    _layer_norm,
    outputs="result0 result1 result2",
    differentiable="result0",
    public=False,
    promotes="same",
    saves="weight bias",
    input=lambda grad, input, normalized_shape, weight, result1, result2: _layer_input_rule(
        grad, input, normalized_shape, weight, result1, result2
    ),
    weight=lambda grad, input, normalized_shape, result1, result2: _layer_weight_rule(
        grad, input, normalized_shape, result1, result2
    ),
    bias=lambda grad, normalized_shape: (
        grad if isinstance(grad, Tensor) else grad.sum(tuple(range(grad.ndim - len(normalized_shape))))
    ),
    formulas={
        "input": r"\frac{{1}}{{\sigma}} \left({grad} {weight} - \overline{{{grad} {weight}}} - \hat{{x}} \, \overline{{{grad} {weight} \hat{{x}}}}\right), \; \hat{{x}} = \frac{{{input} - \overline{{{input}}}}}{{\sigma}}",
        "weight": r"{grad} \, \hat{{x}}, \; \hat{{x}} = \frac{{{input} - \overline{{{input}}}}}{{\sigma}}",
        "bias": "{grad}",
    },
    samples=[(sample(2, 3), (3,), sample(3), sample(3), 1e-5)],
)
