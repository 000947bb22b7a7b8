"""Runs of programs and their pictures, remembered for everybody in bounded memory; forgetting them costs only time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..draw.scene import Detail
from ..program import pool
from ..program.limits import Limits
from ..program.whatif import NOTHING, WhatIf
from ..trace import Trace

ENGINES = {"numpy": "NumPy core", "torch": "PyTorch"}
"""The engines and what the page calls them."""

PASSING = ("TimeoutError", "MemoryError", "Crashed", "KeyboardInterrupt")
"""Faults that may be the machine's or the reader's rather than the program's: such a run is not remembered."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one run gave, and its picture for the player."""

    trace: Trace
    payload: dict[str, Any]


class Passing(Exception):
    """Carries a result past a function's memory, which keeps no exceptions."""

    def __init__(self, result: Any) -> None:
        self.result = result


def other(engine: str) -> str:
    """The engine that checks this one."""
    return "torch" if engine == "numpy" else "numpy"


def is_passing(trace: Trace) -> bool:
    """Whether a run was cut short by a fault that need not be the program's."""
    return trace.error is not None and trace.error.type in PASSING


def run(source: str, engine: str, limits: Limits | None = None, scene: int = -1, what_if: WhatIf = NOTHING) -> Trace:
    """Runs a program in the engine's worker process; a fault in it ends in `trace.error`.

    Of a long run, `scene` (-1: the last) is recorded whole. `what_if` changes numbers.
    """
    return remembered(_run, source, engine, limits, scene, what_if)


def result(source: str, engine: str, scene: int = -1, detail: Detail = "full", what_if: WhatIf = NOTHING) -> Result:
    """Runs a program and draws one scene of it (the last, if there is none of that number).

    A scene of a long run that was recorded lightly is recorded whole by running the program once more.
    """
    return remembered(_result, source, engine, scene, detail, what_if)


def remembered(function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a function that remembers its results, and raises `Passing` with those that are not to be remembered."""
    try:
        return function(*arguments)
    except Passing as passing:
        return passing.result


@lru_cache(maxsize=256)
def _run(source: str, engine: str, limits: Limits | None, scene: int, what_if: WhatIf) -> Trace:
    trace = pool.run(source, engine, limits, scene, what_if)
    if is_passing(trace):
        raise Passing(trace)
    return trace


@lru_cache(maxsize=64)
def _result(source: str, engine: str, scene: int, detail: Detail, what_if: WhatIf) -> Result:
    from ..player.payload import payload

    trace = run(source, engine, what_if=what_if)
    failed: Trace | None = None
    if 0 <= scene < len(trace.scenes) and not (trace.scenes[scene].is_whole or trace.scenes[scene].steps):
        again = run(source, engine, scene=scene, what_if=what_if)
        is_there = scene < len(again.scenes) and (again.scenes[scene].is_whole or again.scenes[scene].steps)
        trace, failed = (again, None) if is_there else (trace, again)
    made = Result(trace, payload(trace, scene if -1 <= scene < len(trace.scenes) else -1, detail=detail))
    if failed is not None and failed.error is not None:
        told = f"This scene could not be recorded by running the program again.\n{failed.error.message}"
        made.payload["scenes"][scene]["problem"] = f"{told}\nGo to another scene and come back to try once more."
    if is_passing(trace) or (failed is not None and is_passing(failed)):
        raise Passing(made)
    return made
