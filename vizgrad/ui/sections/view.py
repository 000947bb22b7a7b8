"""What the sections below the player are given to show."""

from __future__ import annotations

from dataclasses import dataclass

from ..runs.results import Result


@dataclass(frozen=True, slots=True)
class View:
    """One run and the scene of it on show.

    `source` is the program as the visitor wrote it; `last_good` the trace of the newest run in which something was
    computed, if any. `is_running` says that `source` still runs, and `result` is that of the run before it.
    """

    result: Result
    scene: int
    engine: str
    dark: bool
    source: str = ""
    last_good: bytes | None = None
    is_running: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the program computed nothing that could be looked at."""
        return self.result.shown.is_empty

    @property
    def why_not_again(self) -> str | None:
        """Why the program is not run again with other numbers: the next run would be as long; None where it may be."""
        if self.is_running:
            return "The program is still running."
        if self.result.is_final:
            return None
        how = (
            "was stopped before its end"
            if self.result.shown.error == "KeyboardInterrupt"
            else "did not come to its end"
        )
        return f"The program {how}, so it is not run again for this."
