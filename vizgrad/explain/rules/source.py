"""An operation's record as it stands in the core's file, and its rules as formulae."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vizgrad.autodiff.core.formula import formula
from vizgrad.autodiff.core.op import Op

from .rule import operation

PACKAGE = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class OpSource:
    """What the core says of an operation: `code` from line `line` of `file`; `formulas` by the input they are for."""

    code: str
    file: str
    line: int
    formulas: tuple[tuple[str, str], ...]


@cache
def op_source(name: str, node: str) -> OpSource | None:
    """The record of an operation, by what the trace calls it and its node; None where the core has none.

    >>> found = op_source("exp", "ExpBackward0")
    >>> found.file, found.formulas[0][0]
    ('vizgrad/autodiff/ops/elementwise/exponentials.py', 'self')
    """
    op = operation(name, node)
    if op is None:
        return None
    place = _place(op)
    if place is None:
        return None
    path, number = place
    code, line = _statement(path, op.name, number)
    return OpSource(code, path.relative_to(PACKAGE).as_posix(), line, tuple(_formulas(op)))


def _place(op: Op) -> tuple[Path, int] | None:
    """The file and line of some function that was written for the operation."""
    for function in (*op.rules.values(), inspect.unwrap(op.forward)):
        code = getattr(function, "__code__", None)
        if code is not None:
            path = Path(code.co_filename)
            if "ops" in path.parts and path.is_relative_to(PACKAGE):
                return path, code.co_firstlineno
    return None


def prepare() -> None:
    """Reads all files of the core's operations, so that later none has to be opened."""
    for path in sorted((PACKAGE / "vizgrad/autodiff/ops").rglob("*.py")):
        _pieces(path)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A top-level statement: the operation that it declares (None: it declares none), its lines, its text."""

    name: object
    first: int
    last: int
    code: str


@cache
def _pieces(path: Path) -> tuple[_Piece, ...]:
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    pieces = []
    for statement in ast.parse(text).body:
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        pieces.append(_Piece(_declared(statement), first, last, "\n".join(lines[first - 1 : last])))
    return tuple(pieces)


def _statement(path: Path, name: str, number: int) -> tuple[str, int]:
    """The top-level statement that declares the operation, and where it begins; else the one that a line is in."""
    pieces = _pieces(path)
    chosen = next((p for p in pieces if p.name == name), None)
    chosen = chosen or next(p for p in pieces if p.first <= number <= p.last)
    return chosen.code, chosen.first


def _declared(statement: ast.stmt) -> object:
    """The name in `… = op("name", …)`."""
    call = statement.value if isinstance(statement, ast.Assign | ast.Expr) else None
    match call:
        case ast.Call(args=[ast.Constant(value=value), *_]):
            return value
    return None


def _formulas(op: Op) -> list[tuple[str, str]]:
    written = []
    for name in op.rules:
        try:
            written.append((name, formula(op.name, name)))
        except (KeyError, TypeError, ValueError, AttributeError):  # a rule that cannot write itself without arguments
            continue
    return written
