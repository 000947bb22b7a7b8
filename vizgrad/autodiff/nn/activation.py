"""Activations as modules: each calls the function of its name."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.tensor import Tensor, wrap
from . import functional as F
from .module import Module
from .parameter import Parameter


class _Activation(Module):
    """A function as a module: its options are attributes, and `repr` shows them."""

    function = ""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._options = tuple(options)
        for name, value in options.items():
            setattr(self, name, value)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the function to every element."""
        return getattr(F, self.function)(input, **{name: getattr(self, name) for name in self._options})

    def extra_repr(self) -> str:
        """Show the options, `inplace` only where it is set."""
        shown = ((name, getattr(self, name)) for name in self._options)
        return ", ".join(f"{name}={value!r}" for name, value in shown if name != "inplace" or value)


class ReLU(_Activation):
    """Zero below zero.

    >>> ReLU(inplace=True)
    ReLU(inplace=True)
    """

    function = "relu"

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class ReLU6(_Activation):
    """Zero below zero, and six above six."""

    function = "relu6"

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class Sigmoid(_Activation):
    """1 / (1 + exp(-x))."""

    function = "sigmoid"

    def __init__(self) -> None:
        super().__init__()


class Tanh(_Activation):
    """The hyperbolic tangent."""

    function = "tanh"

    def __init__(self) -> None:
        super().__init__()


class SiLU(_Activation):
    """X times its sigmoid."""

    function = "silu"

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class Mish(_Activation):
    """X times tanh(softplus(x))."""

    function = "mish"

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class Hardtanh(_Activation):
    """The number itself, kept between two bounds."""

    function = "hardtanh"

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(min_val=min_val, max_val=max_val, inplace=inplace)
        if not max_val > min_val:
            raise AssertionError(f"max_val ({max_val}) must be greater than min_val ({min_val})")


class Hardsigmoid(_Activation):
    """A sigmoid made of three straight lines."""

    function = "hardsigmoid"

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)

    def extra_repr(self) -> str:
        """Show nothing, as PyTorch does."""
        return ""


class Hardswish(_Activation):
    """X times its hardsigmoid."""

    function = "hardswish"

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)

    def extra_repr(self) -> str:
        """Show nothing, as PyTorch does."""
        return ""


class ELU(_Activation):
    """Alpha times (exp(x) - 1) below zero."""

    function = "elu"

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(alpha=alpha, inplace=inplace)


class CELU(_Activation):
    """Alpha times (exp(x / alpha) - 1) below zero."""

    function = "celu"

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(alpha=alpha, inplace=inplace)


class SELU(_Activation):
    """An ELU with the two factors that keep mean and variance."""

    function = "selu"

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class GELU(_Activation):
    """X times the probability that a normal number is below x."""

    function = "gelu"

    def __init__(self, approximate: str = "none") -> None:
        super().__init__(approximate=approximate)


class GLU(_Activation):
    """One half of a dimension times the sigmoid of the other."""

    function = "glu"

    def __init__(self, dim: int = -1) -> None:
        super().__init__(dim=dim)


class LeakyReLU(_Activation):
    """A small slope below zero."""

    function = "leaky_relu"

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__(negative_slope=negative_slope, inplace=inplace)


class LogSigmoid(_Activation):
    """The logarithm of the sigmoid."""

    function = "logsigmoid"

    def __init__(self) -> None:
        super().__init__()


class Softplus(_Activation):
    """log(1 + exp(beta x)) / beta, and x itself above the threshold."""

    function = "softplus"

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__(beta=beta, threshold=threshold)


class Softsign(_Activation):
    """x / (1 + |x|)."""

    function = "softsign"

    def __init__(self) -> None:
        super().__init__()


class Tanhshrink(_Activation):
    """X minus its tanh."""

    function = "tanhshrink"

    def __init__(self) -> None:
        super().__init__()


class Hardshrink(_Activation):
    """Zero within lambd of zero."""

    function = "hardshrink"

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd=lambd)

    def extra_repr(self) -> str:
        """Show the bound."""
        return str(self.lambd)


class Softshrink(_Activation):
    """X moved towards zero by lambd."""

    function = "softshrink"

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd=lambd)

    def extra_repr(self) -> str:
        """Show the bound."""
        return str(self.lambd)


class Threshold(_Activation):
    """A fixed value at and below a threshold."""

    function = "threshold"

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(threshold=threshold, value=value, inplace=inplace)


class Softmax(_Activation):
    """Positive numbers that add up to one along a dimension."""

    function = "softmax"

    def __init__(self, dim: int | None = None) -> None:
        super().__init__(dim=dim)


class LogSoftmax(_Activation):
    """The logarithm of the softmax."""

    function = "log_softmax"

    def __init__(self, dim: int | None = None) -> None:
        super().__init__(dim=dim)


class Softmin(_Activation):
    """The softmax of -x."""

    function = "softmin"

    def __init__(self, dim: int | None = None) -> None:
        super().__init__(dim=dim)


class PReLU(Module):
    """A slope below zero that is learned, one for all channels or one for each."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(wrap(np.full(num_parameters, init, dtypes.default().numpy)))

    def forward(self, input: Tensor) -> Tensor:
        """Multiply what is negative by the slope."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """Show the number of slopes."""
        return f"num_parameters={self.num_parameters}"
