"""A program's text, and places in it: lines from 1, columns from 0, in characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..trace import Span

FILENAME = "<program>"
"""What Python calls the program's file."""


def tidy(source: str) -> str:
    """The text as Python reads it: without a byte-order mark, every line ended by a line feed.

    >>> tidy("\\ufeffx = 1\\r\\n")
    'x = 1\\n'
    """
    source = source.removeprefix("\ufeff")
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    return printable(source)


def printable(text: str) -> str:
    """The text without lone surrogates, which no file or page can hold.

    >>> printable("a\\ud800")
    'a\\\\ud800'
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def characters(lines: Sequence[str], line: int, column: int) -> int:
    """A column in characters from one in bytes of UTF-8, which is how Python counts.

    >>> characters(["γ = α + β"], 1, 5)
    4
    """
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))


def span_of(node: Any, lines: Sequence[str]) -> Span:
    """The place of a node of the syntax tree."""
    end_line = node.end_lineno or node.lineno
    end = node.end_col_offset if node.end_col_offset is not None else node.col_offset
    return Span(
        node.lineno, characters(lines, node.lineno, node.col_offset), end_line, characters(lines, end_line, end)
    )


def whole_line(line: int, lines: Sequence[str]) -> Span:
    """A line without the blanks around it."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return Span(line, len(text) - len(text.lstrip()), line, len(text.rstrip()))
