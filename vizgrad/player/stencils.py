"""A picture taken apart for the player: where each box and arrow stands, and its markup, told once for all alike."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from vizgrad.draw.layout.label_placement import Point
from vizgrad.draw.layout.positions import LABEL_SIZE, Line, Positions
from vizgrad.draw.model.drawing import Drawing
from vizgrad.draw.model.parts import Arrow, Box
from vizgrad.draw.render.geometry import BASELINE, TAG_HEIGHT, Map, Tag, corner, head, inside
from vizgrad.draw.render.svg import framed
from vizgrad.draw.style import INKS, MONO_STACK, SANS_STACK, WIDTHS

from .text_table import Words


class Stencilled(NamedTuple):
    """A picture's `frame` as markup, and its `parts`: number in the drawing, x, y and stencil of each in turn.

    A stencil is the markup of a part that stands at the origin, as a place in a table of words. What the player's style
    or a look says is left out: paint, fonts, states, texts, cells of heat maps.
    """

    frame: str
    parts: list[float]


def stencilled(plan: Drawing, places: Positions, words: Words) -> Stencilled:
    """The picture of a drawing whose parts stand at these places.

    >>> from vizgrad.draw.layout.label_placement import Rect
    >>> box = Box("a", "op", 9, 9, (), born=0)
    >>> plan = Drawing(0, "full", "LR", (box,), (), (), {}, frozenset(), frozenset())
    >>> words = Words()
    >>> stencilled(plan, Positions({"a": Rect(5, 6, 14, 15)}, {}, [], Rect(0, 0, 20, 20)), words).parts, words.table
    ([0, 5, 6, 0], ["<g class='node'><rect class='outline' x='0' y='0' width='9' height='9'/></g>"])
    """
    parts: list[float] = []
    numbers = {id: number for number, id in enumerate(plan.by_id)}
    for kind in ("forward", "gradient"):
        for arrow in plan.arrows:
            if arrow.kind == kind:
                line = places.lines[arrow.id]
                x, y = line.points[0]
                parts += numbers[arrow.id], round(x, 1), round(y, 1), words.place(_arrow(arrow, line))
    for box in plan.boxes:
        left, top = places.boxes[box.id][:2]
        parts += numbers[box.id], round(left, 1), round(top, 1), words.place(_box(box))
    frame = framed(plan, places, "").replace("\n", "")
    return Stencilled(frame if "'" in frame else frame.replace('"', "'"), parts)


def style() -> str:
    """The fonts and fills that stencils leave out, as CSS."""
    rules = [".vg-picture .edge > path { fill: none; }"]
    for role, ink in INKS.items():
        weight = "font-weight: bold; " if ink.bold else ""
        rules.append(
            f".vg-picture .node > .ink-{role} {{ {weight}font-size: {ink.size:g}px; text-anchor: {ink.anchor};"
            f" font-family: {MONO_STACK if ink.mono else SANS_STACK}; }}"
        )
    return "\n".join(rules)


def _box(box: Box) -> str:
    radius = corner(box)
    out = [
        f"<g class='node'><rect class='outline' x='0' y='0' width='{box.width:g}' height='{box.height:g}'",
        f" rx='{radius:g}'/>" if radius else "/>",
    ]
    for part in inside(box):
        x, y = _short(part.x), _short(part.y)
        if isinstance(part, Map):
            out.append(f"<g class='heat {part.what}-{part.number}' transform='translate({x} {y})'/>")
        elif isinstance(part, Tag):
            size = f"width='{_short(part.width)}' height='{TAG_HEIGHT}'"
            out.append(f"<rect class='tag' x='{x}' y='{y}' {size} rx='3'/>")
        else:
            out.append(f"<text class='ink-{part.role}' x='{x}' y='{y}'/>")
    return "".join([*out, "</g>"])


def _arrow(arrow: Arrow, line: Line) -> str:
    (left, top), *_ = line.points

    def moved(points: list[Point] | tuple[Point, ...]) -> list[tuple[int, int]]:
        """In tenths of a pixel, from where the line begins."""
        return [(round((x - left) * 10), round((y - top) * 10)) for x, y in points]

    corners = " ".join(f"{_tenth(x)},{_tenth(y)}" for x, y in moved(head(line, WIDTHS[arrow.kind])))
    text = ""
    if line.label is not None:
        x, y = _short(line.label[0] - left), _short(line.label[1] + BASELINE * LABEL_SIZE - top)
        at = f"x='{x}' y='{y}' font-size='{LABEL_SIZE}' text-anchor='middle'"
        text = f"<text class='ink-gradient mono' {at}/>"
    return f"<g class='edge'><path d='{curves(moved(line.points))}'/><polygon points='{corners}'/>{text}</g>"


def curves(points: list[tuple[int, int]]) -> str:
    """A chain of Bézier curves as a path that goes by steps, and straight where it is straight; tenths of a pixel.

    >>> curves([(0, 0), (10, 0), (20, 0), (30, 0), (40, 0), (50, 0), (60, 0), (60, 10), (60, 20), (70, 80)])
    'M0,0h6c0,1 0,2 1,8'
    """
    steps: list[list[tuple[int, int]]] = []
    for i in range(0, len(points) - 1, 3):
        start, *curve = points[i : i + 4]
        moves = [(x - start[0], y - start[1]) for x, y in curve]
        if not any(map(any, moves)):
            continue
        if _is_straight(moves):
            if steps and len(steps[-1]) == 1 and _is_straight([steps[-1][0], (a := _sum(steps[-1][0], moves[2]))], a):
                steps[-1] = [a]
            else:
                steps.append(moves[2:])
        else:
            steps.append(moves)
    return f"M{_tenth(points[0][0])},{_tenth(points[0][1])}" + "".join(map(_step, steps))


def _sum(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return a[0] + b[0], a[1] + b[1]


def _is_straight(moves: list[tuple[int, int]], end: tuple[int, int] | None = None) -> bool:
    """Whether a curve's points lie in their order on the way to the last, up to a tenth of a pixel."""
    x, y = end or moves[-1]
    length = (x * x + y * y) ** 0.5
    along = [0.0, *((a * x + b * y) / (length or 1) for a, b in moves)]
    return bool(length) and (
        all(abs(a * y - b * x) <= length for a, b in moves) and all(b - a >= -1 for a, b in pairwise(along))
    )


def _step(moves: list[tuple[int, int]]) -> str:
    if len(moves) > 1:
        return "c" + " ".join(f"{_tenth(x)},{_tenth(y)}" for x, y in moves)
    ((x, y),) = moves
    return f"v{_tenth(y)}" if not x else f"h{_tenth(x)}" if not y else f"l{_tenth(x)},{_tenth(y)}"


def _tenth(tenths: int) -> str:
    return f"{tenths / 10:g}"


def _short(number: float) -> str:
    return _tenth(round(number * 10))
