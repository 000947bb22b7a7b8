"""What a run put out, cell by cell, as a notebook keeps it: text, the value of a cell, warnings and the error."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...trace import Fault, Print, Trace, Warned
from ..language.cells import Cell

UNREAD = ("SyntaxError", "IndentationError", "TabError", "NotOffered")
"""Faults before which nothing of a program has run, if they are all that its record holds."""


@dataclass
class Output:
    """One code cell's number in the run (None: it did not run) and its outputs."""

    number: int | None = None
    outputs: list[Any] = field(default_factory=list)


def outputs(trace: Trace, cells: Sequence[Cell]) -> dict[int, Output]:
    """The outputs of the code cells of the trace's program, by their places in `cells`.

    >>> from vizgrad.program.language.cells import cells
    >>> from vizgrad.program.run import execute
    >>> source = "# %%\\nprint(1)\\n2\\n# %%\\n3 / 0\\n# %%\\n4"
    >>> found = outputs(execute(source), cells(source))
    >>> [(one.number, [output.output_type for output in one.outputs]) for one in found.values()]
    [(1, ['stream', 'execute_result']), (2, ['error']), (None, [])]
    """
    lines = trace.source.split("\n")
    code = {place: cell for place, cell in enumerate(cells) if cell.kind == "code"}
    made = {place: Output() for place in code}
    if not made:
        return made
    places, starts = list(code), [min(cell.first, cell.border or cell.first) for cell in code.values()]

    def at(line: int) -> int:
        return places[max(bisect.bisect_right(starts, line) - 1, 0)]

    _number(made, trace, [place for place, cell in code.items() if _has_code(cell, lines)], at)
    for event in trace.events:
        if isinstance(event, Print | Warned | Fault):
            line = event.top_line or (event.span.line if event.span else 1)
            _put(made[at(line)], event, lines)
    return made


def _has_code(cell: Cell, lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines[cell.first - 1 : cell.last])


def _number(made: dict[int, Output], trace: Trace, ran: Sequence[int], at: Callable[[int], int]) -> None:
    """Numbers the cells that ran, as Jupyter does: all up to the one that failed, or that one alone."""
    error = trace.error
    last = None
    if error is not None:
        line = error.top_line or (error.span.line if error.span else 1)
        last = at(line)
        if error.type in UNREAD and len(trace.events) == 1:
            ran = [last]
    for number, place in enumerate(ran, 1):
        made[place].number = number
        if place == last:
            break


def _put(cell: Output, event: Print | Warned | Fault, lines: Sequence[str]) -> None:
    from nbformat import v4

    if isinstance(event, Fault):
        cell.outputs.append(
            v4.new_output("error", ename=event.type, evalue=event.message, traceback=_traceback(event, lines))
        )
    elif isinstance(event, Print) and event.is_result:
        data = {"text/plain": event.text.removesuffix("\n")}
        cell.outputs.append(v4.new_output("execute_result", data, execution_count=cell.number))
    else:
        name, text = ("stdout", event.text) if isinstance(event, Print) else ("stderr", _warning(event))
        last = cell.outputs[-1] if cell.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            cell.outputs.append(v4.new_output("stream", name=name, text=text))


def _warning(event: Warned) -> str:
    return f"{event.category}: {event.message}\n"


def _traceback(event: Fault, lines: Sequence[str]) -> list[str]:
    """The lines that a notebook shows of an error: the program's own, and what the error says."""
    told = [f"{event.type}: {event.message}"]
    if event.span is not None and event.span.line <= len(lines):
        told.insert(0, f"----> {lines[event.span.line - 1].strip()}\n")
    return told
