"""Activations, softmax and losses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..dims import axis
from ..op import function, op
from ..samples import integers, sample
from ..tensor import Tensor, wrap
from . import elementwise as e
from .reduce import mean_dim, sum, sum_dim
from .shape import unsqueeze

ONE, PAIR = (sample(2, 3),), (sample(2, 3), sample(2, 3))

# -- softmax


def _shifted(self: Any, dim: int, name: str) -> Any:
    if self.dtype.kind not in "fc":
        raise NotImplementedError(f"\"{name}_lastdim_kernel_impl\" not implemented for '{dtypes.of(self).long_name}'")
    return (self - self.max(axis(dim, self.ndim), keepdims=True)) if self.ndim and self.size else self - self


def _softmax(self: Any, dim: int) -> Any:
    powers = np.exp(_shifted(self, dim, "softmax"))
    return powers / powers.sum(axis(dim, self.ndim), keepdims=True) if self.ndim else powers


def _log_softmax(self: Any, dim: int) -> Any:
    low = _shifted(self, dim, "log_softmax")
    return low - np.log(np.exp(low).sum(axis(dim, self.ndim), keepdims=True)) if self.ndim else low


softmax_op = op(
    "_softmax",
    _softmax,
    public=False,
    promotes="same",
    self=lambda grad, result, dim: softmax_backward(grad, result, dim),
    formulas={"self": r"{result} \left({grad} - \sum_j {grad}_j {result}_j\right)"},
    samples=[(sample(2, 3), 1)],
)
softmax_backward = op(
    "_softmax_backward_data",
    lambda grad_output, output, dim: output * (grad_output - (grad_output * output).sum(dim, keepdims=True)),
    public=False,
    node="SoftmaxBackwardBackward0",
    promotes="same",
    grad_output=lambda grad, output, dim: softmax_backward(grad, output, dim),
    output=lambda grad, grad_output, output, dim: (
        grad * grad_output
        - grad * sum_dim(grad_output * output, dim, True)
        - grad_output * sum_dim(grad * output, dim, True)
    ),
    formulas={"grad_output": r"{output} \left({grad} - \sum_j {grad}_j {output}_j\right)"},
    samples=[(sample(2, 3), sample(2, 3), 1)],
)
safe_softmax = op(
    "_safe_softmax",
    lambda self, dim: (
        np.nan_to_num(
            _softmax(
                np.where(
                    np.isinf(self.max(dim, keepdims=True)) & (self == self.max(dim, keepdims=True)) & (self < 0),
                    np.nan,
                    self,
                ).astype(self.dtype),
                dim,
            )
        )
        if np.isneginf(self).any()
        else _softmax(self, dim)
    ),
    public=False,
    promotes="same",
    self=lambda grad, result, dim: softmax_backward(grad, result, dim),
    formulas={"self": r"{result} \left({grad} - \sum_j {grad}_j {result}_j\right)"},
    samples=[(sample(2, 3), 1)],
)
log_softmax_op = op(
    "_log_softmax",
    _log_softmax,
    public=False,
    promotes="same",
    self=lambda grad, result, dim: log_softmax_backward(grad, result, dim),
    formulas={"self": r"{grad} - e^{{{result}}} \sum_j {grad}_j"},
    samples=[(sample(2, 3), 1)],
)
log_softmax_backward = op(
    "_log_softmax_backward_data",
    lambda grad_output, output, dim: grad_output - np.exp(output) * grad_output.sum(dim, keepdims=True),
    public=False,
    node="LogSoftmaxBackwardBackward0",
    promotes="same",
    grad_output=lambda grad, output, dim: grad - sum_dim(grad * e.exp(output), dim, True),
    output=lambda grad, grad_output, output, dim: -(grad * e.exp(output)) * sum_dim(grad_output, dim, True),
    formulas={"grad_output": r"{grad} - \sum_j {grad}_j e^{{{output}_j}}"},
    samples=[(sample(2, 3), sample(2, 3), 1)],
)


def _need_dim(name: str, dim: Any) -> None:
    if dim is None:
        raise TypeError(f'{name}() missing 1 required positional arguments: "dim"')


@function()
def softmax(self: Any, dim: Any = None, dtype: Any = None) -> Any:
    """Make positive numbers that add up to 1 along a dimension."""
    _need_dim("softmax", dim)
    return softmax_op(self if dtype is None else self.to(dtype), dim)


@function()
def log_softmax(self: Any, dim: Any = None, dtype: Any = None) -> Any:
    """Give the logarithm of `softmax`."""
    _need_dim("log_softmax", dim)
    return log_softmax_op(self if dtype is None else self.to(dtype), dim)


# -- activations

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
    inputs="self",
    grad_output=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope),
    tex=r"{0:product} \left(\left[{1} > 0\right] + {2:product} \left[{1} \le 0\right]\right)",
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
    formulas={"grad_output": r"{grad} \, f'({self})", "self": r"{grad} \, f''({self})"},
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


def _hardtanh(self: Any, low: Any, high: Any) -> Any:
    return np.clip(self, int(low), int(high)) if self.dtype.kind in "iu" else np.clip(self, low, high)


hardtanh = op(
    "hardtanh",
    lambda self, min_val=-1.0, max_val=1.0: _hardtanh(self, min_val, max_val),
    public=False,
    self=lambda grad, self, min_val, max_val: grad * (self > min_val) * (self < max_val),
    samples=[ONE],
)
hardsigmoid = op(
    "hardsigmoid",
    lambda self: np.clip(self + 3, 0, 6) / 6,
    public=False,
    self=lambda grad, self: grad * (self > -3) * (self < 3) / 6,
    samples=[ONE],
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
    formulas={"self": r"{grad} \left(\frac{{{self}}}{{3}} + \frac{{1}}{{2}}\right)"},
    samples=[ONE],
)
threshold = op(
    "threshold",
    lambda self, threshold, value: np.where(self > threshold, self, self.dtype.type(value)),
    public=False,
    self=lambda grad, self, threshold: e.threshold_backward(grad, self, threshold),
    samples=[(sample(3), 0.1, 0.0)],
)


# What works in place has a node with a number of its own.
leaky_relu_, elu_, celu_, hardtanh_, threshold_ = (
    e.renumbered(made, f"{made.grad_fn[:-1]}1") for made in (leaky_relu, elu, celu, hardtanh, threshold)
)


def _cdf(self: Any) -> Any:
    return 0.5 * (1 + e.erf.forward(self * self.dtype.type(math.sqrt(0.5))))


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
        t = e.tanh(inner)
        sech = 1 - t**2
        return grad * (sech * first + 0.5 * self * (sech * second - 2 * t * sech * first**2))
    return grad * (e.exp(-0.5 * self**2) * (1 / math.sqrt(2 * math.pi)) * (2 - self**2))


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
    lambda self: self * e.sigmoid.forward(self),
    public=False,
    promotes="float",
    self=lambda grad, self: grad * (e.sigmoid(self) * (1 + self * (1 - e.sigmoid(self)))),
    samples=[ONE],
)
mish = op(
    "mish",
    lambda self: self * np.tanh(np.logaddexp(self, 0)),
    public=False,
    promotes="float",
    self=lambda grad, self: (
        grad
        * (e.tanh(softplus(self, 1.0, 20.0)) + self * e.sigmoid(self) * (1 - e.tanh(softplus(self, 1.0, 20.0)) ** 2))
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
        grad * e.sigmoid(e.masked_fill(self * beta, self * beta > threshold, math.inf))
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
    self=lambda grad, self, buffer: grad * e.sigmoid(-self),
    formulas={"self": r"{grad} \, \sigma\left(-{self}\right)"},
    samples=[ONE],
)
prelu = op(
    "_prelu_kernel",
    lambda self, weight: np.where(self > 0, self, weight * self),
    public=False,
    self=lambda grad, self, weight: grad * ((self > 0) + weight * (self <= 0)),
    weight=lambda grad, self: grad * self * (self <= 0),
    samples=[(sample(3), sample(1))],
)


def _glu(self: Any, dim: int = -1) -> Any:
    a, b = np.split(self, 2, axis(dim, self.ndim))
    return a * e.sigmoid.forward(b)


def _glu_rule(grad: Any, self: Any, dim: int) -> Any:
    from .shape import cat, narrow_copy

    d, half = axis(dim, self.ndim), self.shape[dim] // 2
    a, b = narrow_copy(self, d, 0, half), narrow_copy(self, d, half, 2 * half)
    gate = e.sigmoid(b)
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

# -- losses: each element's loss, then `reduction` 0 (none), 1 (mean) or 2 (sum), as PyTorch numbers them

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}


def _reduced(values: Any, reduction: int) -> Any:
    if reduction == 0:
        return values
    return values.mean() if reduction == 1 else values.sum()


def _shared(grad: Any, shape: Any, reduction: int) -> Any:
    """Give each element its share of a loss's gradient."""
    if reduction == 1:
        return grad / math.prod(shape) if isinstance(shape, tuple) else grad / shape
    return grad


def _wide(grad: Any, self: Any, target: Any, reduction: int) -> Any:
    if not isinstance(reduction, int):
        return grad
    return _shared(grad, tuple(np.broadcast_shapes(tuple(self.shape), tuple(target.shape))), reduction)


def elementwise_loss(
    name: str,
    compute: Any,
    slope: Any,
    formula: str,
    *,
    target_slope: Any = None,
    extra: str = "",
    samples: Any = (PAIR,),
    **options: Any,
) -> Any:
    """Declare a loss of each element and its target, reduced at the end."""
    rules = {"self": slope}
    if target_slope is not None:
        rules["target"] = target_slope
    formulas = {"self": formula}
    if target_slope is not None:
        formulas["target"] = "-" + formula
    return op(name, compute, public=False, formulas=formulas, samples=samples, inputs="target", **options, **rules)


mse_loss = elementwise_loss(
    "mse_loss",
    lambda self, target, reduction=1: _reduced((self - target) ** 2, reduction),
    lambda grad, self, target, reduction: _wide(grad, self, target, reduction) * (2 * (self - target)),
    r"{grad} \, \frac{{2}}{{n}} \left({self} - {target}\right)",
    target_slope=lambda grad, self, target, reduction: _wide(grad, self, target, reduction) * (2 * (target - self)),
)


def _smooth_l1(self: Any, target: Any, reduction: int = 1, beta: float = 1.0) -> Any:
    far = np.abs(self - target)
    return _reduced(np.where(far < beta, 0.5 * far**2 / beta, far - 0.5 * beta).astype(self.dtype), reduction)


smooth_l1_loss = elementwise_loss(
    "smooth_l1_loss",
    _smooth_l1,
    lambda grad, self, target, reduction, beta: (
        _wide(grad, self, target, reduction) * e.clamp((self - target) / beta, -1, 1)
        if isinstance(self, Tensor)
        else _wide(grad, self, target, reduction) * np.clip((self - target) / beta, -1, 1)
    ),
    r"\frac{{{grad}}}{{n}} \operatorname{{clamp}}\left(\frac{{{self} - {target}}}{{{beta}}}, -1, 1\right)",
    target_slope=lambda grad, self, target, reduction, beta: (
        _wide(grad, self, target, reduction) * e.clamp((target - self) / beta, -1, 1)
        if isinstance(self, Tensor)
        else _wide(grad, self, target, reduction) * np.clip((target - self) / beta, -1, 1)
    ),
)


def _huber(self: Any, target: Any, reduction: int = 1, delta: float = 1.0) -> Any:
    far = np.abs(self - target)
    return _reduced(np.where(far < delta, 0.5 * far**2, delta * (far - 0.5 * delta)).astype(self.dtype), reduction)


huber_loss = elementwise_loss(
    "huber_loss",
    _huber,
    lambda grad, self, target, reduction, delta: (
        _wide(grad, self, target, reduction) * e.clamp_number(self - target, -delta, delta)
    ),
    r"\frac{{{grad}}}{{n}} \operatorname{{clamp}}\left({self} - {target}, -{delta}, {delta}\right)",
    target_slope=lambda grad, self, target, reduction, delta: (
        _wide(grad, self, target, reduction) * e.clamp_number(target - self, -delta, delta)
    ),
)


def _bce(self: Any, target: Any, weight: Any = None, reduction: int = 1) -> Any:
    if ((self < 0) | (self > 1)).any():
        raise RuntimeError("all elements of input should be between 0 and 1")
    with np.errstate(all="ignore"):
        loss = -(target * np.maximum(np.log(self), -100) + (1 - target) * np.maximum(np.log1p(-self), -100))
    return _reduced((loss if weight is None else loss * weight).astype(self.dtype), reduction)


def _weighed(slope: Any, weight: Any) -> Any:
    return slope if weight is None else slope * weight


def _bce_rule(grad: Any, self: Any, target: Any, weight: Any, reduction: int) -> Any:
    slope = (self - target) / e.clamp_min((1 - self) * self, 1e-12)
    return _wide(grad, self, target, reduction) * _weighed(slope, weight)


binary_cross_entropy = op(
    "binary_cross_entropy",
    _bce,
    public=False,
    inputs="weight",
    self=_bce_rule,
    target=lambda grad, self, target, weight, reduction: (
        _wide(grad, self, target, reduction) * _weighed(e.log(1 - self) - e.log(self), weight)
    ),
    formulas={
        "target": r"\frac{{{grad}}}{{n}} \left(\ln(1 - {self}) - \ln {self}\right)",
        "self": r"\frac{{{grad}}}{{n}} \frac{{{self} - {target}}}{{{self} (1 - {self})}}",
    },
    samples=[(sample(3, low=0.2, high=0.8), sample(3, low=0.2, high=0.8))],
)


def _bce_logits(self: Any, target: Any, weight: Any = None, pos_weight: Any = None, reduction: int = 1) -> Any:
    if pos_weight is None:
        loss = np.maximum(self, 0) - self * target + np.log1p(np.exp(-np.abs(self)))
    else:
        loss = (1 - target) * self + (1 + (pos_weight - 1) * target) * np.logaddexp(-self, 0)
    return _reduced(loss if weight is None else loss * weight, reduction)


def _bce_logits_rule(grad: Any, self: Any, target: Any, weight: Any, pos_weight: Any, reduction: int) -> Any:
    if pos_weight is None:
        slope = e.sigmoid(self) - target
    else:
        slope = (1 - target) - (1 + (pos_weight - 1) * target) * e.sigmoid(-self)
    return _wide(grad, self, target, reduction) * _weighed(slope, weight)


binary_cross_entropy_with_logits = op(
    "binary_cross_entropy_with_logits",
    _bce_logits,
    public=False,
    inputs="weight pos_weight",
    self=_bce_logits_rule,
    target=lambda grad, self, target, weight, pos_weight, reduction: (
        _wide(grad, self, target, reduction)
        * _weighed(
            -self if pos_weight is None else e.log(e.sigmoid(-self)) - pos_weight * e.log(e.sigmoid(self)), weight
        )
    ),
    formulas={
        "target": r"-\frac{{{grad}}}{{n}} {self}",
        "self": r"\frac{{{grad}}}{{n}} \left(\sigma({self}) - {target}\right)",
    },
    samples=[(sample(3), sample(3, low=0, high=1))],
)
soft_margin_loss = op(
    "soft_margin_loss",
    lambda self, target, reduction=1: _reduced(np.log1p(np.exp(-target * self)), reduction),
    public=False,
    inputs="target",
    self=lambda grad, self, target, reduction: (
        _wide(grad, self, target, reduction) * (-target * e.sigmoid(-target * self))
    ),
    samples=[PAIR],
    formulas={"self": r"-\frac{{{grad}}}{{n}} {target} \, \sigma(-{target} {self})"},
)


def _nll(self: Any, target: Any, weight: Any = None, reduction: int = 1, ignore_index: int = -100) -> Any:
    if target.dtype.kind not in "iu" or target.dtype not in (np.int64, np.uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {dtypes.of(target).long_name}")
    rows = self if self.ndim == 2 else self[None]
    aims = np.atleast_1d(target)
    if len(rows) != len(aims):
        raise ValueError(f"Expected input batch_size ({len(rows)}) to match target batch_size ({len(aims)}).")
    used = aims != ignore_index
    wrong = aims[used & ((aims < 0) | (aims >= rows.shape[1]))]
    if wrong.size:
        raise IndexError(f"Target {wrong[0]} is out of bounds.")
    safe = np.where(used, aims, 0)
    scale = (np.ones(len(aims), self.dtype) if weight is None else weight[safe]) * used
    losses = -rows[np.arange(len(aims)), safe] * scale
    total = scale.sum()
    if reduction == 0:
        return (losses if self.ndim == 2 else losses[0]).astype(self.dtype), total.astype(self.dtype)
    return (losses.sum() / total if reduction == 1 else losses.sum()).astype(self.dtype), total.astype(self.dtype)


def _nll_back(
    grad: Any, self: Any, target: Any, weight: Any, reduction: int, ignore_index: int, total_weight: Any
) -> Any:
    into = np.zeros(self.shape, grad.dtype)
    rows = into if into.ndim == 2 else into[None]
    aims = np.atleast_1d(target)
    used = aims != ignore_index
    safe = np.where(used, aims, 0)
    scale = (np.ones(len(aims), grad.dtype) if weight is None else weight[safe]) * used
    rows[np.arange(len(aims)), safe] = -scale * (grad / total_weight if reduction == 1 else grad)
    return into


nll_loss = op(
    "nll_loss",
    _nll,
    outputs="result total_weight",
    differentiable="result",
    public=False,
    promotes="same",
    inputs="target weight",
    self=lambda grad, self, target, weight, reduction, ignore_index, total_weight: nll_loss_backward(
        grad, self, target, weight, reduction, ignore_index, total_weight
    ),
    formulas={"self": r"-\frac{{{grad}}}{{n}} \left[j = {target}_i\right]"},
    samples=[(sample(2, 3), integers(2, below=3))],
)


def _nll_pick(grad: Any, target: Any, weight: Any, reduction: int, ignore_index: int, total_weight: Any) -> Any:
    """Differentiate `nll_loss_backward` by its incoming gradient: the loss again, of another table."""
    return nll_loss(grad, target, weight, reduction, ignore_index)[0]


nll_loss_backward = op(
    "nll_loss_backward",
    _nll_back,
    public=False,
    promotes="same",
    inputs="self target weight total_weight",
    node="NllLossBackwardBackward0",
    grad=_nll_pick,
    formulas={"grad": r"-\frac{{1}}{{n}} \sum_i {grad}_{{i, {target}_i}}"},
)


def _as_rows(image: Any) -> Any:
    """Lay the places of images out as rows of class scores."""
    return np.moveaxis(image, 1, -1).reshape(-1, image.shape[1])


def _nll_2d(self: Any, target: Any, weight: Any = None, reduction: int = 1, ignore_index: int = -100) -> Any:
    if self.shape[0] != target.shape[0]:
        raise ValueError(f"Expected input batch_size ({self.shape[0]}) to match target batch_size ({target.shape[0]}).")
    found, total = _nll(_as_rows(self), target.reshape(-1), weight, reduction, ignore_index)
    return (found if reduction else found.reshape(target.shape)), total


def _nll_2d_back(
    grad: Any, self: Any, target: Any, weight: Any, reduction: int, ignore_index: int, total_weight: Any
) -> Any:
    arrived = grad if reduction else grad.reshape(-1)
    rows = _nll_back(arrived, _as_rows(self), target.reshape(-1), weight, reduction, ignore_index, total_weight)
    wide = (self.shape[0], *self.shape[2:], self.shape[1])
    return np.ascontiguousarray(np.moveaxis(rows.reshape(wide), -1, 1))


def _nll_2d_pick(grad: Any, target: Any, weight: Any, reduction: int, ignore_index: int) -> Any:
    return nll_loss2d(grad, target, weight, reduction, ignore_index)[0]


nll_loss2d = op(
    "nll_loss2d",
    _nll_2d,
    outputs="result total_weight",
    differentiable="result",
    public=False,
    promotes="same",
    inputs="target weight",
    self=lambda grad, self, target, weight, reduction, ignore_index, total_weight: nll_loss2d_backward(
        grad, self, target, weight, reduction, ignore_index, total_weight
    ),
    node="NllLoss2DBackward0",
    formulas={"self": r"-\frac{{{grad}}}{{n}} \left[j = {target}_i\right]"},
    samples=[(sample(2, 3, 1, 2), integers(2, 1, 2, below=3))],
)
nll_loss2d_backward = op(
    "nll_loss2d_backward",
    _nll_2d_back,
    public=False,
    promotes="same",
    inputs="self target weight total_weight",
    node="NllLoss2DBackwardBackward0",
    grad=_nll_2d_pick,
    formulas={"grad": r"-\frac{{1}}{{n}} \sum_i {grad}_{{i, {target}_i}}"},
)


def _multi_margin(
    self: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: int = 1
) -> Any:
    gaps, aims, rows = _margins(self, target, margin)
    loss = np.maximum(gaps, 0) ** p / rows.shape[1]
    if weight is not None:
        loss = loss * weight[aims][:, None]
    loss[np.arange(len(aims)), aims] = 0
    return _reduced(loss.sum(1), reduction)


def _margins(self: Any, target: Any, margin: float) -> tuple[Any, Any, Any]:
    rows, aims = np.atleast_2d(self), np.atleast_1d(target)
    return margin - rows[np.arange(len(aims)), aims][:, None] + rows, aims, rows


def _multi_margin_back(grad: Any, self: Any, target: Any, p: int, margin: float, weight: Any, reduction: int) -> Any:
    gaps, aims, rows = _margins(self, target, margin)
    slope = (gaps > 0) * (1 if p == 1 else 2 * gaps) / rows.shape[1]
    if weight is not None:
        slope = slope * weight[aims][:, None]
    at = np.arange(len(aims)), aims
    slope[at] = 0
    slope[at] = -slope.sum(1)
    share = grad / len(aims) if reduction == 1 else (grad[:, None] if reduction == 0 and grad.ndim else grad)
    return (slope * share).astype(self.dtype).reshape(self.shape)


multi_margin_back = op(
    "multi_margin_loss_backward", _multi_margin_back, public=False, inputs="grad self target weight", promotes="same"
)
multi_margin_loss = op(
    "multi_margin_loss",
    _multi_margin,
    public=False,
    promotes="same",
    inputs="target weight",
    self=lambda grad, self, target, p, margin, weight, reduction: multi_margin_back(
        grad, self, target, p, margin, weight, reduction
    ),
    formulas={"self": r"\frac{{{grad}}}{{n}} \left[m - {self}_{{{target}}} + {self}_j > 0\right]"},
    samples=[(sample(2, 3), integers(2, below=3))],
)

# -- normalisation: fused, with array rules of their own


def _columns(input: Any) -> tuple[int, ...]:
    return tuple(i for i in range(input.ndim) if i != 1)


def _beside(vector: Any, input: Any) -> Any:
    return vector.reshape((1, -1) + (1,) * (input.ndim - 2))


def _batch_norm(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool, momentum: float, eps: float
) -> Any:
    if training:
        a = _columns(input)
        centre, spread = input.mean(a), input.var(a)
        n = input.size // input.shape[1]
        if running_mean is not None:  # the running statistics are updated in place, as PyTorch does
            running_mean += momentum * (centre - running_mean)
            running_var += momentum * (spread * (n / max(n - 1, 1)) - running_var)
    else:
        centre, spread = running_mean, running_var
    sharp = 1 / np.sqrt(spread + input.dtype.type(eps))
    found = (input - _beside(centre, input)) * _beside(sharp, input)
    if weight is not None:
        found = found * _beside(weight, input)
    if bias is not None:
        found = found + _beside(bias, input)
    return found.astype(input.dtype), centre.astype(input.dtype), sharp.astype(input.dtype)


def _normal(values: Any, grad: Any, axes: Any) -> Any:
    """Differentiate (x - mean) / std by x, given the normalised values: take the mean and the slope out."""
    return grad - grad.mean(axes, keepdims=True) - values * (grad * values).mean(axes, keepdims=True)


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
        grad = grad * _beside(weight, input)
    if not training:
        return grad * _beside(1 / np.sqrt(running_var + input.dtype.type(eps)), input)
    sharp = _beside(result2, input)
    return _normal((input - _beside(result1, input)) * sharp, grad, _columns(input)) * sharp


def _batch_norm_weight(
    grad: Any, input: Any, running_mean: Any, running_var: Any, training: bool, eps: float, result1: Any, result2: Any
) -> Any:
    centre, sharp = (result1, result2) if training else (running_mean, 1 / np.sqrt(running_var + input.dtype.type(eps)))
    return (grad * (input - _beside(centre, input)) * _beside(sharp, input)).sum(_columns(input))


def _standard(input: Any, sharp: Any, axes: Any) -> tuple[Any, Any]:
    """Normalise again, in steps that can be differentiated; `sharp` says what was added to the variance."""
    far = input - mean_dim(input, axes, True)
    spread = mean_dim(far * far, axes, True)
    floor = wrap(1 / sharp.array**2 - spread.array)
    again = e.rsqrt(spread + floor)
    return far * again, again


def _normal_rule(grad: Any, input: Any, sharp: Any, axes: Any) -> Any:
    """The derivative of a normalisation by its input, itself differentiable."""
    values, again = _standard(input, sharp, axes)
    middle = grad - mean_dim(grad, axes, True) - values * mean_dim(grad * values, axes, True)
    return middle * again


def _batch_input_rule(
    grad: Any, input: Any, weight: Any, running_mean: Any, running_var: Any, training: bool, eps: float, *results: Any
) -> Any:
    if not isinstance(grad, Tensor):
        return batch_norm_input(grad, input, weight, running_mean, running_var, training, eps, *results)
    if weight is not None:
        grad = grad * _beside(weight, input)
    if not training:
        return grad * _beside(e.rsqrt(running_var + eps), input)
    return _normal_rule(grad, input, _beside(results[1], input), _columns(input))


def _batch_weight_rule(
    grad: Any, input: Any, running_mean: Any, running_var: Any, training: bool, eps: float, *results: Any
) -> Any:
    if not isinstance(grad, Tensor):
        return batch_norm_weight(grad, input, running_mean, running_var, training, eps, *results)
    if training:
        values = _standard(input, _beside(results[1], input), _columns(input))[0]
    else:
        values = (input - _beside(running_mean, input)) * _beside(e.rsqrt(running_var + eps), input)
    return sum_dim(grad * values, _columns(input))


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
    input=lambda grad, input, weight, running_mean, running_var, training, eps, result1, result2: _batch_input_rule(
        grad, input, weight, running_mean, running_var, training, eps, result1, result2
    ),
    weight=lambda grad, input, running_mean, running_var, training, eps, result1, result2: _batch_weight_rule(
        grad, input, running_mean, running_var, training, eps, result1, result2
    ),
    bias=lambda grad: (
        sum(grad, tuple(i for i in range(grad.ndim) if i != 1))
        if isinstance(grad, Tensor)
        else grad.sum(_columns(grad))
    ),
    formulas={
        "input": r"\frac{{{weight}}}{{\sigma}} \left({grad} - \overline{{{grad}}} - \hat{{x}} \, \overline{{{grad} \hat{{x}}}}\right)",
        "weight": r"\sum {grad} \, \hat{{x}}",
        "bias": r"\sum {grad}",
    },
    samples=[(sample(4, 3), sample(3), sample(3), None, None, True, 0.1, 1e-5)],
)


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
    return _normal((input - result1) * result2, grad, _last(input, normalized_shape)) * result2


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
    return _normal_rule(grad, input, result2, _last(input, normalized_shape))


def _layer_weight_rule(grad: Any, input: Any, normalized_shape: Any, result1: Any, result2: Any) -> Any:
    if not isinstance(grad, Tensor):
        return grad * ((input - result1) * result2)
    return grad * _standard(input, result2, _last(input, normalized_shape))[0]


native_layer_norm = op(
    "native_layer_norm",
    _layer_norm,
    outputs="result0 result1 result2",
    differentiable="result0",
    public=False,
    promotes="same",
    saves="bias",
    input=lambda grad, input, normalized_shape, weight, result1, result2: _layer_input_rule(
        grad, input, normalized_shape, weight, result1, result2
    ),
    weight=lambda grad, input, normalized_shape, result1, result2: _layer_weight_rule(
        grad, input, normalized_shape, result1, result2
    ),
    bias=lambda grad: grad,
    formulas={
        "input": r"\frac{{1}}{{\sigma}} \left({grad} {weight} - \overline{{{grad} {weight}}} - \hat{{x}} \, \overline{{{grad} {weight} \hat{{x}}}}\right)",
        "weight": r"{grad} \, \hat{{x}}",
        "bias": "{grad}",
    },
    samples=[(sample(2, 3), (3,), sample(3), sample(3), 1e-5)],
)


def _grouped(input: Any, group: int) -> Any:
    return input.reshape(input.shape[0], group, math.prod(input.shape[1:]) // group)


def _group_norm(input: Any, weight: Any, bias: Any, N: int, C: int, HxW: int, group: int, eps: float) -> Any:
    x = _grouped(input, group)
    centre = x.mean(-1)
    sharp = 1 / np.sqrt(x.var(-1) + input.dtype.type(eps))
    found = ((x - centre[..., None]) * sharp[..., None]).reshape(input.shape)
    if weight is not None:
        found = found * _beside(weight, input)
    return (found if bias is None else found + _beside(bias, input)), centre, sharp


def _group_normal(input: Any, result1: Any, result2: Any, group: int) -> Any:
    return (_grouped(input, group) - result1[..., None]) * result2[..., None]


def _group_norm_input(grad: Any, input: Any, weight: Any, group: int, result1: Any, result2: Any) -> Any:
    if weight is not None:
        grad = grad * _beside(weight, input)
    normal = _group_normal(input, result1, result2, group)
    return (_normal(normal, _grouped(grad, group), (-1,)) * result2[..., None]).reshape(input.shape)


def _group_norm_weight(grad: Any, input: Any, group: int, result1: Any, result2: Any) -> Any:
    return (grad * _group_normal(input, result1, result2, group).reshape(input.shape)).sum(_columns(input))


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
    grad = grad if weight is None else grad * _beside(weight, input)
    found = _normal_rule(_grouped(grad, group), _grouped(input, group), unsqueeze(result2, -1), (-1,))
    return found.reshape(tuple(input.shape))


def _group_weight_rule(grad: Any, input: Any, group: int, result1: Any, result2: Any) -> Any:
    if not isinstance(grad, Tensor):
        return group_norm_weight(grad, input, group, result1, result2)
    values = _standard(_grouped(input, group), unsqueeze(result2, -1), (-1,))[0]
    return sum_dim(grad * values.reshape(tuple(input.shape)), _columns(input))


native_group_norm = op(
    "native_group_norm",
    _group_norm,
    outputs="result0 result1 result2",
    differentiable="result0",
    public=False,
    promotes="same",
    saves="N C HxW eps",
    input=lambda grad, input, weight, group, result1, result2: _group_input_rule(
        grad, input, weight, group, result1, result2
    ),
    weight=lambda grad, input, group, result1, result2: _group_weight_rule(grad, input, group, result1, result2),
    bias=lambda grad: (
        sum(grad, tuple(i for i in range(grad.ndim) if i != 1))
        if isinstance(grad, Tensor)
        else grad.sum(_columns(grad))
    ),
    formulas={
        "input": r"\frac{{{weight}}}{{\sigma}} \left({grad} - \overline{{{grad}}} - \hat{{x}} \, \overline{{{grad} \hat{{x}}}}\right)",
        "weight": r"\sum {grad} \, \hat{{x}}",
        "bias": r"\sum {grad}",
    },
    samples=[(sample(2, 4, 3), sample(4), sample(4), 2, 4, 3, 2, 1e-5)],
)

# -- tables


def _embed(
    weight: Any, indices: Any, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Any:
    if indices.size and (indices.max() >= len(weight) or indices.min() < 0):
        raise IndexError("index out of range in self")
    return weight[indices]


def _embed_back(grad: Any, indices: Any, weight_sym_argsize_0: int, padding_idx: int) -> Any:
    into = np.zeros((weight_sym_argsize_0, grad.shape[-1]), grad.dtype)
    np.add.at(into, indices, grad)
    if padding_idx >= 0:
        into[padding_idx] = 0
    return into


embedding = op(
    "embedding",
    _embed,
    public=False,
    promotes="same",
    inputs="indices",
    saves="scale_grad_by_freq sparse",
    weight=lambda grad, indices, weight_sym_argsize_0, padding_idx: embedding_backward(
        grad, indices, weight_sym_argsize_0, padding_idx
    ),
    formulas={"weight": r"\sum {grad} \text{{ at }} {indices}"},
    samples=[(sample(5, 3), integers(2, below=5))],
)
embedding_backward = op(
    "embedding_dense_backward",
    _embed_back,
    public=False,
    promotes="same",
    inputs="indices",
    node="EmbeddingDenseBackward0",
    grad=lambda grad, indices, padding_idx: embedding(grad, indices, padding_idx),
    formulas={"grad": r"{grad}_{{{indices}}}"},
)


def _hot(self: Any, num_classes: int = -1) -> Any:
    n = int(self.max()) + 1 if num_classes < 0 else num_classes
    return np.eye(n, dtype=np.int64)[self]


one_hot = op("one_hot", _hot, public=False, inputs="self", promotes="same")
