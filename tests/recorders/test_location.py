"""The place of an expression: line and columns in characters."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from vizgrad.recorders.location import Where
from vizgrad.trace import Span

FILENAME = "<somewhere>"


def places(source: str) -> list[str]:
    """The text of each expression that calls `here()`."""
    where, found = Where(FILENAME, source), []

    def here(*_: Any) -> int:
        span = where()
        assert span is not None
        lines = source.split("\n")[span.line - 1 : span.end_line]
        lines[-1] = lines[-1][: span.end_column]
        lines[0] = lines[0][span.column :]
        found.append("\n".join(lines))
        return 1

    exec(compile(source, FILENAME, "exec"), {"here": here, "library": library})
    return found


def library(function: Any, *args: Any) -> Any:
    return function(*args)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = here()", ["here()"]),
        ("x = 1 + here(1)", ["here(1)"]),
        ("αβ = 'é'; γ = here(αβ) + 1", ["here(αβ)"]),
        ("x = here(\n  1,\n  2)", ["here(\n  1,\n  2)"]),
        ("def f(v):\n    return here(v)\nf(1) + f(2)", ["here(v)", "here(v)"]),
        ("library(here, 1)", ["library(here, 1)"]),
        ("library(lambda: here())", ["here()"]),
        ("x = [here(i) for i in range(2)]", ["here(i)", "here(i)"]),
        ("x = here(here(1))", ["here(1)", "here(here(1))"]),
        ("if True:\n\ty = (here()\n\t     + 2)", ["here()"]),
    ],
)
def test_the_innermost_expression_of_the_file(source: str, expected: list[str]) -> None:
    assert places(source) == expected


def test_an_operator_is_the_whole_operation() -> None:
    class Number:
        def __add__(self, other: Any) -> Any:
            found.append(where())
            return self

    found: list[Span | None] = []
    where = Where(FILENAME, "a = ü + n + n")
    exec(compile("a = ü + n + n", FILENAME, "exec"), {"n": Number(), "ü": Number()})
    assert found == [Span(1, 4, 1, 9), Span(1, 4, 1, 13)]


def test_nothing_of_the_file_is_running() -> None:
    assert Where("<another>", "")() is None


def test_the_place_of_an_error() -> None:
    source = "def f(n):\n    return 1 / n\nf(1)\nf(0)"
    where = Where(FILENAME, source)
    with pytest.raises(ZeroDivisionError) as error:
        exec(compile(source, FILENAME, "exec"), {})
    assert where.raised_at(error.tb) == Span(2, 11, 2, 16)


def test_without_columns_it_is_the_line() -> None:
    code = (
        "from vizgrad.recorders.location import Where\n"
        "where = Where('<s>', 'a = 1\\nif a:\\n    b = where()')\n"
        "names = {'where': where}\n"
        "exec(compile('a = 1\\nif a:\\n    b = where()', '<s>', 'exec'), names)\n"
        "print(tuple(getattr(names['b'], f) for f in names['b'].__struct_fields__))"
    )
    told = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-c", code], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "(3, 4, 3, 15)"


def test_functions_of_a_library_between_the_file_and_here() -> None:
    where, found = Where(FILENAME, ""), []

    def prepare() -> None:
        found.append((where.is_inside(frozenset({"prepare"})), where.is_inside(frozenset({"own"}))))

    exec(compile("def own():\n    prepare()\nown()", FILENAME, "exec"), {"prepare": prepare})
    assert found == [(True, False)]
