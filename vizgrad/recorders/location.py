"""Which expression of the program is being evaluated."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, TracebackType

from ..trace import Span

Locate = Callable[[], "Span | None"]


class Where:
    """Finds the running expression of one file; calling it gives its Span, None where no code of the file runs.

    The innermost frame of the file counts. CPython keeps line and columns for each instruction; under
    PYTHONNODEBUGRANGES it keeps only the line, and the span is then the whole line.

    >>> where = Where("<doctest>")
    >>> exec(compile("text = 'α'; span = where()", "<doctest>", "exec"))
    >>> span
    Span(line=1, column=20, end_line=1, end_column=27)
    """

    def __init__(self, filename: str, source: str = "") -> None:
        self.filename = filename
        self._lines = source.split("\n")
        self._is_ascii = source.isascii()
        self._tables: dict[CodeType, list[Span | None]] = {}

    def __call__(self) -> Span | None:
        """The running expression."""
        frame: FrameType | None = sys._getframe(1)
        filename = self.filename
        while frame is not None:
            code = frame.f_code
            if code.co_filename == filename:
                table = self._tables.get(code)
                if table is None:
                    table = self._table(code)
                return table[frame.f_lasti >> 1]
            frame = frame.f_back
        return None

    def top_line(self) -> int | None:
        """The line of the file's top level that is being run; None where it is not running."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and not (frame.f_code.co_name == "<module>" and self.owns(frame)):
            frame = frame.f_back
        return None if frame is None else frame.f_lineno

    def owns(self, frame: FrameType) -> bool:
        """Whether a frame runs code of the file."""
        return frame.f_code.co_filename == self.filename

    def frame(self) -> FrameType | None:
        """The innermost frame of the file."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.filename:
            frame = frame.f_back
        return frame

    def of(self, frame: FrameType) -> Span | None:
        """The expression that a frame of the file is evaluating."""
        return self._at(frame.f_code, frame.f_lasti)

    def raised_at(self, traceback: TracebackType | None) -> Span | None:
        """The innermost expression of the file that an error passed through."""
        span = None
        while traceback is not None:
            if self.owns(traceback.tb_frame):
                span = self._at(traceback.tb_frame.f_code, traceback.tb_lasti)
            traceback = traceback.tb_next
        return span

    def _at(self, code: CodeType, instruction: int) -> Span | None:
        return (self._tables.get(code) or self._table(code))[instruction >> 1]

    def callers(self) -> Iterator[FrameType]:
        """The frames between here and the file's innermost one, newest first; all frames if the file does not run."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.filename:
            yield frame
            frame = frame.f_back

    def is_inside(self, names: frozenset[str]) -> bool:
        """Whether a function of one of these names, not the file's own, is at work for the file's innermost frame."""
        return any(frame.f_code.co_name in names for frame in self.callers())

    def _table(self, code: CodeType) -> list[Span | None]:
        spans: dict[tuple[int | None, ...], Span | None] = {}
        table = []
        for position in code.co_positions():
            if position not in spans:
                spans[position] = self._span(*position)
            table.append(spans[position])
        self._tables[code] = table
        return table

    def _span(self, line: int | None, end_line: int | None, column: int | None, end_column: int | None) -> Span | None:
        if line is None or line < 1:
            return None
        if end_line is None or column is None or end_column is None:
            text = self._lines[line - 1] if line <= len(self._lines) else ""
            return Span(line, len(text) - len(text.lstrip()), line, len(text.rstrip()))
        return Span(line, self._characters(line, column), end_line, self._characters(end_line, end_column))

    def _characters(self, line: int, column: int) -> int:
        """Columns come in bytes of UTF-8."""
        if self._is_ascii or line > len(self._lines):
            return column
        return len(self._lines[line - 1].encode()[:column].decode(errors="replace"))
