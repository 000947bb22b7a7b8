"""Where everything of a drawing stands: all that Graphviz is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from typing import NamedTuple

import msgspec

from .. import style
from ..errors import LayoutError
from ..model.drawing import Drawing
from . import graphviz_wasm
from .dot import frame_note, skeleton
from .label_placement import Places, Point, Rect
from .wrap import WIDEST, fold

MARGIN = 5.76
"""Pixels around the boxes."""

HEAD = 7.0
"""How long an arrow's head is, in pixels."""

LABEL_SIZE = 10
"""Size of the text on an arrow, in pixels."""


class Line(NamedTuple):
    """An arrow: a chain of cubic Bézier curves up to its head, the head's tip, and whether the chain begins there.

    `label` is the middle of its label, where it has one.
    """

    points: list[Point]
    tip: Point
    is_back: bool
    label: Point | None = None

    @property
    def foot(self) -> Point:
        """Where the head begins."""
        return self.points[0 if self.is_back else -1]

    @property
    def whole(self) -> list[Point]:
        """The chain with the head as a part of it."""
        points, (x, y), (fx, fy) = list(self.points), self.tip, self.foot
        share = HEAD / (hypot(x - fx, y - fy) or 1)
        points[0 if self.is_back else -1] = fx + (x - fx) * share, fy + (y - fy) * share
        return points


class Frame(NamedTuple):
    """A frame around what a backward pass made, and what stands on it."""

    rect: Rect
    note: str


class Positions(NamedTuple):
    """The places of boxes and arrows by their ids, of frames, and the rectangle that holds them all."""

    boxes: dict[str, Rect]
    lines: dict[str, Line]
    frames: list[Frame]
    around: Rect


class _Object(msgspec.Struct):
    """A box or a subgraph as Graphviz tells it."""

    name: str
    pos: str = ""
    bb: str = ""


class _Edge(msgspec.Struct):
    """An arrow as Graphviz tells it."""

    pos: str
    id: str = ""


class _Layout(msgspec.Struct):
    """What Graphviz tells of a graph (its format "json0"); lengths are points, from the lower left corner."""

    bb: str
    objects: list[_Object] = []
    edges: list[_Edge] = []


def positions(picture: Drawing) -> Positions:
    """Lays a drawing out; one that goes from left to right is folded into rows where it would be too wide to be read.

    Raises LayoutError where the graph takes more work or memory than one picture may.
    """
    sizes = {box.id: (box.width, box.height) for box in picture.boxes}
    laid, rects = placed(skeleton(picture), sizes)
    frames = [
        Frame(rect, frame_note(picture, int(name.removeprefix("cluster_made"))))
        for name, rect in rects.items()
        if name.startswith("cluster_made")
    ]
    found = laid._replace(frames=frames)
    near: dict[str, list[Point] | None] = {}
    if picture.direction == "LR" and found.around.right - found.around.left > WIDEST:
        found, near = _folded(found)
    return _labelled(picture, found, near)


def placed(dot: str, sizes: Mapping[str, tuple[float, float]]) -> tuple[Positions, dict[str, Rect]]:
    """Where Graphviz puts boxes of these sizes and the arrows of a DOT text; and its subgraphs, by their names.

    >>> placed("digraph { a -> b [id=e] }", {"a": (54, 36), "b": (54, 36)})[0].boxes["a"]
    Rect(left=0.0, top=0.0, right=54.0, bottom=36.0)
    """
    try:
        told = msgspec.json.decode(graphviz_wasm.lay_out(dot, "json0"), type=_Layout)
    except msgspec.DecodeError as error:
        raise LayoutError(f"Graphviz could not draw this graph: {error}") from None
    left, low, right, high = _numbers(told.bb)

    def flipped(pair: str) -> Point:
        x, y = _numbers(pair)
        return x, high - y

    boxes, subgraphs = {}, {}
    for one in told.objects:
        if one.name in sizes:
            (x, y), (width, height) = flipped(one.pos), sizes[one.name]
            boxes[one.name] = Rect(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        elif one.bb:
            a, b, c, d = _numbers(one.bb)
            subgraphs[one.name] = Rect(a, high - d, c, high - b)
    lines = {}
    for edge in told.edges:
        head, *points = edge.pos.split()
        end, _, tip = head.partition(",")
        lines[edge.id] = Line([flipped(point) for point in points], flipped(tip), end == "s")
    around = Rect(left - MARGIN, -MARGIN, right + MARGIN, high - low + MARGIN)
    return Positions(boxes, lines, [], around), subgraphs


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]


def _folded(found: Positions) -> tuple[Positions, dict[str, list[Point] | None]]:
    """The picture in rows, where that can be, and along which ways the labels of arrows fit."""
    lines = {id: line.points for id, line in found.lines.items()}
    made = fold(list(found.boxes.values()), lines, found.around, [frame.rect for frame in found.frames])
    if made is None:
        return found, {}
    moved = {}
    for id, line in found.lines.items():
        dx, dy = made.shift((line.tip[0] + line.foot[0]) / 2)
        moved[id] = Line(made.lines[id].points, (line.tip[0] + dx, line.tip[1] + dy), line.is_back)
    frames = [Frame(rect, frame.note) for rects, frame in zip(made.groups, found.frames, strict=True) for rect in rects]
    boxes = {id: made.rect(box) for id, box in found.boxes.items()}
    return Positions(boxes, moved, frames, made.frame), {id: line.near for id, line in made.lines.items()}


def _labelled(picture: Drawing, found: Positions, near: Mapping[str, list[Point] | None]) -> Positions:
    """Finds the places of the arrows' labels."""
    named = [arrow for arrow in picture.arrows if arrow.room]
    if not named:
        return found
    places = Places(found.boxes.values())
    for id, line in found.lines.items():
        places.cross(id, line.points)
    lines = dict(found.lines)
    # Labels that are always seen choose first; of the others only those of one step keep clear of each other.
    for arrow in sorted(named, key=lambda arrow: arrow.id not in picture.shared):
        line = found.lines[arrow.id]
        across = arrow.room * LABEL_SIZE * style.MONO_ADVANCE + 2
        group = None if arrow.id in picture.shared else arrow.tail
        middle = places.find(arrow.id, near.get(arrow.id) or line.whole, across, LABEL_SIZE + 3, group)
        lines[arrow.id] = line._replace(label=middle)
    return found._replace(lines=lines, around=places.around(found.around))
