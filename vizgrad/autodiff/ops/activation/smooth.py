"""Smooth activations: sigmoid, tanh, GELU, SiLU, Mish, softplus, GLU."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.dims import axis
from ...core.op import op
from ...core.samples import ONE, sample
from ...core.tensor import Tensor
from ..elementwise.exponentials import exp
from ..elementwise.special import erf
from ..elementwise.where import masked_fill
from ..shape.cat import cat, narrow_copy


def _cdf(self: Any) -> Any:
    return 0.5 * (1 + erf.forward(self * self.dtype.type(math.sqrt(0.5))))


_TANH = math.sqrt(2 / math.pi)


def _gelu(self: Any, approximate: str = "none") -> Any:
    if approximate == "tanh":
        return 0.5 * self * (1 + np.tanh(_TANH * (self + 0.044715 * self**3)))
    return self * _cdf(self)


def _gelu_slope(self: Any, approximate: str) -> Any:
    if approximate == "tanh":
        bend = np.tanh(_TANH * (self + 0.044715 * self**3))
        return 0.5 * (1 + bend) + 0.5 * self * (1 - bend**2) * _TANH * (1 + 3 * 0.044715 * self**2)
    return _cdf(self) + self * np.exp(-0.5 * self**2) * (1 / math.sqrt(2 * math.pi))


def _gelu_bend(grad: Any, self: Any, approximate: str) -> Any:
    if approximate == "tanh":
        inner = _TANH * (self + 0.044715 * self**3)
        first, second = _TANH * (1 + 3 * 0.044715 * self**2), _TANH * (6 * 0.044715 * self)
        t = tanh(inner)
        sech = 1 - t**2
        return grad * (sech * first + 0.5 * self * (sech * second - 2 * t * sech * first**2))
    return grad * (exp(-0.5 * self**2) * (1 / math.sqrt(2 * math.pi)) * (2 - self**2))


gelu_slope = op(
    "gelu_slope",
    _gelu_slope,
    public=False,
    node="GeluBackwardBackward0",
    self=_gelu_bend,
    formulas={"self": r"{grad} \, \varphi({self}) \left(2 - {self}^2\right)"},
)
gelu = op(
    "gelu",
    _gelu,
    public=False,
    self=lambda grad, self, approximate: grad * gelu_slope(self, approximate),
    formulas={"self": r"{grad} \left(\Phi({self}) + {self} \, \varphi({self})\right)"},
    samples=[ONE],
)
silu = op(
    "silu",
    lambda self: self * sigmoid.forward(self),
    public=False,
    promotes="float",
    self=lambda grad, self: grad * (sigmoid(self) * (1 + self * (1 - sigmoid(self)))),
    samples=[ONE],
)
mish = op(
    "mish",
    lambda self: self * np.tanh(np.logaddexp(self, 0)),
    public=False,
    promotes="float",
    self=lambda grad, self: (
        grad * (tanh(softplus(self, 1.0, 20.0)) + self * sigmoid(self) * (1 - tanh(softplus(self, 1.0, 20.0)) ** 2))
    ),
    samples=[ONE],
    formulas={
        "self": r"{grad} \left(\tanh s + {self} \, \sigma({self}) \left(1 - \tanh^2 s\right)\right), \; s = \ln(1 + e^{{{self}}})"
    },
)


def _softplus(self: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    return np.where(self * beta > threshold, self, np.logaddexp(self * beta, 0) / beta).astype(self.dtype)


softplus = op(
    "softplus",
    _softplus,
    public=False,
    self=lambda grad, self, beta, threshold: (
        grad * sigmoid(masked_fill(self * beta, self * beta > threshold, math.inf))
    ),
    samples=[ONE],
    formulas={"self": r"{grad} \, \sigma\left({beta} {self}\right)"},
)
log_sigmoid = op(
    "log_sigmoid",
    lambda self: (-np.logaddexp(-self, 0), np.exp(-np.abs(self))),
    outputs="result buffer",
    differentiable="result",
    public=False,
    self=lambda grad, self, buffer: grad * sigmoid(-self),
    formulas={"self": r"{grad} \, \sigma\left(-{self}\right)"},
    samples=[ONE],
)


def _glu(self: Any, dim: int = -1) -> Any:
    a, b = np.split(self, 2, axis(dim, self.ndim))
    return a * sigmoid.forward(b)


def _glu_rule(grad: Any, self: Any, dim: int) -> Any:

    d, half = axis(dim, self.ndim), self.shape[dim] // 2
    a, b = narrow_copy(self, d, 0, half), narrow_copy(self, d, half, 2 * half)
    gate = sigmoid(b)
    parts = [grad * gate, grad * (a * gate * (1 - gate))]
    return cat(parts, d) if isinstance(self, Tensor) else np.concatenate(parts, d)


glu = op(
    "glu",
    _glu,
    public=False,
    promotes="same",
    self=_glu_rule,
    formulas={
        "self": r"\left[{grad} \, \sigma(b), \; {grad} \, a \, \sigma(b) (1 - \sigma(b))\right], \; {self} = [a, b]"
    },
    samples=[(sample(4), 0)],
)


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
