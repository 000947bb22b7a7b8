"""Does the other engine say the same? Runs it behind the page and has the two runs compared."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass

from ...present.agreement import Agreement, compared
from ...present.request import NotPresented
from ...program.overrides import NOTHING, WhatIf
from ...workers import turns
from ...workers.turns import Busy
from . import results, waiting
from .results import Result

AT_ONCE = 2
AGAIN = frozenset(("unreached", "busy"))
"""What may be otherwise when it is tried once more."""
_behind = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="agreement")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared: one program as one engine runs it, with what was changed about it."""

    source: str
    engine: str
    what_if: WhatIf = NOTHING


@dataclass(frozen=True, slots=True)
class Check:
    """A comparison that is under way, or done."""

    asked: Asked
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


def start(asked: Asked, result: Result, previous: Check | None = None) -> Check:
    """Starts to check a run against the other engine, or returns `previous` if that is the check of this program.

    A check whose engine did not start, or for which there was no time, is tried once more.
    """
    if previous is not None:
        is_settled = previous.agreement is None or previous.agreement.status not in AGAIN
        if is_settled and previous.asked == asked:
            return previous
        previous.future.cancel()
    waiting.waiting.begin()
    future = _behind.submit(checked, asked, result)
    future.add_done_callback(lambda _: waiting.waiting.end())
    return Check(asked, future)


def checked(asked: Asked, result: Result) -> Agreement:
    """Runs the program on the other engine and has the two compared, when there is time for it; never raises."""
    name = results.ENGINES[results.other(asked.engine)]
    busy = Agreement("busy", f"{name} was not asked", ("Many programs are being run at this moment.",))
    try:
        with turns.background():
            first = result.trace
            if result.shown.omitted is not None:  # of a long run, its last scene is compared, whichever is on show
                first = results.run(asked.source, asked.engine, what_if=asked.what_if).trace
            second = results.run(asked.source, results.other(asked.engine), what_if=asked.what_if).trace
            return compared(first, second, asked.source, results.ENGINES[asked.engine], name)
    except Busy:
        return busy
    except NotPresented as why:
        if isinstance(why.__cause__, Busy):
            return busy
        return Agreement("unknown", f"{name} was not compared", (str(why),))
    except Exception as error:  # whatever keeps the other engine from running must not take the page down
        return Agreement("unreached", f"{name} could not run", (f"{type(error).__name__}: {error}"[:1000],))
