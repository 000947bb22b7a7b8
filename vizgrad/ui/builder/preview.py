"""A statement that somebody is typing, tried out: the program is really run with it."""

from __future__ import annotations

from ...present import trials
from ...present.cards import Drafted
from ...present.request import NotNow
from ...present.trials import Known, Verdict
from ...program.limits.limits import Limits
from ...workers import turns
from ...workers.pool import Busy, NotStarted
from .. import visitor
from ..runs import results
from ..runs.answers import asked

BRIEF = Limits(seconds=1.5)
"""A try-out must not keep the reader waiting."""


def known(source: str, engine: str) -> Known:
    """The tensors that have a name at the end of a program, and the fault that ended it; raises NotPresented."""
    return asked(trials.known, record(source, engine))


def tried(before: str, draft: Drafted, engine: str) -> Verdict:
    """What comes of a statement behind the program `before`; raises NotPresented."""
    if draft.fault:
        return Verdict(False, draft.fault)
    error = known(before, engine).error
    if error is not None and error.type == "TimeoutError":
        return Verdict(True, "Not tried: the program before it takes too long.")
    if error is not None:
        line = f"line {error.line}" if error.line else "an error"
        return Verdict(False, f"The program stops at {line}: mend that first.", error.message)
    whole = b"" if draft.whole is None else record(draft.whole, engine)
    return asked(trials.verdict, draft.statement, record(before, engine), record(draft.tried, engine), whole)


def record(source: str, engine: str) -> bytes:
    """The record of a brief run; raises NotNow where there is none to be had."""
    try:
        with turns.on_behalf_of(visitor.session()):
            return results.run(source, engine, BRIEF).trace
    except (Busy, NotStarted) as why:
        raise NotNow(str(why)) from why
