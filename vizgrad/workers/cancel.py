"""Stopping a run from another thread than the one that waits for it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextvars import ContextVar

from .process import Process


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
        self._process: Process | None = None
        self._lock = threading.Lock()

    def set(self) -> None:
        """Ends the run that is going on, and those that would follow; their records are that error alone."""
        with self._lock:
            self.is_set = True
            if self._process is not None:
                self._process.halt()

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """Runs that this thread begins in the block can be stopped."""
        token = _heeded.set(self)
        try:
            yield
        finally:
            _heeded.reset(token)

    @contextlib.contextmanager
    def over(self, process: Process) -> Iterator[None]:
        """While the block runs, this process is the one to be ended."""
        with self._lock:
            self._process = process
            if self.is_set:
                process.halt()
        try:
            yield
        finally:
            with self._lock:
                self._process = None


_heeded: ContextVar[Stop | None] = ContextVar("heeded", default=None)


def stoppable(process: Process) -> contextlib.AbstractContextManager[None]:
    """While the block runs, whoever holds this thread's Stop can end the process."""
    stop = _heeded.get()
    return contextlib.nullcontext() if stop is None else stop.over(process)


def is_stopped() -> bool:
    """Whether this thread's run was stopped."""
    stop = _heeded.get()
    return stop is not None and stop.is_set
