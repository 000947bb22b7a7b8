"""Jupyter's own commands in a program's text: `%matplotlib inline`, `!pip install`, `%%time`; they are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .cells import BORDER

PYTHON_CELLS = frozenset("time timeit capture prun".split())
"""`%%name` commands whose cell is Python all the same."""

COMMAND = re.compile(r"(?P<blanks>[ \t]*)(?P<text>(?:[%!?]|\w[\w.]*\s*=\s*[%!](?=[a-zA-Z])).*)$")
QUESTION = re.compile(r"(?P<blanks>[ \t]*)(?P<text>[\w.]+\?{1,2})\s*$")
PIECE = re.compile(
    r"""
    (?P<comment>\#.*) | (?P<quote>'''|\"""|'|") | (?P<open>[\[({]) | (?P<close>[\])}]) | \\.? | [^#'"\[\](){}\\]+
    """,
    re.VERBOSE,
)


class Skipped(NamedTuple):
    """A line that was left out: its number from 1, and its text."""

    line: int
    text: str


def without_commands(source: str) -> tuple[str, list[Skipped]]:
    """The text with Jupyter's commands turned into comments, line for line, and what they were.

    >>> without_commands("%matplotlib inline\\nif x:\\n    !ls")[0]
    '# %matplotlib inline\\nif x:\\n    pass  # !ls'
    """
    lines = source.split("\n")
    skipped: list[Skipped] = []
    is_foreign, is_first, goes_on = False, True, False
    for i in starts(lines):
        line = lines[i]
        if BORDER.match(line):
            is_foreign, is_first = False, True
            continue
        found = COMMAND.match(line) or QUESTION.match(line)
        if is_first and line.startswith("%%"):
            is_foreign = line[2:].split()[:1] != [] and line[2:].split()[0] not in PYTHON_CELLS
        is_first = is_first and not line.strip()
        if is_foreign or goes_on:
            found = re.match(r"(?P<blanks>)(?P<text>.*)$", line)
        if not found or (is_foreign and not line.strip()):
            continue
        goes_on = not is_foreign and line.endswith("\\")
        skipped.append(Skipped(i + 1, found["text"].strip()))
        lines[i] = f"{found['blanks']}{'pass  ' if found['blanks'] else ''}# {found['text']}"
    return "\n".join(lines), skipped


def starts(lines: list[str]) -> Iterator[int]:
    """The numbers, from 0, of the lines that begin outside of brackets and of texts over several lines.

    Each line is looked at again after it was given: a command is a comment by then.
    """
    depth, quote, continues = 0, "", False
    for i in range(len(lines)):
        if not depth and not quote and not continues:
            yield i
        line, at = lines[i], 0
        continues = not line.lstrip().startswith("#") and line.endswith("\\")
        while at < len(line):
            if quote:
                end = re.compile(rf"(?:\\.|(?!{quote}).)*{quote}").match(line, at)
                if end is None:
                    quote = quote if len(quote) == 3 else ""
                    break
                at, quote = end.end(), ""
                continue
            piece = PIECE.match(line, at)
            if piece is None or piece["comment"]:
                break
            quote = piece["quote"] or ""
            depth = max(depth + bool(piece["open"]) - bool(piece["close"]), 0)
            at = piece.end()
