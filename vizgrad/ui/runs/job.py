"""A run that goes on while the page is drawn, and can be stopped."""

from __future__ import annotations

import logging
import threading
import time

from ...present.player import played
from ...present.request import NotPresented
from ...program.errors import killed
from ...program.overrides import NOTHING, WhatIf
from ...workers import turns
from ...workers.cancel import Stop
from ...workers.pool import Busy, NotStarted
from .. import visitor
from ..visitor import TooOften
from . import results, waiting
from .results import Result

log = logging.getLogger("vizgrad")

PATIENCE = 1.0
"""Seconds for which the page waits before it says that a program is running, where few pages wait."""

OURS = "Something in vizgrad failed while it worked on this program. It was noted; your program is kept."


class Job:
    """One program being run and drawn in a thread of its own.

    `problem` is a sentence for the reader where it came to no result.

    >>> job = Job("x = 1", "numpy")
    >>> job.wait(60).shown.error is None
    True
    """

    def __init__(
        self, source: str, engine: str, scene: int = -1, detail: str = "full", what_if: WhatIf = NOTHING
    ) -> None:
        self.what = (source, engine, scene, detail, what_if)
        self.began = time.monotonic()
        self.problem: str | None = None
        self._visitor = visitor.session()
        self._stop = Stop()
        self._is_abandoned = False
        self._ended = threading.Event()
        self._result = self.known()
        if self._result is None:
            try:
                visitor.count_run()
            except TooOften as why:
                self.problem = str(why)
            else:
                threading.Thread(target=self._run, name="vizgrad-run", daemon=True).start()
                return
        self._ended.set()

    def _run(self) -> None:
        try:
            with turns.on_behalf_of(self._visitor), waiting.waiting:
                self._result = self._made()
        except (NotStarted, NotPresented, Busy) as why:
            self.problem = str(why)
        except Exception:
            log.exception("a run of the page failed")
            self.problem = OURS
        finally:
            self._ended.set()

    def _made(self) -> Result | None:
        try:
            with self._stop.heeded():
                made = self.make()
        except (NotPresented, Busy):
            if not self._stop.is_set:
                raise
        if not self._stop.is_set:
            return made
        return None if self._is_abandoned else self._halted()

    def known(self) -> Result | None:
        """What is remembered of it."""
        return results.known(*self.what)

    def make(self) -> Result:
        """Runs the program and has what came of it drawn."""
        return results.result(*self.what)

    def _halted(self) -> Result:
        """What is shown of a run that its reader stopped, also where only the drawing was left to do."""
        source, engine, _, detail, _ = self.what
        trace = killed.halted(source, engine).to_json().encode()
        shown, payload = played(trace, source, engine, detail=detail)
        return Result(trace, payload, shown, is_final=False)

    def wait(self, seconds: float) -> Result | None:
        """The result, or None if it is not there within so many seconds, or never will be: `problem` then says why."""
        self._ended.wait(seconds)
        return self._result

    def is_done_within(self, seconds: float) -> bool:
        """As `is_done`, after waiting up to so long; ends early where the page is wanted anew."""
        return waiting.wait(self._ended, seconds)

    @property
    def is_done(self) -> bool:
        """Whether there is a result, or a reason why there is none."""
        return self._ended.is_set()

    @property
    def is_over(self) -> bool:
        """Whether it is done, or was told to stop."""
        return self.is_done or self._stop.is_set

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.began

    def stop(self) -> None:
        """Ends it, and gives a result that says so."""
        self._stop.set()

    def abandon(self) -> None:
        """Ends it without a result: nobody waits for it any more."""
        self._is_abandoned = True
        self._ended.set()
        self._stop.set()


def job(before: Job | None, source: str, engine: str, scene: int, detail: str, what_if: WhatIf = NOTHING) -> Job:
    """The job of a program: the one from before if it is the same, else a new one, and the one before is ended."""
    if type(before) is Job and before.what == (source, engine, scene, detail, what_if):
        return before
    if before is not None:
        before.abandon()
    return Job(source, engine, scene, detail, what_if)
