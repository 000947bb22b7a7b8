"""Convolution and pooling."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ..core.tensor import Tensor
from . import functional as F
from . import init
from .linear import empty_parameter
from .module import Module
from .parameter import Parameter


def _each(value: Any, rank: int) -> tuple[int, ...]:
    """Repeat a number for every dimension; several are taken as they are."""
    return tuple(value) if isinstance(value, Iterable) else (value,) * rank


class _Convolution(Module):
    """Slides a weight of (out_channels, in_channels / groups, *kernel_size) over the last dimensions."""

    rank = 0
    function = ""
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] = 1,
        padding: str | int | tuple[int, ...] = 0,
        dilation: int | tuple[int, ...] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride = _each(kernel_size, self.rank), _each(stride, self.rank)
        self.padding = padding if isinstance(padding, str) else _each(padding, self.rank)
        self.dilation = _each(dilation, self.rank)
        self._check(in_channels, out_channels, groups, padding_mode)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.groups, self.padding_mode = groups, padding_mode
        self.weight = empty_parameter(
            out_channels, in_channels // groups, *self.kernel_size, dtype=dtype, device=device
        )
        if bias:
            self.bias = empty_parameter(out_channels, dtype=dtype, device=device)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _check(self, in_channels: int, out_channels: int, groups: int, padding_mode: str) -> None:
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        if isinstance(self.padding, str):
            known: Any = {"same", "valid"}
            if self.padding not in known:
                raise ValueError(f"Invalid padding string {self.padding!r}, should be one of {known}")
            if self.padding == "same" and any(stride != 1 for stride in self.stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        known = {"zeros", "reflect", "replicate", "circular"}
        if padding_mode not in known:
            raise ValueError(f"padding_mode must be one of {known}, but got padding_mode='{padding_mode}'")

    def reset_parameters(self) -> None:
        """Draw weight and bias evenly within 1 / sqrt(what one output sums)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = math.prod(self.weight.shape[1:])
            if fan_in:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Convolve the input."""
        padding = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._padding_by_end(), mode=self.padding_mode)
            padding = (0,) * self.rank
        convolve = getattr(F, self.function)
        return convolve(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def _padding_by_end(self) -> list[int]:
        """Give the padding as `pad` wants it: the last dimension first, before and after."""
        ends = []
        for i in reversed(range(self.rank)):
            if self.padding == "same":
                total = self.dilation[i] * (self.kernel_size[i] - 1)
                ends += [total // 2, total - total // 2]
            else:
                ends += [0, 0] if self.padding == "valid" else [int(self.padding[i])] * 2
        return ends

    def extra_repr(self) -> str:
        """Show the sizes, and what is not as usual."""
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * len(self.padding):
            text += f", padding={self.padding}"
        if self.dilation != (1,) * self.rank:
            text += f", dilation={self.dilation}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class Conv1d(_Convolution):
    """Convolution of sequences (batch, channel, length)."""

    rank, function = 1, "conv1d"


class Conv2d(_Convolution):
    """Convolution of images (batch, channel, height, width).

    >>> Conv2d(1, 2, 3)
    Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))
    """

    rank, function = 2, "conv2d"


class _MaxPool(Module):
    """Takes the largest number under each place of a window."""

    function = ""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        """Pool the input."""
        return getattr(F, self.function)(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            return_indices=self.return_indices,
        )

    def extra_repr(self) -> str:
        """Show the window."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """Max pooling of sequences."""

    function = "max_pool1d"


class MaxPool2d(_MaxPool):
    """Max pooling of images."""

    function = "max_pool2d"


class _AvgPool(Module):
    """Takes the mean under each place of a window."""

    function = ""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.ceil_mode, self.count_include_pad = padding, ceil_mode, count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        """Pool the input."""
        return getattr(F, self.function)(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        )

    def extra_repr(self) -> str:
        """Show the window."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool1d(_AvgPool):
    """Mean pooling of sequences."""

    function = "avg_pool1d"

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(
            _each(kernel_size, 1),
            _each(kernel_size if stride is None else stride, 1),
            _each(padding, 1),
            ceil_mode,
            count_include_pad,
        )


class AvgPool2d(_AvgPool):
    """Mean pooling of images."""

    function = "avg_pool2d"


class AdaptiveAvgPool2d(Module):
    """Takes means so that the output has the size asked for."""

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """Pool the input."""
        return F.adaptive_avg_pool2d(input, self.output_size)

    def extra_repr(self) -> str:
        """Show the size of the output."""
        return f"output_size={self.output_size}"
