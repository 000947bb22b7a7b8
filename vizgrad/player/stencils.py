"""A picture taken apart for the player: where each box and arrow stands, and its markup, told once for all alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from vizgrad.draw.style import INKS, MONO_STACK, SANS_STACK, Ink

from .words import Words

NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'
PAINT = re.compile(r"stroke(?:-\w+)?|fill-opacity|paint-order|font-family|opacity|display")
"""What an SVG says for viewers without CSS, besides `fill`."""

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
                parts += (place, *_stencil(group), words.place(_markup(group)))
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


def _stencil(group: Element) -> Point:
    """Turns a group into its stencil; where it stood is returned."""
    is_node = group.attrib.pop("data-node", None) is not None
    group.attrib.pop("data-edge", None)
    group.set("class", " ".join(name for name in group.get("class", "").split() if not STATE.match(name)))
    x, y = round(_corner(group[0])[0], 1), round(_corner(group[0])[1], 1)
    for part in group.iter():
        part.tail = part.text = None
        if "heat" in part.get("class", "").split():
            del part[:]
        for name in [name for name in part.attrib if PAINT.fullmatch(name)]:
            del part.attrib[name]
        if part.get("fill") != "none" or (not is_node and part.tag == "path"):
            part.attrib.pop("fill", None)
        if is_node and part.tag == "text":
            _leave_font(part)
        _move(part, -x, -y)
    return x, y


def _leave_font(text: Element) -> None:
    """Leaves out what `style` says about the text's ink."""
    role, *_ = text.get("class", "").split()
    ink: Ink | None = INKS.get(role.removeprefix("ink-"))
    if ink is None or text.get("font-size") != f"{ink.size:g}":
        return
    text.set("class", role)
    for name in ("font-size", "font-weight", "text-anchor"):
        text.attrib.pop(name, None)


def _corner(shape: Element) -> Point:
    """Where an outline or a line begins: its least x and y, or a line's first point."""
    if shape.tag == "rect":
        return float(shape.get("x", 0)), float(shape.get("y", 0))
    points = _points(shape.get("d") or shape.get("points") or "0,0")
    if "outline" in shape.get("class", ""):
        return min(x for x, _ in points), min(y for _, y in points)
    return points[0]


def _move(part: Element, dx: float, dy: float) -> None:
    if "points" in part.attrib:
        moved = [(x + dx, y + dy) for x, y in _points(part.attrib["points"])]
        part.set(
            "points", " ".join(f"{_short(x)},{_short(y)}" for x, y in moved[: -1 if moved[0] == moved[-1] else None])
        )
    elif "d" in part.attrib:
        part.set("d", _line(part.attrib["d"], dx, dy))
    elif "transform" in part.attrib:
        ((x, y), *_) = _points(part.attrib["transform"])
        part.set("transform", f"translate({_short(x + dx)} {_short(y + dy)})")
    elif "x" in part.attrib:
        part.set("x", _short(float(part.attrib["x"]) + dx))
        part.set("y", _short(float(part.attrib["y"]) + dy))
        for name in {"width", "height"} & part.attrib.keys():
            part.set(name, _short(float(part.attrib[name])))


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
