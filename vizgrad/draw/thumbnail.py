"""A picture of a graph's form alone, small enough to choose by: boxes by kind, names, arrows, and no numbers."""

from __future__ import annotations

import graphviz

from vizgrad.trace import Bind, Trace

from .layout import render
from .parts import Box
from .scene import Drawing, drawing
from .style import FLOW, GRADIENT, INKS, KINDS, SANS, SANS_ADVANCE

LONGEST_NAME = 7
FONT_SIZE = 15
MARGIN = 6
NARROWEST = 0.5
"""Inches that a box is wide at least; the sizes are in points. No font is measured, so it is the same everywhere."""

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
    graph = graphviz.Digraph(
        graph_attr={"rankdir": "LR", "nodesep": "0.15", "ranksep": "0.3", "bgcolor": "transparent"}
    )
    graph.attr("node", shape="box", fixedsize="true", fontname=SANS, fontsize=str(FONT_SIZE), height="0.34")
    graph.attr("edge", color=FLOW.dark if dark else FLOW.light, arrowsize="0.6", penwidth="1.4")
    for box in shown.values():
        paint = KINDS[box.kind]
        line = paint.dark_line if dark else paint.line
        name = picture.names.get(box.tensor, "") if box.tensor is not None else ""
        label = name if name in given and len(name) <= LONGEST_NAME else ""
        graph.node(
            box.id,
            label=label,
            width=f"{max(NARROWEST, (len(label) * FONT_SIZE * SANS_ADVANCE + 2 * MARGIN) / 72):.3f}",
            style=f"filled,{paint.form}" if paint.form != "solid" else "filled",
            fillcolor=paint.dark_fill if dark else paint.fill,
            color=(GRADIENT.dark if dark else GRADIENT.light) if box.id in reached else line,
            penwidth="2.2" if box.id in reached else "1.2",
            fontcolor=INKS["name"].dark if dark else INKS["name"].colour,
        )
    for arrow in picture.arrows:
        if arrow.id.startswith("f:") and {arrow.tail, arrow.head} <= shown.keys():
            graph.edge(arrow.tail, arrow.head)
    made = render(graph.source)
    assert isinstance(made, str)
    return made


def _shown(picture: Drawing) -> dict[str, Box]:
    """The boxes that autograd follows, and what goes into them."""
    followed = {box.id for box in picture.boxes if box.kind in ("leaf", "op")}
    used = {arrow.tail for arrow in picture.arrows if arrow.head in followed}
    kept = [box for box in picture.boxes if box.id in followed or (box.kind == "untracked" and box.id in used)]
    return {box.id: box for box in (kept or picture.boxes)[:MOST_BOXES]}
