"""Equations put together: a tensor's numbers or, where they are too many, its name over its shape and its norm."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vizgrad.trace import Value

from .numbers import Shown, number, shape, tensor

MARK = re.compile(r"&(=|\\approx|\\leftarrow|\\mapsto)")


def shown(value: Value, name: str) -> Shown:
    """A tensor's numbers; where there are too many to show any, its name with its shape below.

    >>> print(shown(Value.of([1.5, 2.0]), "x").latex)
    \\left[1.5,\\ 2\\right]
    >>> print(shown(Value.of([[0.0] * 50] * 50), "W").latex)
    \\underset{(50, 50)}{W}
    """
    numbers = tensor(value)
    return numbers if numbers.latex else Shown(rf"\underset{{{shape(value.shape)}}}{{{name}}}", elided=True)


def equals(left: str, value: Value, name: str, rounded: bool = False, mark: str = "") -> str:
    """`left = value`, approximately if digits were rounded away in it or on the left; with its norm where it is large.

    >>> print(equals("2 x", Value.of(0.5), "y"), "|", equals("x", Value.of(1 / 3), "x", mark="&"))
    2 x = 0.5 | x &\\approx 0.3333
    >>> print(equals("W", Value.of([[1.0] * 50] * 50), "W"))
    \\underset{(50, 50)}{W},\\quad \\lVert W \\rVert = 50
    """
    right = shown(value, name)
    sign = r"\approx" if rounded or right.rounded else "="
    if tensor(value).latex:
        return f"{left} {mark}{sign} {right.latex}"
    if not value.is_whole and value.summary is None:  # of something that was not recorded, the shape alone is known
        return f"{left} {mark}{sign} {right.latex}"
    norm = number(value.norm)
    size = rf"\lVert {name} \rVert {chr(92) + 'approx' if norm.rounded else '='} {norm.latex}"
    statement = right.latex if left == name else f"{left} {mark}{sign} {right.latex}"
    return rf"{statement},\quad {size}"


def aligned(lines: Sequence[str]) -> str:
    """Equations below one another, aligned where they say so with "&=".

    >>> print(aligned(["x &= 1"]))
    x = 1
    >>> print(aligned(["x &= 1", "y &= 2"]))
    \\begin{aligned} x &= 1 \\\\ y &= 2 \\end{aligned}
    """
    lines = [line for line in lines if line]
    if len(lines) == 1:
        return MARK.sub(r"\1", lines[0], count=1)
    if not lines:
        return ""
    return (
        rf"\begin{{aligned}} {' '.join(chr(92) * 2 + ' ' + x if i else x for i, x in enumerate(lines))} \end{{aligned}}"
    )
