"""The parts of a picture: cells, rows, boxes, arrows, all frozen and of fixed size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import NamedTuple
from unicodedata import east_asian_width

from vizgrad.trace import Value

from ..style import INKS, MONO_ADVANCE, SANS_ADVANCE

PAD = 8
"""Pixels left and right of a box's text."""

RIM = 5
"""Pixels above and below a box's text."""

GAP = 4
"""Pixels between the tags of a row, and left and right of a tag's text."""


class Cell(NamedTuple):
    """One piece of text in a box: what it tells, in which ink, in how many pixels.

    `what` is "fixed" for text that never changes, or what the text must be looked up from: "value", "gradient",
    "gradient-note", "version" (which is put behind the text), and of an AccumulateGrad "before", "delta" and
    their "sum-note"; `line` counts the lines of a value.
    """

    what: str
    ink: str
    width: float
    text: str = ""
    line: int = 0


class Row(NamedTuple):
    """One line of a box: its height in pixels and its cells from left to right."""

    height: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Box:
    """One box: a tensor with its grad_fn, an AccumulateGrad, a constant, a node alone, or a tensor's name again.

    `width` and `height` are pixels and come from shape, dtype and format, never from a value. `born` is the place of
    the event that makes it (-1: there before the scene begins), `until` of the one after which an in-place operation
    made another box of the tensor, and `last` the value it had then. `beside` names the box that it stands next to.
    `made_by` is the number of the backward pass that made it, where one did. `maps` are the heat maps that it shows in
    the course of the scene, for its value and for its gradient.
    """

    id: str
    kind: str
    width: int
    height: int
    rows: tuple[Row, ...]
    born: int
    tensor: int | None = None
    node: int | None = None
    output_nr: int = 0
    version: int = 0
    until: int | None = None
    last: Value | None = None
    is_retained: bool = False
    beside: str | None = None
    made_by: int | None = None
    maps: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def has_grad(self) -> bool:
        """Whether it shows `.grad`; other boxes show the gradient that flows."""
        return self.kind == "leaf" or self.is_retained

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells in the order in which the picture writes their texts."""
        return tuple(cell for row in self.rows for cell in row.cells)


@dataclass(frozen=True)
class Arrow:
    """One arrow: "forward" from an operand to a result, or "gradient" from a node to the next one.

    `node` and `slot` say which gradient a gradient arrow carries; `room` is how many characters its label may take.
    `joins` names the box at which what it carries is summed up, where that is not its head.
    """

    id: str
    kind: str
    tail: str
    head: str
    born: int
    node: int | None = None
    slot: int | None = None
    room: int = 0
    is_tracked: bool = True
    joins: str | None = None


@lru_cache(4096)
def columns(text: str) -> int:
    """How many columns of a monospaced font a text takes; wide East Asian signs take two.

    >>> columns("v₁ = x + 1"), columns("損失")
    (10, 4)
    """
    return len(text) if text.isascii() else sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def clean(text: str) -> str:
    """A text of the program's without signs that no page can show or that would turn its direction.

    >>> clean("a\\x00b"), clean("x + 1")
    ('a�b', 'x + 1')
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def clip(text: str, most: int) -> str:
    """A text in at most `most` columns, with … where something is left out.

    >>> clip("torch.sum(y)", 20), clip("torch.sum(y)", 8)
    ('torch.sum(y)', 'torch.s…')
    """
    if columns(text) <= most:
        return text
    out, room = [], most - 1
    for sign in text:
        room -= columns(sign)
        if room < 0:
            break
        out.append(sign)
    return "".join(out).rstrip() + "…"


@cache
def pixels(count: int, ink: str) -> float:
    """The room that `count` columns need in an ink, in pixels."""
    return math.ceil(count * advance(ink))


@cache
def advance(ink: str) -> float:
    """The width of one character in an ink, in pixels; in a proportional font the average of the longer words."""
    return INKS[ink].size * (MONO_ADVANCE if INKS[ink].mono else SANS_ADVANCE)
