"""The softmax family."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtypes
from ...core.dims import axis
from ...core.op import function, op
from ...core.samples import sample
from ..elementwise.exponentials import exp
from ..reduction.sums import sum_dim


def _shifted(self: Any, dim: int, name: str) -> Any:
    if self.dtype.kind not in "fc":
        raise NotImplementedError(f"\"{name}_lastdim_kernel_impl\" not implemented for '{dtypes.of(self).long_name}'")
    return self - _largest(self, axis(dim, self.ndim)) if self.ndim and self.size else self - self


def _largest(self: Any, dim: int) -> Any:
    if self.ndim == 2 and dim == 1 and self.shape[1] < 32 < self.shape[0]:  # many short rows are quicker as columns
        return np.maximum.reduce(self.T.copy(), 0)[:, None]
    return np.maximum.reduce(self, dim, keepdims=True)


def _softmax(self: Any, dim: int) -> Any:
    powers = np.exp(_shifted(self, dim, "softmax"))
    return powers / np.add.reduce(powers, axis(dim, self.ndim), keepdims=True) if self.ndim else powers


def _log_softmax(self: Any, dim: int) -> Any:
    low = _shifted(self, dim, "log_softmax")
    if self.ndim:
        low -= np.log(np.add.reduce(np.exp(low), axis(dim, self.ndim), keepdims=True))
    return low


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
    lambda grad_output, output, dim: output * (grad_output - np.add.reduce(grad_output * output, dim, keepdims=True)),
    public=False,
    node="SoftmaxBackwardDataBackward0",
    promotes="same",
    grad_output=lambda grad, output, dim: softmax_backward(grad, output, dim),
    output=lambda grad, grad_output, output, dim: (
        grad * grad_output
        - grad * sum_dim(grad_output * output, dim, True)
        - grad_output * sum_dim(grad * output, dim, True)
    ),
    formulas={
        "grad_output": r"{output} \left({grad} - \sum_j {grad}_j {output}_j\right)",
        "output": r"{grad} \, {grad_output} - {grad} \sum_j {grad_output}_j {output}_j - {grad_output} \sum_j {grad}_j {output}_j",
    },
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
    lambda grad_output, output, dim: grad_output - np.exp(output) * np.add.reduce(grad_output, dim, keepdims=True),
    public=False,
    node="LogSoftmaxBackwardDataBackward0",
    promotes="same",
    grad_output=lambda grad, output, dim: grad - sum_dim(grad * exp(output), dim, True),
    output=lambda grad, grad_output, output, dim: -(grad * exp(output)) * sum_dim(grad_output, dim, True),
    formulas={
        "grad_output": r"{grad} - \sum_j {grad}_j e^{{{output}_j}}",
        "output": r"-{grad} \, e^{{{output}}} \sum_j {grad_output}_j",
    },
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
