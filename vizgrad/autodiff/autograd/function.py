"""`torch.autograd.function`: what custom operations are declared with."""

from __future__ import annotations

from ..core.function import Function, FunctionNode, once_differentiable

FunctionCtx = FunctionNode
__all__ = ["Function", "FunctionCtx", "once_differentiable"]
