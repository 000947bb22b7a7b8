"""Tensors made of nested lists: a few lists that share parts can stand for far more numbers than fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .budget import current


def counted(make: Callable[..., Any]) -> Callable[..., Any]:
    """`torch.tensor` and its kin, which first count the numbers they are given, and take a copy of the lists."""

    def counting(*values: Any, **named: Any) -> Any:
        data = values[0] if values else named.get("data")
        if not is_sequence(data):
            return make(*values, **named)
        copy = taken(data)
        made = make(copy, *values[1:], **named) if values else make(**{**named, "data": copy})
        if isinstance(data, list) and len(copy) != len(data):
            raise RuntimeError("the list changed while it was being read")
        return made

    counting.__name__ = counting.__qualname__ = make.__name__
    return counting


def method(name: str) -> Callable[[Any], Callable[..., Any]]:
    """The guard of a method that makes a tensor of lists."""
    return lambda owner: counted(getattr(owner, name))


def taken(data: Any) -> Any:
    """Nested lists, counted and copied: the elements' own `__float__` may change a list that is being read."""
    if (budget := current.get()) is not None:
        budget.items(count(data, budget.limits.items), "numbers")
    return copied(data)


def copied(data: Any, depth: int = 0) -> Any:
    """The lists and tuples in a value as new lists; a program's own sequences too, which are read once.

    >>> row = [1, 2]
    >>> new = copied((row, row))
    >>> new, new[0] is row
    ([[1, 2], [1, 2]], False)
    """
    if depth > DEEPEST:
        raise ValueError(f"too many dimensions: more than {DEEPEST}")
    if is_sequence(data):
        if type(data) is range and (budget := current.get()) is not None:
            budget.items(len(data), "numbers")
        parts = list(data)
        if any(not isinstance(part, int | float) for part in parts):
            return [copied(part, depth + 1) for part in parts]
        return parts
    return data


class CallsBack:
    """Our own classes whose objects call the program back: datasets."""

    __slots__ = ()


def is_own(kind: type) -> bool:
    """Whether objects of a class call the program back: its own, and datasets."""
    return kind.__module__ == "__main__" or issubclass(kind, CallsBack)


def is_sequence(value: Any) -> bool:
    """Whether PyTorch takes it for a list, and reads it where it lies: all but text, dicts, tensors and arrays.

    >>> [is_sequence(value) for value in ([1], (1,), range(2), {1: 2}, "text", 5)]
    [True, True, True, False, False, False]
    """
    kind = type(value)
    if kind in (list, tuple):
        return True
    if issubclass(kind, str | bytes | dict) or not (hasattr(kind, "__getitem__") and hasattr(kind, "__len__")):
        return False
    return is_own(kind) or not hasattr(kind, "__array__")


DEEPEST = 64
"""Dimensions that a tensor can have."""


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
