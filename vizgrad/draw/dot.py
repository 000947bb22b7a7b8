"""A scene at one step as a graphviz.Digraph: the same bytes for the same trace, on every machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape

import graphviz

from vizgrad.trace import Trace

from . import style
from .looks import Look, looks_at
from .parts import STROKE, Arrow, Box, Cell, Row, clean
from .scene import Drawing, drawing

SUBSTITUTED = re.compile(r"\\(?=[NGETHL])")


def dot(
    trace: Trace, scene: int = -1, step: int | None = None, detail: str = "full", direction: str = "LR"
) -> graphviz.Digraph:
    """The picture of a scene (counted from 0; -1 is the last) at a step (0 is the empty stage; None is the last).

    Every step has the same boxes and arrows at the same places. Raises IndexError for a scene or step that is not
    there, ValueError for an unknown detail ("full", "simple", "pytorch") or direction ("LR", "TB").

    >>> empty = Trace(engine="numpy", source="", tensors=(), nodes=(), events=())
    >>> dot(empty).source.splitlines()[0]
    'digraph "Computation graph: empty" {'
    """
    if not -len(trace.scenes) <= scene < len(trace.scenes):
        raise IndexError(f"scene {scene} of a trace with {len(trace.scenes)} scenes")
    chosen = trace.scenes[scene]
    picture = drawing(trace, chosen, detail, direction)
    return digraph(picture, looks_at(picture, trace, chosen, len(chosen.steps) if step is None else step))


def digraph(picture: Drawing, looks: dict[str, Look]) -> graphviz.Digraph:
    """A drawing with every box and arrow as `looks` says."""
    graph = graphviz.Digraph(_title(picture))
    is_wide = picture.direction == "LR"
    graph.attr(
        "graph", rankdir=picture.direction, bgcolor=style.GROUND.light, pad="0.08",
        nodesep="0.25", ranksep="0.44" if is_wide else "0.5", splines="true", outputorder="edgesfirst",
    )  # fmt: skip
    graph.attr("node", shape="box", fixedsize="true", fontname=style.MONO)
    graph.attr("edge", fontname=style.MONO, fontsize="10", arrowsize="0.7")
    for box in picture.boxes:
        _node(graph, box, looks[box.id])
    for box in picture.boxes:
        if box.beside is not None:
            is_near = box.kind == "accumulate"  # nothing may come between it and its leaf
            with graph.subgraph(name=f"cluster_{box.id}" if is_near else None) as same:
                same.attr(rank="same", **({"peripheries": "0", "margin": "2"} if is_near else {}))
                same.node(box.beside)
                same.node(box.id)
    for arrow in sorted(picture.arrows, key=lambda a: a.kind == "forward"):  # the first of a pair lies below
        _edge(graph, arrow, looks[arrow.id])
    return graph


def _title(picture: Drawing) -> str:
    results = [b for b in picture.boxes if b.kind in ("leaf", "op", "untracked")]
    if not results:
        return "Computation graph: empty"
    roots = clean(", ".join(dict.fromkeys(picture.names.get(r, "?") for r in picture.roots))).replace("\\", "\\\\")
    return f"Computation graph{f' of {roots}' if roots else ''}: {len(results)} tensors and operations"


def _node(graph: graphviz.Digraph, box: Box, look: Look) -> None:
    paint = style.KINDS[box.kind]
    fill, line, form, width = paint.fill, paint.line, paint.form, paint.width
    if "is-ghost" in look.classes:
        fill, line, form = style.GROUND.light, style.GHOST.light, form.replace("dashed", "dotted") + ",dotted"
    if "is-visited" in look.classes:
        line, width = style.GRADIENT.light, 2
    if "is-current" in look.classes:
        fill, line, width, form = style.CURRENT_FILL.light, style.CURRENT.light, 3.5, form.replace("dashed", "solid")
    if "is-error" in look.classes:
        fill, line, width, form = style.ERROR_FILL.light, style.ERROR.light, 3, form + ",dashed"
    # Not penwidth: arrows are cut off where its outer edge would be, and so would move a little from step to step.
    more = {"group": "spine"} if box.on_spine else {}
    graph.node(
        box.id, label=_label(box, look), id=box.id, width=_inches(box.width), height=_inches(box.height),
        fillcolor=fill, color=line, style=f"filled,{form},setlinewidth({width:g})",
        **{"class": " ".join(look.classes)}, **more,
    )  # fmt: skip


def _edge(graph: graphviz.Digraph, arrow: Arrow, look: Look) -> None:
    colour, width = (style.FLOW, 1.25) if arrow.kind == "forward" else (style.GRADIENT, 1.75)
    tone = colour.light
    if "is-current" in look.classes:
        tone, width = style.CURRENT.light, 2.5
    if "is-ghost" in look.classes:
        tone += "00"
    form = f"setlinewidth({width:g})" + ("" if arrow.is_tracked else ",dashed")
    attributes = {"id": arrow.id, "class": " ".join(look.classes), "color": tone, "style": form}
    if arrow.kind == "forward":
        if arrow.on_spine:
            attributes["weight"] = "8"
        graph.edge(arrow.tail, arrow.head, **attributes)
        return
    if arrow.room:
        attributes["comment"] = f"{arrow.room}|{look.texts[0]}"
    # Laid out against its direction: then it is parallel to the forward arrow, and the graph has no circles.
    graph.edge(arrow.head, arrow.tail, constraint="false", dir="back", **attributes)


def _label(box: Box, look: Look) -> str:
    """The HTML-like label: one table of fixed size for each row, so that no text can move anything."""
    ghost = "is-ghost" in look.classes
    texts = iter(look.texts)
    rows = "".join(f"<TR><TD>{''.join(_row(row, texts, ghost))}</TD></TR>" for row in box.rows)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>>'


def _row(row: Row, texts: Iterator[str], ghost: bool) -> Iterator[str]:
    yield '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>'
    for cell in row.cells:
        before, after = _cell(cell, row.height, ghost)
        yield f"{before}{_markup(next(texts))}{after}"
    yield "</TR></TABLE>"


def _markup(text: str) -> str:
    """Text for an HTML-like label; Graphviz puts names for \\N and its like there too, and has no way to write them."""
    return escape(SUBSTITUTED.sub(STROKE, text) if "\\" in text else text)


@lru_cache(1024)
def _cell(cell: Cell, height: int, ghost: bool) -> tuple[str, str]:
    ink = style.INKS[cell.ink]
    colour = ink.colour + (style.GHOST_ALPHA if ghost else "")
    face = "" if ink.mono else f' FACE="{style.SANS}"'
    side = {"start": "LEFT", "middle": "CENTER", "end": "RIGHT"}[ink.anchor]
    start = (
        f'<TD FIXEDSIZE="TRUE" WIDTH="{cell.width:g}" HEIGHT="{height}" ALIGN="TEXT" BALIGN="{side}">'
        f'<FONT POINT-SIZE="{ink.size:g}" COLOR="{colour}"{face}>'
    )
    return (start + "<B>", "</B></FONT></TD>") if ink.bold else (start, "</FONT></TD>")


@lru_cache(256)
def _inches(pixels: int) -> str:
    return f"{pixels / 72:.4f}"
