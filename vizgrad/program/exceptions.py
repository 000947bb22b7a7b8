"""What ends a program that asks for more than vizgrad gives."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from ..trace import Span


class EndsProgram(BaseException):
    """The end of a program, whatever its `finally` and `__exit__` say; `kind` is the type that the trace shows.

    A BaseException, so that a program's `except Exception` cannot hide it.
    """

    kind = "EndsProgram"


told: ContextVar[Callable[[EndsProgram], None] | None] = ContextVar("told", default=None)
"""Who remembers what has ended the run that is going on."""


class NotOffered(EndsProgram):
    """The program asked for something that is not in the part of Python and PyTorch that vizgrad runs.

    `span` is known where the text itself is refused, before it runs.
    """

    kind = "NotOffered"

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.span = span
        if (remember := told.get()) is not None:
            remember(self)


class LimitReached(EndsProgram):
    """A program has used up what one program may use."""

    kind = "LimitReached"


class OutOfTime(LimitReached):
    """The clock ran out."""

    kind = "TimeoutError"


class OutOfMemory(LimitReached):
    """Something would be, or has become, too large."""

    kind = "MemoryError"


def not_python(name: str) -> NotOffered:
    """The sentence for a part of Python that is not offered.

    >>> print(not_python("open"))
    vizgrad runs a safe part of Python; `open` is not in it
    """
    return NotOffered(f"vizgrad runs a safe part of Python; `{name}` is not in it")


def only_torch(name: str) -> NotOffered:
    """The sentence for what real PyTorch has, and our own core has not.

    >>> print(only_torch("torch.fft"))
    vizgrad's NumPy engine does not have `torch.fft`; the PyTorch engine has
    """
    return NotOffered(f"vizgrad's NumPy engine does not have `{name}`; the PyTorch engine has")


def not_torch(name: str) -> NotOffered:
    """The sentence for a part of PyTorch that is not offered.

    >>> print(not_torch("torch.load"))
    vizgrad runs a safe part of PyTorch; `torch.load` is not in it
    """
    return NotOffered(f"vizgrad runs a safe part of PyTorch; `{name}` is not in it")
