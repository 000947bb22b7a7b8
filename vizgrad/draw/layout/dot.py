"""A scene at one step as a graphviz.Digraph: the same bytes for the same trace, on every machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import graphviz

from vizgrad.trace import Trace

from .. import style
from ..model.appearance import Look, looks_at
from ..model.drawing import Drawing, drawing
from ..model.parts import Arrow, Box, clean
from .html_label import FRAME_HEIGHT, frame_label, write

ARROW_SIZE = "0.7"
FRAME_SIZE = FRAME_HEIGHT / 1.2
"""Points of a frame's note as Graphviz counts them, whose lines are 1.2 times as high."""


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
    return digraph(*chosen(trace, scene, step, detail, direction))


def chosen(trace: Trace, scene: int, step: int | None, detail: str, direction: str) -> tuple[Drawing, dict[str, Look]]:
    """The drawing and looks that the arguments of `dot` mean."""
    if not -len(trace.scenes) <= scene < len(trace.scenes):
        raise IndexError(f"scene {scene} of a trace with {len(trace.scenes)} scenes")
    which = trace.scenes[scene]
    picture = drawing(trace, which, detail, direction)
    return picture, looks_at(picture, trace, which, len(which.steps) if step is None else step)


def digraph(picture: Drawing, looks: Mapping[str, Look]) -> graphviz.Digraph:
    """A drawing with every box and arrow as `looks` says."""
    graph = graphviz.Digraph(title(picture))
    is_wide = picture.direction == "LR"
    graph.attr("graph", bgcolor=style.GROUND.light, pad="0.08", outputorder="edgesfirst", **_spacing(is_wide))
    graph.attr("node", shape="box", fixedsize="true", fontname=style.MONO)
    graph.attr("edge", fontname=style.MONO, fontsize="10", arrowsize=ARROW_SIZE)
    graph.body += _body(
        picture,
        lambda box: _painted_box(box, looks[box.id]),
        lambda arrow: _painted_arrow(arrow, looks[arrow.id]),
        lambda text: f"{frame_label(text)} color={quote(style.GRADIENT.light)} style=dashed",
    )
    return graph


def skeleton(picture: Drawing) -> str:
    """A drawing as DOT text that holds only what its layout depends on: the same for all its steps."""
    graph = graphviz.Digraph()
    graph.attr("graph", **_spacing(picture.direction == "LR"))
    graph.attr("node", shape="box", fixedsize="true", label="")
    graph.attr("edge", arrowsize=ARROW_SIZE)
    graph.body += _body(
        picture,
        lambda box: "",
        lambda arrow: f"id={quote(arrow.id)}",
        lambda text: f"{quote(text)} fontname={style.MONO} fontsize={FRAME_SIZE:.5f}",
    )
    return str(graph.source)


def _spacing(is_wide: bool) -> dict[str, str]:
    return {
        "nodesep": "0.25",
        "rankdir": "LR" if is_wide else "TB",
        "ranksep": "0.65" if is_wide else "0.5",
        "splines": "true",
    }


def _body(
    picture: Drawing, box_attributes: Callable[[Box], str], arrow_attributes: Callable[[Arrow], str],
    frame_attributes: Callable[[str], str],
) -> list[str]:  # fmt: skip
    """Boxes, the frames around them and arrows, each with attributes besides those that its place depends on."""
    spine = picture.spine
    kinds = {box.id: box.kind for box in picture.boxes}
    body = [_node(box, box_attributes(box), box.id in spine) for box in picture.boxes]
    made: dict[int | None, list[str]] = {None: []}
    for box in picture.boxes:
        inside = made.setdefault(box.made_by, [])
        if box.made_by is not None:
            inside.append(f"\t\t{quote(box.id)}\n")
        if box.beside is not None:
            near = f"\t\trank=same\n\t\t{quote(box.beside)}\n\t\t{quote(box.id)}\n\t}}\n"
            if box.kind == "accumulate":  # nothing may come between it and its leaf
                inside.append(f"\tsubgraph {quote('cluster_' + box.id)} {{\n\t\tmargin=2 peripheries=0\n{near}")
            else:
                inside.append(f"\t{{\n{near}")
    for number, inside in made.items():
        if number is None:
            body += inside
        else:
            label = frame_attributes(frame_note(picture, number))
            body += [f"\tsubgraph cluster_made{number} {{\n\t\tlabel={label} labeljust=l margin=9\n", *inside, "\t}\n"]
    for kind in ("gradient", "forward"):  # the first of a parallel pair lies below
        body += [
            _edge(arrow, arrow_attributes(arrow), arrow.id in spine, kinds)
            for arrow in picture.arrows
            if arrow.kind == kind
        ]
    return body


def title(picture: Drawing) -> str:
    """What a picture is called for those who hear it."""
    results = [b for b in picture.boxes if b.kind in ("leaf", "op", "untracked")]
    if not results:
        return "Computation graph: empty"
    roots = clean(", ".join(dict.fromkeys(picture.names.get(r, "?") for r in picture.roots))).replace("\\", "\\\\")
    return f"Computation graph{f' of {roots}' if roots else ''}: {len(results)} tensors and operations"


def frame_note(picture: Drawing, number: int) -> str:
    """What stands on the frame around what a backward pass made."""
    is_one_of_many = len({box.made_by for box in picture.boxes} - {None}) > 1
    return f"made by backward{f' pass {number + 1}' if is_one_of_many else ''}"


def _node(box: Box, attributes: str, is_on_spine: bool) -> str:
    return (
        f"\t{quote(box.id)} [{attributes}{' group=spine' if is_on_spine else ''} height={_inches(box.height)}"
        f" width={_inches(box.width)}]\n"
    )


def _painted_box(box: Box, look: Look) -> str:
    fill, line, width = style.box_coat(box.kind, look.classes)
    form = style.KINDS[box.kind].form
    if "is-ghost" in look.classes:
        form = form.replace("dashed", "dotted") + ",dotted"
    if "is-current" in look.classes:
        form = form.replace("dashed", "solid")
    if "is-error" in look.classes:
        form += ",dashed"
    # Not penwidth: arrows are cut off where its outer edge would be, and so would move a little from step to step.
    form = f"filled,{form},setlinewidth({width:g})"
    return (
        f"label={write(box, look)} class={quote(' '.join(look.classes))} color={quote(line)} fillcolor={quote(fill)}"
        f" id={quote(box.id)} style={quote(form)}"
    )


def _edge(arrow: Arrow, attributes: str, is_on_spine: bool, kinds: Mapping[str, str]) -> str:
    tail, head = quote(arrow.tail), quote(arrow.head)
    if arrow.kind == "forward":
        if kinds[arrow.tail] == "again":  # on the other side of its use than constants
            return f"\t{head} -> {tail} [dir=back {attributes}]\n"
        # What is made stays near its use rather than near the leaves that it is made from.
        weight = " weight=8" if is_on_spine else " weight=2" if kinds[arrow.tail] in ("op", "untracked") else ""
        return f"\t{tail} -> {head} [{attributes}{weight}]\n"
    if kinds[arrow.head] == "again":
        return f"\t{tail} -> {head} [constraint=false {attributes}]\n"
    # Laid out against its direction: then it is parallel to the forward arrow, and the graph has no circles.
    return f"\t{head} -> {tail} [constraint=false dir=back {attributes}]\n"


def _painted_arrow(arrow: Arrow, look: Look) -> str:
    _, tone, width = style.arrow_coat(arrow.kind, look.classes)
    if "is-ghost" in look.classes:
        tone += "00"
    form = f"setlinewidth({width:g})" + ("" if arrow.is_tracked else ",dashed")
    classes = quote(" ".join(look.classes))
    return f"class={classes} color={quote(tone)} id={quote(arrow.id)} style={quote(form)}"


@lru_cache(256)
def _inches(pixels: int) -> str:
    return f"{pixels / 72:.4f}"


@lru_cache(4096)
def quote(text: str) -> str:
    """A DOT identifier or string for any text that is not meant as an HTML-like label."""
    return str(graphviz.quoting.quote(graphviz.nohtml(text)))
