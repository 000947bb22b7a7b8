"""A picture taken apart for the player: where each box and arrow stands, and its markup, told once for all alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from vizgrad.draw.style import INKS, MONO_STACK, SANS_STACK, Ink

from .words import Words

NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'
PAINT = frozenset(
    "stroke stroke-width stroke-dasharray stroke-opacity stroke-linejoin stroke-linecap stroke-miterlimit"
    " fill-opacity paint-order font-family opacity display".split()
)
"""What an SVG says for viewers without CSS, besides `fill`."""

FONT = frozenset({"font-size", "font-weight", "text-anchor"})

STATE = re.compile(r"(?:is|kind)-")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
CURVES = re.compile(r"M[-\d., ]+C[-\d., ]+")

Point = tuple[float, float]


def stencilled(svg: str, places: Mapping[str, int], words: Words) -> dict[str, Any]:
    """The picture's `frame` as markup, and its `parts`: place, x, y and stencil of each in turn.

    A place is an element's in `places`; a stencil is the markup of a part that stands at the origin, as a place in
    `words`. What the player's style or a look says is left out: paint, fonts, states, texts, cells of heat maps.

    >>> box = '<g data-node="a" class="node kind-op"><rect x="5" y="6" width="9" height="9"/></g>'
    >>> words = Words()
    >>> told = stencilled(f'<svg xmlns="http://www.w3.org/2000/svg"><g>{box}</g></svg>', {"a": 0}, words)
    >>> told["parts"], words.table
    ([0, 5.0, 6.0, 0], ["<g class='node'><rect x='0' y='0' width='9' height='9'/></g>"])
    """
    picture = ElementTree.fromstring(svg.replace(NAMESPACE, "", 1))
    parts: list[float] = []
    for layer in picture.findall("g"):
        kept = []
        for group in layer:
            place = places.get(group.get("data-node") or group.get("data-edge") or "")
            if place is None:
                kept.append(group)
            else:
                x, y = _corner(group[0])
                is_node = "data-node" in group.attrib
                parts += (
                    place,
                    round(x, 1),
                    round(y, 1),
                    words.place(_stencil(group, round(x, 1), round(y, 1), is_node)),
                )
        layer[:] = kept
    return {"frame": _markup(picture).replace("<svg", f"<svg{NAMESPACE.replace(chr(34), chr(39))}", 1), "parts": parts}


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


def _stencil(part: Element, x: float, y: float, is_node: bool) -> str:
    """The markup of a part of a group as it is with (x, y) as its origin."""
    attributes = "".join([f" {name}='{value}'" for name, value in _kept(part, x, y, is_node)])
    is_map = "heat" in part.get("class", "")
    inside = "" if is_map else "".join([_stencil(child, x, y, is_node) for child in part])
    return f"<{part.tag}{attributes}>{inside}</{part.tag}>" if inside else f"<{part.tag}{attributes}/>"


def _kept(part: Element, x: float, y: float, is_node: bool) -> Iterator[tuple[str, str]]:
    """The attributes that neither the style nor a look says."""
    ink = _ink(part) if is_node and part.tag == "text" else None
    for name, value in part.items():
        if name in PAINT or name in ("data-node", "data-edge") or (ink and name in FONT):
            continue
        if name == "fill":
            if value == "none" and (is_node or part.tag != "path"):
                yield name, value
        elif name == "class":
            yield name, ink or escape(" ".join(word for word in value.split() if not STATE.match(word)))
        elif name == "x":
            yield name, _short(float(value) - x)
        elif name == "y":
            yield name, _short(float(value) - y)
        elif name in ("width", "height"):
            yield name, _short(float(value))
        elif name == "d":
            yield name, _line(value, -x, -y)
        elif name == "points":
            points = [f"{_short(px - x)},{_short(py - y)}" for px, py in _points(value)]
            yield name, " ".join(points[: -1 if points[0] == points[-1] else None])
        elif name == "transform":
            ((px, py), *_) = _points(value)
            yield name, f"translate({_short(px - x)} {_short(py - y)})"
        else:
            yield name, escape(value)


def _ink(text: Element) -> str | None:
    """The class of a text's ink where `style` says its font."""
    role = text.get("class", "").partition(" ")[0]
    ink: Ink | None = INKS.get(role.removeprefix("ink-"))
    return role if ink is not None and text.get("font-size") == f"{ink.size:g}" else None


def _corner(shape: Element) -> Point:
    """Where an outline or a line begins: its least x and y, or a line's first point."""
    if shape.tag == "rect":
        return float(shape.get("x", 0)), float(shape.get("y", 0))
    points = _points(shape.get("d") or shape.get("points") or "0,0")
    if "outline" in shape.get("class", ""):
        return min(x for x, _ in points), min(y for _, y in points)
    return points[0]


def _line(d: str, dx: float, dy: float) -> str:
    """A path of curves, moved, with steps instead of places, and straight where it is straight.

    >>> _line("M1,1C2,1 3,1 4,1 5,1 6,1 7,1 7,2 7,3 8,9", -1, -1)
    'M0,0h6c0,1 0,2 1,8'
    """
    if not CURVES.fullmatch(d):
        return d if not dx and not dy else f"M0,0m{_short(dx)},{_short(dy)}{d.replace('M', 'm', 1)}"
    points = [(round((x + dx) * 10), round((y + dy) * 10)) for x, y in _points(d)]
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


def _points(text: str) -> list[Point]:
    numbers = [float(number) for number in NUMBER.findall(text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _tenth(tenths: int) -> str:
    return f"{tenths / 10:g}"


def _short(number: float) -> str:
    return _tenth(round(number * 10))


def _markup(element: Element) -> str:
    """The element as text, in quotes that JSON need not escape."""
    text = ElementTree.tostring(element, encoding="unicode").replace(" />", "/>")
    return text if "'" in text else text.replace('"', "'")
