"""Stopping a run from another thread than the one that waits for it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar


class Stop:
    """Ends the runs that are begun under it, from any thread.

    >>> stop = Stop()
    >>> with stop.heeded():
    ...     stop.set()
    ...     is_stopped()
    True
    """

    def __init__(self) -> None:
        self.is_set = False
        self._halt: Callable[[], object] | None = None
        self._lock = threading.Lock()

    def set(self) -> None:
        """Ends the run that is going on, and those that would follow; their records are that error alone."""
        with self._lock:
            self.is_set = True
            if self._halt is not None:
                self._halt()

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """Runs that this thread begins in the block can be stopped."""
        token = _heeded.set(self)
        try:
            yield
        finally:
            _heeded.reset(token)

    @contextlib.contextmanager
    def over(self, halt: Callable[[], object]) -> Iterator[None]:
        """While the block runs, `halt` is called when it is to end."""
        with self._lock:
            self._halt = halt
            if self.is_set:
                halt()
        try:
            yield
        finally:
            with self._lock:
                self._halt = None


_heeded: ContextVar[Stop | None] = ContextVar("heeded", default=None)


def stoppable(halt: Callable[[], object]) -> contextlib.AbstractContextManager[None]:
    """While the block runs, whoever holds this thread's Stop can end it: `halt` is then called, in another thread."""
    stop = _heeded.get()
    return contextlib.nullcontext() if stop is None else stop.over(halt)


def is_stopped() -> bool:
    """Whether this thread's run was stopped."""
    stop = _heeded.get()
    return stop is not None and stop.is_set
