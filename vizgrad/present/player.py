"""What the player shows of a run: its payload as JSON, and the little that the page itself must know of it."""

from __future__ import annotations

from typing import Any

import msgspec

from ..trace import Trace
from . import rehearsal
from .request import NotNow, NotPresented, Request, ask
from .traces import read

LONGEST = 16 << 20
"""Bytes of a payload: more would hold the browser up."""
UNDRAWN = "The picture takes too much work to be drawn. What is said of the steps stands."


class Shown(msgspec.Struct, frozen=True):
    """What the page must know of a payload.

    `id` is the payload's, `scene` the index of the one on show among so many `scenes`, `problem` why its picture is
    missing; `error` is the type of the fault that ended the program, if one did, and `line` where. `omitted` says what
    a long run did not record, and `needs_run` that the wanted scene is part of it. `is_empty`: nothing was computed.
    """

    id: str
    scene: int
    scenes: int
    problem: str | None
    error: str | None
    line: int | None
    omitted: str | None
    needs_run: bool
    is_empty: bool


class Play(Request, frozen=True, tag="play"):
    """The payload of a run of this program, for one scene of it (the last, if there is none of that number).

    With `undrawn`, a sentence that says why, no picture is laid out.
    """

    source: str
    engine: str
    scene: int = -1
    detail: str = "full"
    problem: str | None = None
    undrawn: str | None = None

    def answer(self, body: bytes) -> tuple[Shown, bytes]:
        """What the page must know, and the payload as JSON."""
        from ..player.payload import payload, written

        trace = read(body, self.source, self.engine)
        scenes = trace.scenes
        scene = self.scene if -1 <= self.scene < len(scenes) else -1
        detail: Any = self.detail  # the page sends one of the three
        data = payload(trace, scene, detail=detail, undrawn=self.undrawn)
        chosen = data["scenes"][data["scene"]]
        if self.problem is not None:
            chosen["problem"] = self.problem
        fault = trace.error
        shown = Shown(
            id=data["id"],
            scene=data["scene"],
            scenes=len(data["scenes"]),
            problem=chosen.get("problem"),
            error=None if fault is None else fault.type[:100],
            line=None if fault is None else fault.line,
            omitted=trace.omitted,
            needs_run=scene >= 0 and not (scenes[scene].is_whole or scenes[scene].steps),
            is_empty=not trace.tensors,
        )
        made = written(data)
        if len(made) > LONGEST:
            raise NotPresented("This run is too large to be shown whole.")
        return shown, made


def prepare() -> None:
    """Nothing is read here but what is imported."""


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """Requests that use everything that is imported here."""
    return ((Play(rehearsal.PROGRAM, "numpy"), trace),)


def played(
    trace: bytes, source: str, engine: str, scene: int = -1, detail: str = "full", problem: str | None = None
) -> tuple[Shown, bytes]:
    """The payload of a run, whose trace is given as JSON.

    Where its picture needs too much, it comes without one; a run that cannot be shown at all is told in its place.
    Raises NotPresented only if no presenter can be reached.
    """
    try:
        return ask(Play(source, engine, scene, detail, problem), Shown, trace)
    except NotNow:
        raise
    except NotPresented:
        pass
    try:  # nearly always it is the picture that takes so long
        return ask(Play(source, engine, scene, detail, problem, UNDRAWN), Shown, trace)
    except NotPresented as why:
        bare = Trace(engine=engine, source=source, tensors=(), nodes=(), events=())
        told = f"{why} Run a smaller part of the program to see it."
        shown, payload = ask(Play(source, engine, problem=told), Shown, bare.to_json().encode())
        return msgspec.structs.replace(shown, is_empty=False), payload  # the run is there for all others
