"""What ended a program: the type and text that Python or PyTorch give it, and the expression it happened in."""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple

from ...trace import Span
from ..exceptions import EndsProgram, NotOffered, not_python
from ..limits.budget import Budget, out_of_memory
from ..sandbox.formatting import CONTAINERS
from ..source import FILENAME, characters, printable, whole_line

LONGEST = 10_000
"""Characters that are kept of an error's text."""
NO_MEMORY = re.compile("can't allocate memory|not enough memory|Unable to allocate|bad_alloc")
TOO_DEEP = "the program is nested too deeply for Python to read: split its longest expressions"


class Ending(NamedTuple):
    """How a program ended, as its trace tells it."""

    type: str
    message: str
    span: Span | None


def ending(error: BaseException, budget: Budget, lines: Sequence[str]) -> Ending:
    """Says what happened, in Python's and PyTorch's own words wherever they have some."""
    span = span_of_traceback(error.__traceback__, lines)
    if budget.spent is not None and budget.spent is not error:
        error = budget.spent  # it was caught on the way, and something else came of it
        span = span_of_traceback(error.__traceback__, lines) or span
    if isinstance(error, NotOffered):
        return Ending(error.kind, str(error), error.span or span)
    if isinstance(error, EndsProgram):
        return Ending(error.kind, str(error), span)
    if isinstance(error, SyntaxError) and span is None:
        return Ending(type(error).__name__, error.msg or "invalid syntax", span_of_syntax_error(error, lines))
    text = safe_text(error, budget)
    if budget.spent is not None:
        return Ending(budget.spent.kind, str(budget.spent), span)
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and NO_MEMORY.search(text)):
        limit = out_of_memory(budget.limits)
        return Ending(limit.kind, str(limit), span)
    if isinstance(error, NameError) and error.name and hasattr(builtins, error.name):
        return Ending("NotOffered", str(not_python(error.name)), span)
    if isinstance(error, RecursionError):
        text = text.split(" while ")[0].split(" in ")[0]  # where our own guards were at the time
    return Ending(type(error).__name__, text, span)


def place(error: BaseException, budget: Budget, lines: Sequence[str]) -> Span | None:
    """The expression in which a program ended; of one that caught its end by a limit, the one that met the limit."""
    span = span_of_traceback(error.__traceback__, lines)
    return span or (span_of_traceback(budget.spent.__traceback__, lines) if budget.spent is not None else None)


def unreadable(error: BaseException, budget: Budget, lines: Sequence[str]) -> Ending:
    """Says why a program's text could not be compiled."""
    if isinstance(error, RecursionError | MemoryError):
        return Ending("SyntaxError", TOO_DEEP, None)
    if isinstance(error, SyntaxError | EndsProgram):
        error.__traceback__ = None
        return ending(error, budget, lines)
    return Ending("SyntaxError", printable(str(error)), None)  # null bytes, lone surrogates


def span_of_traceback(trace: TracebackType | None, lines: Sequence[str]) -> Span | None:
    """The expression of the innermost frame that is the program's own."""
    found: Span | None = None
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == FILENAME:
            found = span_at(list(code.co_positions())[trace.tb_lasti // 2], trace.tb_lineno, lines)
        trace = trace.tb_next
    return found


def top_line(error: BaseException) -> int | None:
    """The line of the program's top level from which an error came; None where nothing of it ran."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != FILENAME:
        trace = trace.tb_next
    return None if trace is None else trace.tb_lineno


Position = tuple[int | None, int | None, int | None, int | None]


def span_at(position: Position, line: int, lines: Sequence[str]) -> Span:
    """An instruction's place in characters; the whole line where Python keeps no columns."""
    first, last, start, stop = position
    if first is None or last is None or start is None or stop is None:
        return whole_line(line, lines)
    return Span(first, characters(lines, first, start), last, characters(lines, last, stop))


def span_of_syntax_error(error: SyntaxError, lines: Sequence[str]) -> Span | None:
    """Python's own place of a syntax error: columns from 1, in characters; 0 or None where it knows only the line."""
    if error.lineno is None:
        return None
    line = min(max(error.lineno, 1), max(len(lines), 1))
    if not error.offset or error.offset < 1:
        return whole_line(line, lines)
    column = error.offset - 1
    end_line = error.end_lineno if error.end_lineno and error.end_lineno >= line else line
    end = error.end_offset - 1 if error.end_offset and error.end_offset > 0 else column + 1
    if end_line == line:
        end = max(end, column + 1)
    return Span(line, column, end_line, end)


def safe_text(error: BaseException, budget: Budget) -> str:
    """`str(error)`, which may run the program's own code, or be about very large things."""
    left = budget.limits.printed
    stack = [a for a in error.args if type(a) in CONTAINERS]
    while stack:
        part = stack.pop()
        left -= len(part)
        if left < 0:
            return f"(its text is longer than {budget.limits.describe('printed')})"
        parts = [*part, *part.values()] if isinstance(part, dict) else part
        stack.extend(p for p in parts if type(p) in CONTAINERS)
    try:
        text = str(error)
    except BaseException as second:
        if isinstance(second, KeyboardInterrupt):
            raise
        return f"(its text cannot be made: {type(second).__name__})"
    return printable(text if len(text) <= LONGEST else text[:LONGEST] + " …")
