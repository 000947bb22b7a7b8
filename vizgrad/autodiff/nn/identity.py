"""The node that module hooks hang on."""

from __future__ import annotations

from typing import Any

from ..function import Function
from ..tensor import Tensor


class BackwardHookFunction(Function):
    """Passes tensors and gradients on unchanged; PyTorch's name, since it is seen in the graph."""

    @staticmethod
    def forward(ctx: Any, *tensors: Tensor) -> Any:
        """Pass the tensors on."""
        ctx.mark_non_differentiable(*[tensor for tensor in tensors if not tensor.requires_grad])
        return tensors

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """Pass the gradients on."""
        return grads
