"""Backward passes inside of one another: so deep that the engine would need a thread of its own, they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .budget import current

DEEPEST = 20
"""Passes inside of one another; beyond 60 PyTorch goes on in another thread, where nobody counts."""


def counted(run: Callable[..., Any]) -> Callable[..., Any]:
    """A function that runs the engine; raises RecursionError where it would be too deep inside of others."""

    def running(*values: Any, **named: Any) -> Any:
        budget = current.get()
        if budget is None:
            return run(*values, **named)
        if budget.passes >= DEEPEST:
            raise RecursionError("maximum recursion depth exceeded")
        budget.passes += 1
        try:
            return run(*values, **named)
        finally:
            budget.passes -= 1

    running.__name__ = running.__qualname__ = getattr(run, "__name__", "backward")
    running.__doc__ = run.__doc__
    return running


def transformed(transform: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes such functions: `torch.func.grad`."""

    def making(*values: Any, **named: Any) -> Any:
        return counted(transform(*values, **named))

    making.__name__ = making.__qualname__ = transform.__name__
    making.__doc__ = transform.__doc__
    return making


def method(name: str) -> Callable[[Any], Callable[..., Any]]:
    """The guard of a method that runs the engine."""
    return lambda owner: counted(getattr(owner, name))


TRANSFORMS = ("grad", "grad_and_value", "jacrev", "hessian")
"""The functions of `torch.func` that do so."""
