"""Runs of programs and what the player shows of them, as bytes, remembered for everybody in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass

from ...present.player import Shown, played
from ...program import isolated
from ...program.isolated import Recorded
from ...program.limits.limits import Limits
from ...program.overrides import NOTHING, WhatIf
from .cache import Cache

ENGINES = {"numpy": "NumPy core", "torch": "PyTorch"}
"""The engines and what the page calls them."""

AGAIN = """This scene could not be recorded by running the program again.
Go to another scene and come back to try once more."""
MIB = 1 << 20
recorded: Cache[Recorded] = Cache(4 * MIB)
results: Cache[Result] = Cache(6 * MIB)


@dataclass(frozen=True, slots=True)
class Result:
    """What one run gave: its trace's JSON, the player's payload as JSON, and what the page must know of it.

    `is_final` says that another run would end in the same way.
    """

    trace: bytes
    payload: bytes
    shown: Shown
    is_final: bool = True


def other(engine: str) -> str:
    """The engine that checks this one."""
    return "torch" if engine == "numpy" else "numpy"


def run(source: str, engine: str, limits: Limits | None = None, scene: int = -1, what_if: WhatIf = NOTHING) -> Recorded:
    """Runs a program in the engine's worker process; a fault in it is part of its record.

    Of a long run, `scene` (-1: the last) is recorded whole. `what_if` changes numbers.
    """
    key = source, engine, limits, scene, what_if
    found = recorded.get(key)
    if found is None:
        found = isolated.record(source, engine, limits, scene, what_if)
        if found.is_final:
            recorded.put(key, found, len(found.trace) + len(source))
    return found


def known(source: str, engine: str, scene: int = -1, detail: str = "full", what_if: WhatIf = NOTHING) -> Result | None:
    """As `result`, but None where that has to be worked out."""
    return results.get((source, engine, scene, detail, what_if))


def result(source: str, engine: str, scene: int = -1, detail: str = "full", what_if: WhatIf = NOTHING) -> Result:
    """Runs a program and has one scene of it drawn (the last, if there is none of that number).

    A scene of a long run that was recorded lightly is recorded whole by running the program once more.
    """
    key = source, engine, scene, detail, what_if
    found = results.get(key)
    if found is None:
        found = _result(source, engine, scene, detail, what_if)
        if found.is_final:
            results.put(key, found, len(found.trace) + len(found.payload) + len(source))
    return found


def _result(source: str, engine: str, scene: int, detail: str, what_if: WhatIf) -> Result:
    first = run(source, engine, what_if=what_if)
    shown, payload = played(first.trace, source, engine, scene, detail)
    if not shown.needs_run:
        return Result(first.trace, payload, shown, first.is_final)
    again = run(source, engine, scene=scene, what_if=what_if)
    better, whole = played(again.trace, source, engine, scene, detail)
    if not better.needs_run and better.scene == scene:
        return Result(again.trace, whole, better, again.is_final)
    shown, payload = played(first.trace, source, engine, scene, detail, problem=AGAIN)
    return Result(first.trace, payload, shown, is_final=False)


def forget() -> None:
    """Forgets all runs and pictures; what is on show somewhere is not touched."""
    recorded.clear()
    results.clear()
