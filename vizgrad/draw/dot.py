"""A scene at one step as a graphviz.Digraph: the same bytes for the same trace, on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import graphviz

from vizgrad.trace import Trace

from . import style
from .label import frame_label, write
from .looks import Look, looks_at
from .parts import Arrow, Box, clean
from .scene import Drawing, drawing


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


def digraph(picture: Drawing, looks: dict[str, Look], has_labels: bool = True) -> graphviz.Digraph:
    """A drawing with every box and arrow as `looks` says; the boxes are as large without labels as with them."""
    graph = graphviz.Digraph(title(picture))
    is_wide = picture.direction == "LR"
    graph.attr(
        "graph", rankdir=picture.direction, bgcolor=style.GROUND.light, pad="0.08",
        nodesep="0.25", ranksep="0.65" if is_wide else "0.5", splines="true", outputorder="edgesfirst",
    )  # fmt: skip
    graph.attr("node", shape="box", fixedsize="true", fontname=style.MONO)
    graph.attr("edge", fontname=style.MONO, fontsize="10", arrowsize="0.7")
    spine = picture.spine
    kinds = {box.id: box.kind for box in picture.boxes}
    graph.body += [_node(box, looks[box.id], box.id in spine, has_labels) for box in picture.boxes]
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
        graph.body += inside if number is None else [_second_graph(number, len(made) > 2), *inside, "\t}\n"]
    for kind in ("gradient", "forward"):  # the first of a parallel pair lies below
        graph.body += [
            _edge(a, looks[a.id], a.id in spine, a.id in picture.shared, kinds)
            for a in picture.arrows
            if a.kind == kind
        ]
    return graph


def title(picture: Drawing) -> str:
    """What a picture is called for those who hear it."""
    results = [b for b in picture.boxes if b.kind in ("leaf", "op", "untracked")]
    if not results:
        return "Computation graph: empty"
    roots = clean(", ".join(dict.fromkeys(picture.names.get(r, "?") for r in picture.roots))).replace("\\", "\\\\")
    return f"Computation graph{f' of {roots}' if roots else ''}: {len(results)} tensors and operations"


def _second_graph(number: int, is_one_of_many: bool) -> str:
    """The start of the frame around what a backward pass made."""
    which = f" pass {number + 1}" if is_one_of_many else ""
    return (
        f"\tsubgraph cluster_made{number} {{\n\t\tlabel={frame_label(f'made by backward{which}')} labeljust=l margin=9"
        f" color={quote(style.GRADIENT.light)} style=dashed\n"
    )


def _node(box: Box, look: Look, is_on_spine: bool, has_label: bool) -> str:
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
    form = f"filled,{form},setlinewidth({width:g})"
    maps = f" comment={quote(';'.join(map(','.join, box.maps)))}" if box.maps[0] else ""
    id, label = quote(box.id), write(box, look) if has_label else '""'
    return (
        f"\t{id} [label={label} class={quote(' '.join(look.classes))} color={quote(line)}{maps}"
        f" fillcolor={quote(fill)}{' group=spine' if is_on_spine else ''} height={_inches(box.height)} id={id}"
        f" style={quote(form)} width={_inches(box.width)}]\n"
    )


def _edge(arrow: Arrow, look: Look, is_on_spine: bool, is_shared: bool, kinds: Mapping[str, str]) -> str:
    tone, width = (style.FLOW.light, 1.25) if arrow.kind == "forward" else (style.GRADIENT.light, 1.75)
    if "is-current" in look.classes:
        tone, width = style.CURRENT.light, 2.5
    if "is-ghost" in look.classes:
        tone += "00"
    form = f"setlinewidth({width:g})" + ("" if arrow.is_tracked else ",dashed")
    tail, head = quote(arrow.tail), quote(arrow.head)
    rest = f"class={quote(' '.join(look.classes))} color={quote(tone)} id={quote(arrow.id)} style={quote(form)}"
    if arrow.kind == "forward":
        if kinds[arrow.tail] == "again":  # on the other side of its use than constants
            return f"\t{head} -> {tail} [dir=back {rest}]\n"
        # What is made stays near its use rather than near the leaves that it is made from.
        weight = " weight=8" if is_on_spine else " weight=2" if kinds[arrow.tail] in ("op", "untracked") else ""
        return f"\t{tail} -> {head} [{rest}{weight}]\n"
    if arrow.room:
        seen = "!" if is_shared else ""
        rest += f" comment={quote(f'{arrow.room}{seen}|{look.texts[0]}')}"
    if kinds[arrow.head] == "again":
        return f"\t{tail} -> {head} [constraint=false {rest}]\n"
    # Laid out against its direction: then it is parallel to the forward arrow, and the graph has no circles.
    return f"\t{head} -> {tail} [constraint=false dir=back {rest}]\n"


@lru_cache(256)
def _inches(pixels: int) -> str:
    return f"{pixels / 72:.4f}"


@lru_cache(4096)
def quote(text: str) -> str:
    """A DOT identifier or string for any text that is not meant as an HTML-like label."""
    return str(graphviz.quoting.quote(graphviz.nohtml(text)))
