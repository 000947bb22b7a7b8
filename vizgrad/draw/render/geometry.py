"""What a box or an arrow is made of, and where: the same whether it is painted in an SVG or told to the player."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot
from typing import NamedTuple

from .. import style
from ..layout.label_placement import Point
from ..layout.positions import HEAD, Line
from ..model import heatmap
from ..model.parts import GAP, PAD, Box

BASELINE = 0.35
"""From the middle of a row down to its baseline, in units of the font's size."""

ROUND = 12.0
"""Radius of a round corner in pixels; a small box has smaller ones."""

TAG_HEIGHT = 13
MAPPED = {
    "value-note": "value",
    "map-note": "value",
    "gradient-note": "gradient",
    "gradient-map-note": "gradient",
}
"""What stands behind a note of each ink."""

SLIM = 0.35
"""Half of how wide a head is, in units of its length."""

MITER = 0.5 * hypot(1, SLIM) / SLIM
"""How far the line around a head reaches beyond its corner, in units of the line's width."""


class Text(NamedTuple):
    """One text of a box: its ink and the place of its baseline, from the box's upper left corner."""

    role: str
    x: float
    y: float


class Tag(NamedTuple):
    """The small box behind the name of something saved."""

    x: float
    y: float
    width: float


class Map(NamedTuple):
    """The place of one heat map of a box's value or gradient, and the number of the map."""

    what: str
    number: int
    x: float
    y: float
    code: str


def inside(box: Box) -> Iterator[Text | Tag | Map]:
    """All that stands in a box: as many texts as it has cells, in their order, and what stands behind them."""
    maps = {what: codes for what, codes in zip(("value", "gradient"), box.maps, strict=True) if codes}
    top, bottom, x = 0.0, (box.height - sum(style.INKS[cell.ink].begins for cell in box.cells)) / 2, 0.0
    for cell in box.cells:
        ink = style.INKS[cell.ink]
        if ink.begins:
            top, bottom, x = bottom, bottom + ink.begins, PAD
        middle = (top + bottom) / 2
        for k, code in enumerate(maps.pop(MAPPED.get(cell.ink, ""), ())):
            count = code.count("/") + 1
            size = count * heatmap.CELL if count > 1 else heatmap.STRIP
            yield Map(MAPPED[cell.ink], k, x + cell.width, middle - size / 2, code)
        at = x if ink.anchor == "start" else box.width / 2 if ink.anchor == "middle" else box.width - PAD
        if cell.ink == "tag":
            at = x + (cell.width - GAP) / 2
            yield Tag(x, middle - TAG_HEIGHT / 2, cell.width - GAP)
        yield Text(cell.ink, at, middle + BASELINE * ink.size)
        x += cell.width


def corner(box: Box) -> float:
    """The radius of a box's corners, in pixels."""
    return min(ROUND, box.width / 3, box.height / 3) if "rounded" in style.KINDS[box.kind].form else 0.0


def head(line: Line, width: float, long: float = HEAD) -> tuple[Point, Point, Point]:
    """The corners of an arrow's head, its tip first; with a line of this width around it, it just reaches the box."""
    (x, y), (fx, fy) = line.tip, line.foot
    length = hypot(fx - x, fy - y) or 1.0
    ux, uy = (fx - x) / length, (fy - y) / length
    start, half = MITER * width, SLIM * long
    tip = x + start * ux, y + start * uy
    bx, by = tip[0] + long * ux, tip[1] + long * uy
    return tip, (bx - half * uy, by + half * ux), (bx + half * uy, by - half * ux)
