"""Normalisation as functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.tensor import Size
from ...ops.elementwise.arithmetic import add_scalar
from ...ops.elementwise.powers import pow_scalar, rsqrt
from ...ops.nn.batch_norm import native_batch_norm
from ...ops.nn.group_norm import native_group_norm
from ...ops.nn.layer_norm import native_layer_norm
from ...ops.reduction.sums import mean_dim


def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Normalise each channel over the batch."""
    if training and input.numel() // input.shape[1] == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {Size(input.shape)}")
    return native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)[0]


def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Normalise each row over its last dimensions."""
    last, shape = tuple(normalized_shape), tuple(input.shape)
    if shape[len(shape) - len(last) :] != last or len(last) > len(shape):
        wanted = ", ".join(["*", *map(str, last)])
        raise RuntimeError(
            f"Given normalized_shape={list(last)}, expected input with shape [{wanted}], but got input of size"
            f"{list(shape)}"
        )
    return native_layer_norm(input, last, weight, bias, eps)[0]


def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Normalise groups of channels, for each example by itself."""
    n, c = input.shape[:2]
    if c % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    return native_group_norm(input, weight, bias, n, c, math.prod(input.shape[2:]), num_groups, eps)[0]


def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Normalise each channel of each example by itself."""
    n, c, *rest = input.shape
    weight, bias = (None if v is None else v.repeat(n) for v in (weight, bias))
    flat = input.reshape(1, n * c, *rest)
    return native_batch_norm(flat, weight, bias, None, None, True, momentum, eps)[0].view(n, c, *rest)


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Any:
    """Divide each row by its root mean square."""
    floor = float(np.finfo(input.array.dtype).eps) if eps is None else eps
    dims = tuple(range(input.ndim - len(normalized_shape), input.ndim))
    found = input * rsqrt(add_scalar(mean_dim(pow_scalar(input, 2), dims, True), floor))
    return found if weight is None else found * weight
