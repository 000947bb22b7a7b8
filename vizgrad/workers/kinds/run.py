"""Running a visitor's program on one engine; the variant is the engine's name."""

from __future__ import annotations

import time

from ...program.errors.killed import stopped
from ...program.isolated import Outcomes, Run, Sample, Work
from ...program.limits.budget import out_of_memory
from ...program.limits.limits import Limits
from ...program.outcome import leaves, outcome
from ...program.rehearsal import FIRST, rehearse
from ...program.run import execute
from ...trace import Span, Trace
from .. import clock
from ..protocol import MIB, Say, decode, encode

RUN_IN = 20
"""Runs after which Python has made its bytecode fast: done before the fork, no worker has to do it again."""
BRIEF = 0.02
"""Seconds within which nobody need know where a program had ended."""


def prepare(variant: str) -> None:
    """Loads the engine, and everything that programs load at their first use; then it is run in."""
    rehearse(variant)
    for _ in range(RUN_IN):
        warm_up(variant)


def warm_up(variant: str) -> None:
    """Runs the small program that was run at the start, and writes its record, as an answer would."""
    asked = decode(encode(Run(FIRST, Limits())), type=Work)
    assert isinstance(asked, Run)
    written(execute(asked.source, variant, limits=asked.limits, what_if=asked.what_if))


def answer(variant: str, work: bytes, body: bytes, say: Say) -> tuple[bytes, bytes]:
    """The record of one program, or what many runs of it with other numbers come to."""
    asked = decode(work, type=Work)
    if isinstance(asked, Sample):
        return encode(samples(asked, variant)), b""
    trace, text = record(asked, variant, say)
    return encode(None if trace.error is None else trace.error.type), text


def record(asked: Run, engine: str, say: Say) -> tuple[Trace, bytes]:
    """One program's trace and its JSON, or those of why there is none."""
    source, limits = asked.source, asked.limits
    start = time.monotonic()

    def ended(place: Span | None) -> None:
        """What comes after the program has a time of its own: freeing its memory, writing its record."""
        if time.monotonic() - start > BRIEF:  # what comes may take long too, and then the place is known
            say(str(place.line if place else 0))
            clock.hand_over()

    try:
        trace = execute(source, engine, scene=asked.scene, limits=limits, what_if=asked.what_if, ended=ended)
        trace, text = written(trace)
    except MemoryError:
        return written(stopped(source, engine, "MemoryError", str(out_of_memory(limits))))
    except Exception as error:
        message = f"vizgrad failed to record this program: {type(error).__name__}: {error}"
        return written(stopped(source, engine, "Crashed", message))
    if len(text) <= limits.answer * MIB:
        return trace, text
    message = f"the record of this program is too long: the limit is {limits.describe('answer')}"
    return written(stopped(source, engine, "MemoryError", message))


def written(trace: Trace) -> tuple[Trace, bytes]:
    """A trace and its JSON."""
    return trace, trace.to_json().encode()


def samples(asked: Sample, engine: str) -> Outcomes:
    """What the runs of a program come to, one after another as far as the time goes: all are of one visitor."""
    until = time.monotonic() + asked.seconds
    first = execute(asked.source, engine, limits=asked.limits, what_if=asked.points[0])
    found = [outcome(first)]
    for what_if in asked.points[1:]:
        if time.monotonic() >= until:
            break
        found.append(outcome(execute(asked.source, engine, limits=asked.limits, what_if=what_if)))
    return Outcomes(leaves(first, asked.most), tuple(found))
