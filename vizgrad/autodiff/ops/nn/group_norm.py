"""Group normalisation: fused, with array rules of its own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import sample
from ...core.tensor import Tensor
from ..reduction.sums import sum, sum_dim
from ..shape.squeeze import unsqueeze
from .scores import beside, columns, scores, scores_back, scores_rule


def _grouped(input: Any, group: int) -> Any:
    return input.reshape(input.shape[0], group, math.prod(input.shape[1:]) // group)


def _group_norm(input: Any, weight: Any, bias: Any, N: int, C: int, HxW: int, group: int, eps: float) -> Any:
    x = _grouped(input, group)
    centre = x.mean(-1)
    sharp = 1 / np.sqrt(x.var(-1) + input.dtype.type(eps))
    found = ((x - centre[..., None]) * sharp[..., None]).reshape(input.shape)
    if weight is not None:
        found = found * beside(weight, input)
    return (found if bias is None else found + beside(bias, input)), centre, sharp


def _group_normal(input: Any, result1: Any, result2: Any, group: int) -> Any:
    return (_grouped(input, group) - result1[..., None]) * result2[..., None]


def _group_norm_input(grad: Any, input: Any, weight: Any, group: int, result1: Any, result2: Any) -> Any:
    if weight is not None:
        grad = grad * beside(weight, input)
    normal = _group_normal(input, result1, result2, group)
    return (scores_back(normal, _grouped(grad, group), (-1,)) * result2[..., None]).reshape(input.shape)


def _group_norm_weight(grad: Any, input: Any, group: int, result1: Any, result2: Any) -> Any:
    return (grad * _group_normal(input, result1, result2, group).reshape(input.shape)).sum(columns(input))


group_norm_input = op(
    "native_group_norm_input",
    _group_norm_input,
    public=False,
    promotes="same",
    inputs="grad input weight result1 result2",
)
group_norm_weight = op(
    "native_group_norm_weight", _group_norm_weight, public=False, promotes="same", inputs="grad input result1 result2"
)


def _group_input_rule(grad: Any, input: Any, weight: Any, group: int, result1: Any, result2: Any) -> Any:
    if not isinstance(grad, Tensor):
        return group_norm_input(grad, input, weight, group, result1, result2)
    grad = grad if weight is None else grad * beside(weight, input)
    found = scores_rule(_grouped(grad, group), _grouped(input, group), unsqueeze(result2, -1), (-1,))
    return found.reshape(tuple(input.shape))


def _group_weight_rule(grad: Any, input: Any, group: int, result1: Any, result2: Any) -> Any:
    if not isinstance(grad, Tensor):
        return group_norm_weight(grad, input, group, result1, result2)
    values = scores(_grouped(input, group), unsqueeze(result2, -1), (-1,))[0]
    return sum_dim(grad * values.reshape(tuple(input.shape)), columns(input))


native_group_norm = op(
    "native_group_norm",
    _group_norm,
    outputs="result0 result1 result2",
    differentiable="result0",
    public=False,
    promotes="same",
    saves="input weight N C HxW eps",
    input=lambda grad, input, weight, group, result1, result2: _group_input_rule(
        grad, input, weight, group, result1, result2
    ),
    weight=lambda grad, input, group, result1, result2: _group_weight_rule(grad, input, group, result1, result2),
    bias=lambda grad: (
        sum(grad, tuple(i for i in range(grad.ndim) if i != 1)) if isinstance(grad, Tensor) else grad.sum(columns(grad))
    ),
    formulas={
        "input": r"\frac{{{weight}}}{{\sigma}} \left({grad} - \overline{{{grad}}} - \hat{{x}} \, \overline{{{grad} \hat{{x}}}}\right), \; \hat{{x}} = \frac{{{input} - \overline{{{input}}}}}{{\sigma}}",
        "weight": r"\sum {grad} \, \hat{{x}}, \; \hat{{x}} = \frac{{{input} - \overline{{{input}}}}}{{\sigma}}",
        "bias": r"\sum {grad}",
    },
    samples=[(sample(2, 4, 3), sample(4), sample(4), 2, 4, 3, 2, 1e-5)],
)
