"""The program's own operations: calls of `apply`, which no mode of PyTorch's sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

Begin = Callable[[], None]
End = Callable[[Any, tuple[Any, ...], Any], None]


@contextmanager
def applied(begin: Begin, end: End) -> Iterator[None]:
    """Has every `apply` of an autograd.Function told; its end with the function, the arguments and the result."""
    original = torch.autograd.Function.__dict__["apply"]

    def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
        begin()
        result = None
        try:
            result = original.__get__(None, cls)(*args, **kwargs)
        finally:
            end(cls, args, result)
        return result

    setattr(torch.autograd.Function, "apply", classmethod(apply))  # noqa: B010 - a class method takes its place
    try:
        yield
    finally:
        setattr(torch.autograd.Function, "apply", original)  # noqa: B010
