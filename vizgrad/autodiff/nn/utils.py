"""What `torch.nn.utils` offers: gradients kept within bounds, and parameters as one vector."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from types import GeneratorType
from typing import Any

from ..core.grad_mode import recording
from ..core.registry import FUNCTIONS
from ..core.tensor import Tensor
from ..ops.reduction.norms import vector_norm


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Any]:
    listed = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    if not listed and isinstance(parameters, GeneratorType):
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", UserWarning, stacklevel=3)
    return [parameter.grad for parameter in listed if parameter.grad is not None]


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients down together so that their norm is at most `max_norm`; return the norm they had."""
    grads = _gradients(parameters)
    norm_type = float(norm_type)
    with recording(False):
        if not grads:
            return FUNCTIONS["tensor"](0.0)
        total = vector_norm(FUNCTIONS["stack"]([vector_norm(grad, norm_type) for grad in grads]), norm_type)
        if error_if_nonfinite and not total.isfinite():
            raise RuntimeError(
                f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
                "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
                "`error_if_nonfinite=False`"
            )
        factor = (float(max_norm) / (total + 1e-6)).clamp(max=1.0)
        for grad in grads:
            grad.mul_(factor)
        return total


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Bring every element of every gradient between -clip_value and clip_value."""
    grads, bound = _gradients(parameters), float(clip_value)
    with recording(False):
        if foreach is False:
            for grad in grads:
                grad.clamp_(-bound, bound)
            return
        for grad in grads:  # all from below first, as PyTorch does it
            grad.clamp_(min=-bound)
        for grad in grads:
            grad.clamp_(max=bound)


def parameters_to_vector(parameters: Iterable[Any]) -> Tensor:
    """Put all parameters one after the other in one vector."""
    return FUNCTIONS["cat"]([parameter.view(-1) for parameter in parameters])


def vector_to_parameters(vec: Any, parameters: Iterable[Any]) -> None:
    """Take the values of all parameters from one vector."""
    start = 0
    for parameter in parameters:
        parameter.data = vec[start : start + parameter.numel()].view(parameter.shape).data
        start += parameter.numel()
