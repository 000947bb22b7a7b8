"""The record of a program that was ended from outside and cannot tell its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...trace import Fault, Trace
from ..limits.limits import Limits
from ..source import FILENAME, tidy, whole_line
from . import hints

LINE = re.compile(rf'File "{FILENAME}", line (\d+)')
CRASH = re.compile(r"Fatal Python error: (.*)")


def stopped(source: str, engine: str, kind: str, message: str, line: int | None = None) -> Trace:
    """A record of nothing but the error."""
    source = tidy(source)
    span = None if line is None else whole_line(line, source.split("\n"))
    fault = Fault(type=kind, message=message, span=span, hint=hints.hint(kind, message))
    return Trace(engine=engine, source=source, tensors=(), nodes=(), events=(fault,))


def out_of_time(source: str, engine: str, limits: Limits, report: str, ends: Sequence[int] = ()) -> Trace:
    """The record of a program that had to be killed.

    `report` is what faulthandler wrote, `ends` are the lines in which the program had ended before, 0 for a good end.
    """
    line = place(report, ends)
    late = "the program ran for too long" if line or not ends else "the program ended, but its record takes too long"
    message = f"{late}: the limit is {limits.describe('seconds')}"
    return stopped(source, engine, "TimeoutError", message, line)


def halted(source: str, engine: str) -> Trace:
    """The record of a program that its reader stopped."""
    return stopped(source, engine, "KeyboardInterrupt", "the program was stopped")


def crashed(source: str, engine: str, limits: Limits, report: str, ends: Sequence[int] = ()) -> Trace:
    """The record of a program that took its process down; told like `out_of_time`."""
    found = CRASH.search(report)
    if report and not found:
        return out_of_time(source, engine, limits, report, ends)
    how = f" ({found[1]})" if found else ""
    return stopped(source, engine, "Crashed", f"the program crashed the process that ran it{how}", place(report, ends))


def place(report: str, ends: Sequence[int]) -> int | None:
    """The line in which a program was when it was killed, or in which it had ended then."""
    return line_in(report) or (ends[-1] if ends else 0) or None


def line_in(report: str) -> int | None:
    """The innermost line of the program in a report of faulthandler.

    >>> line_in('Timeout (0:00:03)!\\n  File "guards.py", line 3 in mul\\n  File "<program>", line 6 in <module>')
    6
    """
    found = LINE.search(report)
    return int(found[1]) if found else None
