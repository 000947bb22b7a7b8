"""Runs programs in worker processes, one for each run; the process that asks runs nothing of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ..trace import Trace
from ..workers import pool
from ..workers.cancel import is_stopped
from ..workers.pool import Busy, Died, Kind, Overdue
from ..workers.protocol import MIB, decode
from .engines.registry import NAMES
from .errors import killed
from .limits.limits import Limits
from .outcome import MOST_ELEMENTS, Leaf, Outcome
from .overrides import NOTHING, WhatIf
from .source import tidy

KINDS = {engine: Kind("vizgrad.workers.kinds.run", engine, f"the {engine} engine") for engine in NAMES}
SPARE = 2.0
"""Seconds that many runs may take beyond the time that was given them: for the run that is going on at its end."""


class Run(msgspec.Struct, frozen=True, tag="run"):
    """One program to run; of a long run, `scene` is recorded whole."""

    source: str
    limits: Limits
    scene: int = -1
    what_if: WhatIf = NOTHING


class Sample(msgspec.Struct, frozen=True, tag="sample"):
    """One program to run again and again, with other numbers each time, for about so many seconds.

    Leaves of at most `most` elements are told.
    """

    source: str
    limits: Limits
    points: tuple[WhatIf, ...]
    seconds: float
    most: int = MOST_ELEMENTS


Work = Run | Sample


class Outcomes(msgspec.Struct, frozen=True):
    """The small leaves of the first run, and what each run came to; fewer than asked for where the time was up."""

    leaves: tuple[Leaf, ...]
    found: tuple[Outcome | None, ...]


PASSING = ("TimeoutError", "MemoryError", "Crashed", "KeyboardInterrupt")
"""Faults that may be the machine's or the reader's rather than the program's."""


class Recorded(NamedTuple):
    """A run as bytes: the JSON of its trace, and whether another run would end in the same way."""

    trace: bytes
    is_final: bool = True


def run(
    source: str, engine: str = "numpy", limits: Limits | None = None, scene: int = -1, what_if: WhatIf = NOTHING
) -> Trace:
    """Runs a program in a worker process and gives its record; waits for a free worker.

    A fault in the program ends in `trace.error`; so does a program that had to be killed, whose record is then that
    error alone. Of a long run, `scene` (-1: the last) is recorded whole. `what_if` changes numbers. Raises ValueError
    for an engine that there is not, RuntimeError if its process cannot be started, Busy if there is no place in time.

    >>> run("print(6 * 7)").stdout
    '42\\n'
    """
    limits = limits or Limits()
    recorded = record(source, engine, limits, scene, what_if)
    try:
        trace = Trace.from_json(recorded.trace)
        if trace.engine == engine and trace.source == tidy(_sendable(source)):
            return trace
    except ValueError:
        pass
    return killed.crashed(source, engine, limits, "")  # whatever wrote this, it was not our worker any more


def record(
    source: str, engine: str = "numpy", limits: Limits | None = None, scene: int = -1, what_if: WhatIf = NOTHING
) -> Recorded:
    """As `run`, but the trace's JSON as the worker sent it: nobody has read it yet, and it may say anything."""
    limits, which = limits or Limits(), kind(engine)
    source = _sendable(source)
    work = Run(source=source, limits=limits, scene=scene, what_if=what_if)
    try:
        answer = pool.ask(which, work, seconds=limits.seconds, memory=limits.memory, most=limits.answer * MIB)
        return Recorded(answer.body, decode(answer.head, type=str | None) not in PASSING)
    except Busy:
        if not is_stopped():
            raise
        ended = killed.halted(source, engine)
    except Died as death:
        ended = killed.halted(source, engine) if is_stopped() else killed.crashed(
            source, engine, limits, death.report, _lines(death.notes)
        )  # fmt: skip
    except Overdue as late:
        ended = killed.out_of_time(source, engine, limits, late.report, _lines(late.notes))
    except ValueError:
        ended = killed.crashed(source, engine, limits, "")
    return Recorded(ended.to_json().encode(), is_final=False)


def sample(
    source: str,
    engine: str,
    points: Sequence[WhatIf],
    seconds: float,
    limits: Limits | None = None,
    most: int = MOST_ELEMENTS,
) -> Outcomes | None:
    """What a program comes to with other numbers, for as many of `points` as there are seconds for.

    None where one of the runs had to be killed. Raises RuntimeError if the engine's process cannot be started.

    >>> source = "import torch\\nx = torch.tensor(3.0, requires_grad=True)\\n(x * x).backward()"
    >>> sample(source, "numpy", [NOTHING], 1.0).found[0].gradients
    {0: (6.0,)}
    """
    limits, which = limits or Limits(), kind(engine)
    work = Sample(_sendable(source), limits, tuple(points), seconds, most)
    try:
        head, _ = pool.ask(which, work, seconds=seconds + limits.seconds + SPARE, memory=limits.memory, most=0)
        return decode(head, type=Outcomes)
    except (Overdue, ValueError):
        return None


def warm(engine: str) -> None:
    """Starts the engine's processes in the background, and returns at once."""
    pool.warm(kind(engine))


def is_warm(engine: str) -> bool:
    """Whether a program would start at once."""
    return pool.is_warm(kind(engine))


def kind(engine: str) -> Kind:
    """The kind of work that runs programs on an engine; raises ValueError for one that there is not."""
    if engine not in KINDS:
        raise ValueError(f"there is no engine {engine!r}: choose one of {', '.join(map(repr, NAMES))}")
    return KINDS[engine]


def _sendable(source: str) -> str:
    """A program that may hold half a character, as text that can be sent."""
    return source.encode("utf-8", "backslashreplace").decode()


def _lines(notes: Sequence[str]) -> list[int]:
    """The lines in which the program had ended, as far as its worker said so."""
    return [int(note) for note in notes if note.isdigit() and len(note) < 8]
