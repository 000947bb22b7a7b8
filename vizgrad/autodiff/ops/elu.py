"""Exponential linear units, and the activations that work in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..samples import ONE
from .piecewise import hardtanh, leaky_relu, threshold
from .shared import renumbered


def _elu(self: Any, alpha: float = 1.0, scale: float = 1.0, input_scale: float = 1.0) -> Any:
    return np.where(self > 0, self * scale, np.expm1(np.minimum(self, 0) * input_scale) * (alpha * scale)).astype(
        self.dtype
    )


elu = op(
    "elu",
    _elu,
    public=False,
    self=lambda grad, self, alpha, scale, input_scale: elu_backward(grad, self, alpha, scale, input_scale),
    samples=[ONE],
    formulas={"self": r"{grad} \left(\left[{self} > 0\right] + {alpha} e^{{{self}}} \left[{self} \le 0\right]\right)"},
)
elu_backward = op(
    "elu_backward",
    lambda grad_output, self, alpha, scale, input_scale: np.where(
        self > 0,
        grad_output * scale,
        grad_output * (input_scale * alpha * scale) * np.exp(np.minimum(self, 0) * input_scale),
    ).astype(self.dtype),
    public=False,
    node="EluBackwardBackward0",
    grad_output=lambda grad, self, alpha, scale, input_scale: elu_backward(grad, self, alpha, scale, input_scale),
    self=lambda grad, grad_output, self, alpha, scale, input_scale: (
        grad * elu_backward(grad_output, self, alpha, scale, input_scale) * (self <= 0) * input_scale
    ),
    formulas={
        "grad_output": r"{grad} \left(\left[{self} > 0\right] + {alpha} e^{{{self}}} \left[{self} \le 0\right]\right)",
        "self": r"{grad} \, {grad_output} \, {alpha} e^{{{self}}} \left[{self} \le 0\right]",
    },
)
celu = op(
    "celu",
    lambda self, alpha=1.0: _elu(self, alpha, 1.0, 1.0 / alpha),
    public=False,
    self=lambda grad, self, alpha: elu_backward(grad, self, alpha, 1, 1.0 / alpha),
    samples=[ONE],
    formulas={
        "self": r"{grad} \left(\left[{self} > 0\right] + e^{{{self} / {alpha}}} \left[{self} \le 0\right]\right)"
    },
)
# What works in place has a node with a number of its own.
leaky_relu_, elu_, celu_, hardtanh_, threshold_ = (
    renumbered(made, f"{made.grad_fn[:-1]}1") for made in (leaky_relu, elu, celu, hardtanh, threshold)
)
