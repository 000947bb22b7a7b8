"""What the sections below the player are given to show."""

from __future__ import annotations

from dataclasses import dataclass

from ..trace import Trace


@dataclass(frozen=True, slots=True)
class View:
    """One run and the scene of it on show.

    `source` is the program as the visitor wrote it; `last_good` the newest run in which something was computed, if any.
    """

    trace: Trace
    scene: int
    engine: str
    dark: bool
    source: str = ""
    last_good: Trace | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the program computed nothing that could be looked at."""
        return not self.trace.tensors
