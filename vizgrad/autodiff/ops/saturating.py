"""Tanh and sigmoid, whose derivatives PyTorch has as operations of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..samples import ONE, sample

tanh = op(
    "tanh",
    lambda self: np.tanh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: tanh_backward(grad, result),
    samples=[ONE],
)
tanh_backward = op(
    "tanh_backward",
    lambda grad_output, output: grad_output * (1 - output**2),
    public=False,
    grad_output=lambda grad, output: tanh_backward(grad, output),
    output=lambda grad, grad_output, output: grad * (-2 * output * grad_output),
    node="TanhBackwardBackward0",
    samples=[(sample(3), sample(3))],
)


def _sigmoid(self: Any) -> Any:
    return 1 / (1 + np.exp(-self))


sigmoid = op(
    "sigmoid",
    _sigmoid,
    promotes="float",
    inplace=True,
    self=lambda grad, result: sigmoid_backward(grad, result),
    samples=[ONE],
)
sigmoid_backward = op(
    "sigmoid_backward",
    lambda grad_output, output: grad_output * (output * (1 - output)),
    public=False,
    grad_output=lambda grad, output: sigmoid_backward(grad, output),
    output=lambda grad, grad_output, output: grad * grad_output * (1 - 2 * output),
    node="SigmoidBackwardBackward0",
    samples=[(sample(3), sample(3))],
)
