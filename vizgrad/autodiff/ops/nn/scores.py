"""What the normalisations share: standard scores, and the two derivatives of them."""

from __future__ import annotations

from typing import Any

from ...core.tensor import wrap
from ..elementwise.powers import rsqrt
from ..reduction.sums import mean_dim


def columns(input: Any) -> tuple[int, ...]:
    """All dimensions but that of the channels."""
    return tuple(i for i in range(input.ndim) if i != 1)


def beside(vector: Any, input: Any) -> Any:
    """Shape one number per channel so that it broadcasts over an image."""
    return vector.reshape((1, -1) + (1,) * (input.ndim - 2))


def scores_back(values: Any, grad: Any, axes: Any) -> Any:
    """Differentiate (x - mean) / std by x, given the normalised values: take the mean and the slope out."""
    return grad - grad.mean(axes, keepdims=True) - values * (grad * values).mean(axes, keepdims=True)


def scores(input: Any, sharp: Any, axes: Any) -> tuple[Any, Any]:
    """Normalise again, in steps that can be differentiated; `sharp` says what was added to the variance."""
    far = input - mean_dim(input, axes, True)
    spread = mean_dim(far * far, axes, True)
    floor = wrap(1 / sharp.array**2 - spread.array)
    again = rsqrt(spread + floor)
    return far * again, again


def scores_rule(grad: Any, input: Any, sharp: Any, axes: Any) -> Any:
    """The derivative of a normalisation by its input, itself differentiable."""
    values, again = scores(input, sharp, axes)
    middle = grad - mean_dim(grad, axes, True) - values * mean_dim(grad * values, axes, True)
    return middle * again
