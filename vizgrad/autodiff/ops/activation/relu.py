"""Activations that are straight lines, or nearly: ReLU and its kin, ELU, and those that shrink."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import ONE, sample
from ..common import passed, renumbered, underivables, zeros_like


def _relu(self: Any) -> Any:
    if self.dtype == bool:
        raise RuntimeError("Boolean inputs not supported for relu")
    # beside a row of zeros NumPy compares several elements at once, beside the number 0 it does not
    return np.maximum(self, np.zeros(self.shape[-1:], self.dtype))


def _stopped(grad: Any, where: Any) -> Any:
    """Make a gradient 0 in some places, even where it is infinite."""
    # by its bits, of which all are kept or none: it takes a fraction of the time of np.where
    bits = where.view(np.int8) - np.int8(1)
    return (grad.view(f"i{grad.itemsize}") & bits).view(grad.dtype)


relu = op(
    "relu",
    _relu,
    inplace=True,
    self=lambda grad, result: threshold_backward(grad, result, 0),
    tex=r"\max\left(0, {0}\right)",
    samples=[ONE],
)
threshold_backward = op(
    "threshold_backward",
    lambda grad_output, self, threshold: _stopped(grad_output, self <= threshold),
    public=False,
    grad_output=lambda grad, self, threshold: threshold_backward(grad, self, threshold),
    saves="self",
    self=lambda grad: zeros_like(grad),
    node="ThresholdBackwardBackward0",
    tex=r"{0:product} \, \left[{1} > {2}\right]",
    samples=[(sample(3), sample(3), 0.0)],
)
leaky_relu = op(
    "leaky_relu",
    lambda self, negative_slope=0.01: np.where(self > 0, self, self * self.dtype.type(negative_slope)),
    public=False,
    self=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope),
    samples=[ONE],
)
leaky_relu_backward = op(
    "leaky_relu_backward",
    lambda grad_output, self, negative_slope: np.where(
        self > 0, grad_output, grad_output * self.dtype.type(negative_slope)
    ),
    public=False,
    node="LeakyReluBackwardBackward0",
    grad_output=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope),
    self=lambda grad: zeros_like(grad),
    tex=r"{0:product} \left(\left[{1} > 0\right] + {2:product} \left[{1} \le 0\right]\right)",
)


def _hardtanh(self: Any, low: Any, high: Any) -> Any:
    return np.clip(self, int(low), int(high)) if self.dtype.kind in "iu" else np.clip(self, low, high)


hardtanh = op(
    "hardtanh",
    lambda self, min_val=-1.0, max_val=1.0: _hardtanh(self, min_val, max_val),
    public=False,
    self=lambda grad, self, min_val, max_val: passed(passed(grad, self > min_val), self < max_val),
    samples=[ONE],
)
hardsigmoid = op(
    "hardsigmoid",
    lambda self: np.clip(self + 3, 0, 6) / 6,
    public=False,
    self=lambda grad, self: hardsigmoid_backward(grad, self),
    samples=[ONE],
)
hardsigmoid_backward = op(
    "hardsigmoid_backward",
    lambda grad_output, self: np.where((self > -3) & (self < 3), grad_output / 6, grad_output.dtype.type(0)),
    public=False,
    tex=r"\frac{{{0:product} \, \left[\left|{1}\right| < 3\right]}}{{6}}",
    node="NotImplemented",
    **underivables("hardsigmoid_backward", "grad_output", "self"),
)


def _hardswish_slope(self: Any) -> Any:
    return np.where(self < -3, 0, np.where(self <= 3, self / 3 + 0.5, 1)).astype(self.dtype)


hardswish_slope = op(
    "hardswish_slope",
    _hardswish_slope,
    public=False,
    self=lambda grad, self: grad * (self > -3) * (self < 3) / 3,
    node="HardswishBackwardBackward0",
)
hardswish = op(
    "hardswish",
    lambda self: self * np.clip(self + 3, 0, 6) / 6,
    public=False,
    self=lambda grad, self: grad * hardswish_slope(self),
    formulas={
        "self": r"{grad} \left(\left[{self} \ge 3\right] + \left(\frac{{{self}}}{{3}} + \frac{{1}}{{2}}\right) \left[\left|{self}\right| < 3\right]\right)"
    },
    samples=[ONE],
)
threshold = op(
    "threshold",
    lambda self, threshold, value: np.where(self > threshold, self, self.dtype.type(value)),
    public=False,
    self=lambda grad, self, threshold: threshold_backward(grad, self, threshold),
    samples=[(sample(3), 0.1, 0.0)],
)
prelu = op(
    "_prelu_kernel",
    lambda self, weight: np.where(self > 0, self, weight * self),
    public=False,
    self=lambda grad, self, weight: grad * ((self > 0) + weight * (self <= 0)),
    weight=lambda grad, self: passed(grad * self, self <= 0),
    samples=[(sample(3), sample(1))],
)


_SAMPLES = [(sample(2, 3), 0.5)]


def _soft(self: Any, lambd: float = 0.5) -> Any:
    if lambd < 0:
        raise RuntimeError(
            f"lambda must be in range [0, {np.finfo(self.dtype).max:g}] for input dtype Float, but found {lambd:g}"
        )
    inside = (self >= -lambd) & (self <= lambd)
    return np.where(inside, self * 0, self - np.copysign(self.dtype.type(lambd), self))  # * 0 keeps the sign of zero


beyond = op(
    "shrink_slope",
    lambda self, lambd: np.logical_not((self >= -lambd) & (self <= lambd)),
    public=False,
    inputs="self",
    promotes="same",
    tex=r"\left[\left|{0}\right| > {1}\right]",
)
hardshrink = op(
    "hardshrink",
    lambda self, lambd=0.5: np.where((self >= -lambd) & (self <= lambd), self.dtype.type(0), self),
    promotes="same",
    self=lambda grad, self, lambd: passed(grad, beyond(self, lambd)),
    samples=_SAMPLES,
)
softshrink = op(
    "softshrink",
    _soft,
    promotes="same",
    public=False,
    self=lambda grad, self, lambd: passed(grad, beyond(self, lambd)),
    samples=_SAMPLES,
)


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
