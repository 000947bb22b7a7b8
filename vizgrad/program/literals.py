"""Tensors made of nested lists: a few lists that share parts can stand for far more numbers than fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .budget import current


def counted(make: Callable[..., Any]) -> Callable[..., Any]:
    """`torch.tensor` and its kin, which first count the numbers they are given."""

    def counting(*values: Any, **named: Any) -> Any:
        data = values[0] if values else named.get("data")
        if isinstance(data, list | tuple) and (budget := current.get()) is not None:
            budget.items(count(data, budget.limits.items), "numbers")
        return make(*values, **named)

    counting.__name__ = counting.__qualname__ = make.__name__
    return counting


def count(data: Any, limit: int) -> int:
    """The numbers in nested lists, at most a little over `limit`; shared parts count each time.

    >>> row = [0] * 10
    >>> count([row] * 10, 50), count([row] * 3, 50)
    (51, 34)
    """
    total = 0
    stack = [data]
    while stack and total <= limit:
        part = stack.pop()
        total += 1
        if isinstance(part, list | tuple) and len(part):
            if isinstance(part[0], list | tuple):
                stack.extend(part[: limit + 1])
            else:
                total += len(part)
    return min(total, limit + 1)
