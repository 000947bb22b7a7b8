"""A run that goes on while the page is drawn, and can be stopped."""

from __future__ import annotations

import threading
import time

from ..draw.scene import Detail
from ..program import stopped
from ..program.stop import Stop
from ..program.whatif import NOTHING, WhatIf
from . import runs
from .runs import Result

PATIENCE = 0.5
"""Seconds for which the page waits before it says that a program is running."""


class Job:
    """One program being run and drawn in a thread of its own.

    >>> job = Job("x = 1", "numpy")
    >>> job.wait(60).trace.error is None
    True
    """

    def __init__(
        self, source: str, engine: str, scene: int = -1, detail: Detail = "full", what_if: WhatIf = NOTHING
    ) -> None:
        self.what = (source, engine, scene, detail, what_if)
        self.began = time.monotonic()
        self._stop = Stop()
        self._result: Result | None = None
        self._error: RuntimeError | None = None
        self._ended = threading.Event()
        threading.Thread(target=self._run, name="vizgrad-run", daemon=True).start()

    def _run(self) -> None:
        try:
            with self._stop.heeded():
                made = self.make()
            if not self._ended.is_set():
                self._result = made
        except RuntimeError as error:  # the engine's process does not start
            self._error = error
        finally:
            self._ended.set()

    def make(self) -> Result:
        """Runs the program and draws what came of it."""
        return runs.result(*self.what)

    def wait(self, seconds: float) -> Result | None:
        """The result, or None if it is not there within so many seconds; raises RuntimeError if no engine starts."""
        self._ended.wait(seconds)
        if self._error is not None:
            raise self._error
        return self._result

    @property
    def is_done(self) -> bool:
        """Whether there is a result, or a reason why there is none."""
        return self._ended.is_set()

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.began

    def stop(self) -> None:
        """Ends it, and gives a result that says so, also where only the drawing was left to do."""
        from ..player.payload import payload

        if self.is_done:
            return
        source, engine, _, detail, _ = self.what
        trace = stopped.halted(source, engine)
        self._result = Result(trace, payload(trace, -1, detail=detail))
        self._ended.set()
        self._stop.set()

    def abandon(self) -> None:
        """Ends it without a result: nobody waits for it any more."""
        self._ended.set()
        self._stop.set()


def job(before: Job | None, source: str, engine: str, scene: int, detail: Detail, what_if: WhatIf = NOTHING) -> Job:
    """The job of a program: the one from before if it is the same, else a new one, and the one before is ended."""
    if type(before) is Job and before.what == (source, engine, scene, detail, what_if):
        return before
    if before is not None:
        before.abandon()
    return Job(source, engine, scene, detail, what_if)
