"""Context managers and what ends a program: no `__exit__` is told of it, keeps its class or holds it up."""

from __future__ import annotations

import contextlib
import functools
from types import TracebackType
from typing import Any

from ..exceptions import EndsProgram


def let_ends_pass(made: type) -> None:
    """Has the `__exit__` of a program's class called for its own faults only."""
    leave = made.__dict__.get("__exit__")
    if leave is None:
        return

    def __exit__(self: Any, *fault: Any) -> Any:
        if any(isinstance(part, EndsProgram) for part in fault):
            return False
        bind = getattr(type(leave), "__get__", None)
        return (leave if bind is None else bind(leave, self, type(self)))(*fault)

    if callable(leave):
        functools.update_wrapper(__exit__, leave, assigned=("__name__", "__doc__"), updated=())
        del __exit__.__wrapped__  # type: ignore[attr-defined]
    setattr(made, "__exit__", __exit__)  # noqa: B010 - a plain assignment would be one to a method


class suppress(contextlib.suppress):
    """`contextlib.suppress`, for faults.

    >>> with suppress(ZeroDivisionError):
    ...     1 / 0
    >>> with suppress(object):
    ...     raise EndsProgram("over")
    Traceback (most recent call last):
    vizgrad.program.exceptions.EndsProgram: over
    """

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Suppress it, unless it ends the program."""
        if kind is not None and not issubclass(kind, Exception):
            return False
        return bool(super().__exit__(kind, value, trace))
