"""Cells in a program's text: a comment `# %%` begins one, as in notebooks that are kept as Python files."""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

Kind = Literal["code", "markdown", "raw"]
BORDER = re.compile(r"# ?%%(?!%)(?:\s+(?P<title>.*))?$")
KIND = re.compile(r"\[(markdown|md|raw)\]\s*$")
QUIET = re.compile(r"\s*;\s*(#.*)?$")


class Cell(NamedTuple):
    """One cell: its `kind`, its title, the line of its border (0: none), its first and its last line, from 1.

    An empty cell's last line is the one before its first.
    """

    kind: Kind
    title: str
    border: int
    first: int
    last: int


def cells(source: str, tree: ast.Module | None = None) -> tuple[Cell, ...]:
    """The cells of a text; none where it has no border. A border inside a statement, or a text in quotes, is none.

    Lines before the first border are a cell if anything but blanks is among them.

    >>> [(cell.kind, cell.first, cell.last) for cell in cells("x = 1\\n# %% [markdown]\\n# Words\\n# %%\\nx\\n")]
    [('code', 1, 1), ('markdown', 3, 3), ('code', 5, 5)]
    """
    if "%%" not in source:
        return ()
    lines = source.split("\n")
    found = list(_borders(lines, tree or _parsed(source)))
    if not found:
        return ()
    ends = [number - 1 for number, _ in found[1:]] + [len(lines)]
    made = [_cell(number, title, last, lines) for (number, title), last in zip(found, ends, strict=True)]
    before = _cell(0, "", found[0][0] - 1, lines)
    return tuple([before, *made] if before.last >= before.first else made)


def _borders(lines: Sequence[str], tree: ast.Module | None) -> Iterator[tuple[int, str]]:
    inside: set[int] = set()
    for statement in tree.body if tree is not None else ():
        inside.update(range(statement.lineno + 1, (statement.end_lineno or statement.lineno) + 1))
    for number, line in enumerate(lines, 1):
        if number not in inside and (border := BORDER.match(line)):
            yield number, (border["title"] or "").strip()


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _cell(border: int, title: str, last: int, lines: Sequence[str]) -> Cell:
    first = border + 1
    while last >= first and not lines[last - 1].strip():
        last -= 1
    kind: Kind = "code"
    if words := KIND.search(title):
        kind, title = ("raw" if words[1] == "raw" else "markdown"), title[: words.start()].strip()
    return Cell(kind, title, border, first, last)


def echoed(tree: ast.Module, source: str) -> list[ast.Expr]:
    """The expressions that a notebook shows: the last statement of a cell, if it is one and no `;` follows it."""
    found: list[ast.Expr] = []
    lines = source.split("\n")
    starts = [statement.lineno for statement in tree.body]
    for cell in cells(source, tree):
        last = bisect.bisect_right(starts, cell.last) - 1
        if last < 0 or starts[last] < cell.first:
            continue
        statement = tree.body[last]
        if isinstance(statement, ast.Expr) and not _is_quiet(statement, lines):
            found.append(statement)
    return found


def _is_quiet(statement: ast.Expr, lines: Sequence[str]) -> bool:
    assert statement.end_lineno is not None and statement.end_col_offset is not None
    after = lines[statement.end_lineno - 1].encode()[statement.end_col_offset :]
    return QUIET.match(after.decode()) is not None
