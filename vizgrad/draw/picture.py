"""The shortest way from a trace to SVG: no label is written for Graphviz only to be read back."""

from __future__ import annotations

from vizgrad.trace import Trace

from .dot import chosen, digraph
from .label import pieces
from .layout import labelled
from .looks import Look
from .scene import Drawing


def svg(
    trace: Trace,
    scene: int = -1,
    step: int | None = None,
    detail: str = "full",
    direction: str = "LR",
    style: bool = True,
) -> str:
    """The picture of one step as SVG text; arguments and errors as of `dot` and `layout.svg`.

    >>> empty = Trace(engine="numpy", source="", tensors=(), nodes=(), events=())
    >>> svg(empty).startswith("<svg")
    True
    """
    return svg_of(*chosen(trace, scene, step, detail, direction), style)


def svg_of(picture: Drawing, looks: dict[str, Look], style: bool = True) -> str:
    """A drawing with every box and arrow as `looks` says, as SVG text; errors as of `layout.svg`."""
    labels = {box.id: pieces(box, looks[box.id]) for box in picture.boxes}
    return labelled(digraph(picture, looks, has_labels=False).source, labels, style)
