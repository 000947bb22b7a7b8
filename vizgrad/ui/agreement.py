"""Does the other engine say the same? Runs it behind the page and compares."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass

from ..program.whatif import NOTHING, WhatIf
from ..trace import Trace
from ..trace.compare import Difference, compare
from . import runs

AT_ONCE = 2
_behind = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="agreement")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the comparison found, and where or why.

    `status` is "agrees", "differs", "unknown" (only one of them can run it) or "unreached" (the other did not start).
    """

    status: str
    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A comparison that is under way, or done, for one program on one engine, with what was changed about it."""

    source: str
    engine: str
    what_if: WhatIf
    future: Future[Agreement]

    @property
    def agreement(self) -> Agreement | None:
        """What was found, or None as long as it is under way."""
        return self.wait(0)

    def wait(self, seconds: float) -> Agreement | None:
        """As `agreement`, after waiting for it up to so long."""
        try:
            return self.future.result(seconds)
        except (TimeoutError, CancelledError):
            return None


def start(trace: Trace, previous: Check | None = None, what_if: WhatIf = NOTHING) -> Check:
    """Starts to check a trace against the other engine, or returns `previous` if that is the check of this program.

    A check whose engine did not start is tried once more.
    """
    if previous is not None:
        reached = previous.agreement is None or previous.agreement.status != "unreached"
        if reached and (previous.source, previous.engine, previous.what_if) == (trace.source, trace.engine, what_if):
            return previous
        previous.future.cancel()
    return Check(trace.source, trace.engine, what_if, _behind.submit(checked, trace, what_if))


def checked(trace: Trace, what_if: WhatIf = NOTHING) -> Agreement:
    """Runs the trace's program on the other engine and compares; never raises."""
    name = runs.ENGINES[runs.other(trace.engine)]
    try:
        if trace.omitted is not None:  # of a long run, its last scene is compared, whichever is on show
            trace = runs.run(trace.source, trace.engine, what_if=what_if)
        second = runs.run(trace.source, runs.other(trace.engine), what_if=what_if)
    except Exception as error:  # whatever keeps the other engine from running must not take the page down
        return Agreement("unreached", f"{name} could not run", (f"{type(error).__name__}: {error}",))
    return judged(trace, second)


def judged(trace: Trace, second: Trace) -> Agreement:
    """What two traces of one program, by the two engines, say about each other."""
    name = runs.ENGINES[runs.other(trace.engine)]
    differences = compare(trace, second).differences
    if not differences:
        return Agreement("agrees", f"{name} gives the same error" if trace.error else f"{name} agrees")
    if second.error is not None and trace.error is None:
        return Agreement("unknown", f"{name} cannot run this", (_told(second),))
    if trace.error is not None and second.error is None:
        return Agreement("unknown", f"{name} can run this", (_told(trace), "Switch the engine to see it."))
    return Agreement("differs", f"{name} differs", tuple(_where(d, trace.engine) for d in differences))


def _where(difference: Difference, engine: str) -> str:
    place = f"Line {difference.line}" if difference.line else "The whole run"
    named = f", {difference.name}" if difference.name else ""
    told = difference.kind.replace(".", " ")
    first, second = runs.ENGINES[engine], runs.ENGINES[runs.other(engine)]
    return f"{place}{named}: {told} is {difference.ours} with {first}, {difference.theirs} with {second}"


def _told(trace: Trace) -> str:
    error = trace.error
    assert error is not None
    return f"{runs.ENGINES[trace.engine]}: {error.type}: {error.message}" + (f" {error.hint}" if error.hint else "")
