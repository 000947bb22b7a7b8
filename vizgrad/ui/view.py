"""What the sections below the player are given to show."""

from __future__ import annotations

from dataclasses import dataclass

from ..trace import Trace
from . import runs


@dataclass(frozen=True, slots=True)
class View:
    """One run and the scene of it on show.

    `source` is the program as the visitor wrote it; `last_good` the newest run in which something was computed, if any.
    `is_running` says that `source` still runs, and `trace` is the run before it.
    """

    trace: Trace
    scene: int
    engine: str
    dark: bool
    source: str = ""
    last_good: Trace | None = None
    is_running: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the program computed nothing that could be looked at."""
        return not self.trace.tensors

    @property
    def why_not_again(self) -> str | None:
        """Why the program is not run again with other numbers, or None where it may be: the next run would be as long.

        >>> from vizgrad.program.stopped import halted
        >>> View(halted("x = 1", "numpy"), 0, "numpy", dark=False).why_not_again
        'The program was stopped before its end, so it is not run again for this.'
        """
        if self.is_running:
            return "The program is still running."
        if not runs.is_passing(self.trace):
            return None
        stopped = self.trace.error is not None and self.trace.error.type == "KeyboardInterrupt"
        how = "was stopped before its end" if stopped else "did not come to its end"
        return f"The program {how}, so it is not run again for this."
