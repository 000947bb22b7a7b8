"""Activations as functions, with PyTorch's arguments."""

from __future__ import annotations

import warnings
from typing import Any

from ... import ops
from ...core.inplace import InPlace
from ...core.tensor import Tensor
from ...ops.activation.relu import celu_, elu_, hardtanh_, leaky_relu_, threshold_
from ...ops.activation.smooth import log_sigmoid

_IMPLICIT_DIM = "Implicit dimension choice for {} has been deprecated. Change the call to include dim=X as an argument."


def _dim(name: str, input: Tensor, dim: int | None) -> int:
    if dim is not None:
        return dim
    warnings.warn(_IMPLICIT_DIM.format(name), UserWarning, stacklevel=3)
    return 0 if input.ndim in (0, 1, 3) else 1


def relu(input: Any, inplace: bool = False) -> Any:
    """Cut negative numbers off at 0."""
    return input.relu_() if inplace else ops.activation.relu.relu(input)


def relu6(input: Any, inplace: bool = False) -> Any:
    """Cut numbers off at 0 and 6."""
    return (hardtanh_ if inplace else ops.activation.relu.hardtanh)(input, 0, 6)


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """Scale negative numbers down."""
    return (leaky_relu_ if inplace else ops.activation.relu.leaky_relu)(input, negative_slope)


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """Let negative numbers run out to -alpha."""
    return (elu_ if inplace else ops.activation.relu.elu)(input, alpha)


def selu(input: Any, inplace: bool = False) -> Any:
    """`elu` with the constants that keep mean and variance."""
    return (elu_ if inplace else ops.activation.relu.elu)(
        input, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
    )


def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """`elu` that stays smooth at 0."""
    return (celu_ if inplace else ops.activation.relu.celu)(input, alpha)


def gelu(input: Any, approximate: str = "none") -> Any:
    """Weigh each number with the normal distribution at it."""
    return ops.activation.smooth.gelu(input, approximate=approximate)


def silu(input: Any, inplace: bool = False) -> Any:
    """Give x times sigmoid(x)."""
    return InPlace(ops.activation.smooth.silu)(input) if inplace else ops.activation.smooth.silu(input)


def mish(input: Any, inplace: bool = False) -> Any:
    """Give x times tanh(softplus(x))."""
    return InPlace(ops.activation.smooth.mish)(input) if inplace else ops.activation.smooth.mish(input)


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """Give a smooth relu."""
    return ops.activation.smooth.softplus(input, beta, threshold)


def softsign(input: Any) -> Any:
    """Give x / (1 + |x|)."""
    return input / (ops.elementwise.rounding.abs(input) + 1)


def tanhshrink(input: Any) -> Any:
    """Give x - tanh(x)."""
    return input - ops.activation.smooth.tanh(input)


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """Cut numbers off at both ends."""
    return (hardtanh_ if inplace else ops.activation.relu.hardtanh)(input, min_val, max_val)


def hardsigmoid(input: Any, inplace: bool = False) -> Any:
    """A sigmoid of straight lines."""
    return InPlace(ops.activation.relu.hardsigmoid)(input) if inplace else ops.activation.relu.hardsigmoid(input)


def hardswish(input: Any, inplace: bool = False) -> Any:
    """Give x times hardsigmoid(x)."""
    return InPlace(ops.activation.relu.hardswish)(input) if inplace else ops.activation.relu.hardswish(input)


def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Any:
    """Replace what is not above a threshold."""
    return (threshold_ if inplace else ops.activation.relu.threshold)(input, threshold, value)


def prelu(input: Any, weight: Any) -> Any:
    """`leaky_relu` with a slope that is learnt."""
    if weight.ndim != input.ndim:
        weight = weight.reshape(*(weight.numel() if i == 1 else 1 for i in range(input.ndim)))
    return ops.activation.relu.prelu(input, weight)


def glu(input: Any, dim: int = -1) -> Any:
    """Gate one half with the sigmoid of the other."""
    return ops.activation.smooth.glu(input, dim)


def sigmoid(input: Any) -> Any:
    """Bring numbers between 0 and 1."""
    return ops.activation.smooth.sigmoid(input)


def tanh(input: Any) -> Any:
    """Bring numbers between -1 and 1."""
    return ops.activation.smooth.tanh(input)


def logsigmoid(input: Any) -> Any:
    """Give the logarithm of sigmoid."""
    return log_sigmoid(input)[0]


def softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """Make positive numbers that add up to 1 along a dimension."""
    return ops.activation.softmax.softmax(input, _dim("softmax", input, dim), dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """Give the logarithm of softmax."""
    return ops.activation.softmax.log_softmax(input, _dim("log_softmax", input, dim), dtype)


def softmin(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """Give softmax of the negative."""
    return ops.activation.softmax.softmax(-input, _dim("softmin", input, dim), dtype)
