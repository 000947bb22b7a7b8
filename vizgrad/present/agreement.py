"""Whether two engines did the same with one program, in a few sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ..trace import Trace
from ..workers.protocol import MIB, decode, encode
from . import rehearsal
from .request import NotPresented, Request, ask
from .traces import read

if TYPE_CHECKING:
    from ..trace.compare import Difference

MOST_TOLD, LONGEST_TOLD = 20, 400
"""Sentences that are told, and their characters."""
LONGEST = 64 * MIB
"""Bytes of two records that are compared."""


class Agreement(msgspec.Struct, frozen=True):
    """What the comparison found, and where or why; `more` is how many places are not told.

    `status` is "agrees", "differs", "unknown" (only one of them can run it, or they were not compared), "unreached"
    (the other did not start) or "busy" (the server had no time for it).
    """

    status: str
    text: str
    details: tuple[str, ...] = ()
    more: int = 0


class Compare(Request, frozen=True, tag="compare"):
    """Two records of one program, as a pair of bytes in MessagePack; `ours` and `theirs` are the engines' names."""

    source: str
    ours: str
    theirs: str

    def answer(self, body: bytes) -> tuple[Agreement, bytes]:
        """What they say about each other; no bytes."""
        first, second = decode(body, type=tuple[bytes, bytes])
        return judged(read(first, self.source), read(second, self.source), self.ours, self.theirs), b""


def judged(first: Trace, second: Trace, ours: str, theirs: str) -> Agreement:
    """What two traces of one program, by the two engines, say about each other."""
    from ..trace.compare import compare

    differences = compare(first, second).differences
    if not differences:
        return Agreement("agrees", f"{theirs} gives the same error" if first.error else f"{theirs} agrees")
    if second.error is not None and first.error is None:
        return Agreement("unknown", f"{theirs} cannot run this", (_told(second, theirs),))
    if first.error is not None and second.error is None:
        return Agreement("unknown", f"{theirs} can run this", (_told(first, ours), "Switch the engine to see it."))
    told = tuple(_where(difference, ours, theirs) for difference in differences[:MOST_TOLD])
    return Agreement("differs", f"{theirs} differs", told, len(differences) - len(told))


def _where(difference: Difference, ours: str, theirs: str) -> str:
    place = f"Line {difference.line}" if difference.line else "The whole run"
    named = f", {_cut(difference.name, 80)}" if difference.name else ""
    told = difference.kind.replace(".", " ")
    return f"{place}{named}: {told} is {_cut(difference.ours)} with {ours}, {_cut(difference.theirs)} with {theirs}"


def _told(trace: Trace, engine: str) -> str:
    error = trace.error
    assert error is not None
    return _cut(f"{engine}: {error.type}: {error.message}" + (f" {error.hint}" if error.hint else ""))


def _cut(text: str, most: int = LONGEST_TOLD) -> str:
    return text if len(text) <= most else text[:most] + " …"


def compared(first: bytes, second: bytes, source: str, ours: str, theirs: str) -> Agreement:
    """Compares two runs of one program, whose traces are given as JSON; raises NotPresented."""
    if len(first) + len(second) > LONGEST:
        raise NotPresented("This run is too long to be compared.")
    return ask(Compare(source, ours, theirs), Agreement, encode((first, second)), most=0)[0]


def prepare() -> None:
    """Nothing is read here but what is imported."""


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """Two records that are alike, and two that are not."""
    other = trace.replace(b"SumBackward0", b"MeanBackward0")
    return tuple((Compare(rehearsal.PROGRAM, "one", "the other"), encode((trace, one))) for one in (trace, other))
