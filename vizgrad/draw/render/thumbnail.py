"""A picture of a graph's form alone, small enough to choose by: boxes by kind, names, arrows, and no numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

import graphviz

from vizgrad.trace import Bind, Trace

from ..layout.label_placement import Rect
from ..layout.positions import Line, placed
from ..model.drawing import Drawing, drawing
from ..model.parts import Arrow, Box
from ..style import FLOW, GRADIENT, INKS, KINDS, SANS, SANS_ADVANCE
from .geometry import BASELINE, corner, head
from .svg import pairs, short

LONGEST_NAME = 7
FONT_SIZE = 15
MARGIN = 6
NARROWEST, HEIGHT, HEAD = 36.0, 24.5, 6.0
"""Pixels: the least width of a box, its height, an arrow's head. No font is measured: it is the same everywhere."""

MOST_BOXES = 60
"""Of a larger graph the first boxes are drawn: more would be dust at this size."""


def thumbnail(trace: Trace, scene: int = -1, *, dark: bool = False) -> str:
    """One scene's graph in small, as SVG text with colours for a light or a dark page.

    Raises IndexError for a scene there is not, and LayoutError where Graphviz fails.

    >>> empty = Trace(engine="numpy", source="", tensors=(), nodes=(), events=())
    >>> thumbnail(empty).startswith("<svg")
    True
    """
    picture = drawing(trace, trace.scenes[scene], "simple")
    shown = _shown(picture)
    given = {event.name for event in trace.events if isinstance(event, Bind)}
    reached = {arrow.head for arrow in picture.arrows if arrow.id.startswith("g:")}
    labels = {}
    for id, box in shown.items():
        name = picture.names.get(box.tensor, "") if box.tensor is not None else ""
        labels[id] = name if name in given and len(name) <= LONGEST_NAME else ""
    widths = {id: len(label) * FONT_SIZE * SANS_ADVANCE + 2 * MARGIN for id, label in labels.items()}
    sizes = {id: (max(NARROWEST, width), HEIGHT) for id, width in widths.items()}
    arrows = [a for a in picture.arrows if a.id.startswith("f:") and {a.tail, a.head} <= shown.keys()]
    places, _ = placed(_skeleton(sizes, arrows), sizes)
    flow = FLOW.dark if dark else FLOW.light
    body = [_arrow(places.lines[arrow.id], flow) for arrow in arrows]
    for id, box in shown.items():
        body.append(_box(box, labels[id], places.boxes[id], id in reached, dark))
    left, top, right, bottom = places.around
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{right - left:.0f}" height="{bottom - top:.0f}"'
        f' viewBox="{short(left)} {short(top)} {short(right - left)} {short(bottom - top)}">\n{"".join(body)}</svg>\n'
    )


def _skeleton(sizes: Mapping[str, tuple[float, float]], arrows: Iterable[Arrow]) -> str:
    """The graph as DOT text for its layout."""
    graph = graphviz.Digraph(graph_attr={"rankdir": "LR", "nodesep": "0.15", "ranksep": "0.3"})
    graph.attr("node", shape="box", fixedsize="true", label="")
    graph.attr("edge", arrowsize=f"{HEAD / 10:g}")
    for id, (width, height) in sizes.items():
        graph.node(id, width=f"{width / 72:.3f}", height=f"{height / 72:.3f}")
    for arrow in arrows:
        graph.edge(arrow.tail, arrow.head, id=arrow.id)
    return str(graph.source)


def _box(box: Box, label: str, rect: Rect, is_reached: bool, dark: bool) -> str:
    """A box, its name in its middle; where a gradient has reached it, its line is blue and thick."""
    paint, radius = KINDS[box.kind], corner(box)
    line, width = paint.dark_line if dark else paint.line, 1.2
    if is_reached:
        line, width = GRADIENT.dark if dark else GRADIENT.light, 2.2
    dashes = ' stroke-dasharray="5 2"' if "dashed" in paint.form else ""
    x, y = (rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2 + BASELINE * FONT_SIZE
    text = (
        f'<text x="{short(x)}" y="{short(y)}" text-anchor="middle" font-family="{SANS}" font-size="{FONT_SIZE}"'
        f' fill="{INKS["name"].dark if dark else INKS["name"].colour}">{escape(label)}</text>\n'
    )
    return (
        f'<rect x="{short(rect.left)}" y="{short(rect.top)}" width="{short(rect.right - rect.left)}"'
        f' height="{short(rect.bottom - rect.top)}" rx="{min(radius, HEIGHT / 3):g}"'
        f' fill="{paint.dark_fill if dark else paint.fill}" stroke="{line}" stroke-width="{width:g}"{dashes}/>\n'
    ) + (text if label else "")


def _arrow(line: Line, tone: str) -> str:
    path = f"M{pairs(line.points[:1])}C{pairs(line.points[1:])}"
    return (
        f'<path d="{path}" fill="none" stroke="{tone}" stroke-width="1.4"/>\n'
        f'<polygon points="{pairs(head(line, 1.4, HEAD))}" fill="{tone}" stroke="{tone}" stroke-width="1.4"/>\n'
    )


def _shown(picture: Drawing) -> dict[str, Box]:
    """The boxes that autograd follows, and what goes into them."""
    followed = {box.id for box in picture.boxes if box.kind in ("leaf", "op")}
    used = {arrow.tail for arrow in picture.arrows if arrow.head in followed}
    kept = [box for box in picture.boxes if box.id in followed or (box.kind == "untracked" and box.id in used)]
    return {box.id: box for box in (kept or picture.boxes)[:MOST_BOXES]}
