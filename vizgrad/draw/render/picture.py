"""From a trace to its picture as SVG, PNG or PDF."""

from __future__ import annotations

from collections.abc import Mapping

from vizgrad.trace import Trace

from ..layout import graphviz_wasm
from ..layout.dot import chosen
from ..layout.positions import positions
from ..model.appearance import Look
from ..model.drawing import Drawing
from . import image as images
from .svg import painted

FORMATS = ("svg", "png", "pdf")


def prepare() -> None:
    """Loads what pictures need, so that drawing opens no file afterwards; a forked child has it as well.

    Raises LayoutError where a package is missing.
    """
    graphviz_wasm.prepare()
    images.prepare()


def svg(
    trace: Trace,
    scene: int = -1,
    step: int | None = None,
    detail: str = "full",
    direction: str = "LR",
    style: bool = True,
) -> str:
    """The picture of one step as SVG text; arguments as of `dot`, and its errors.

    `style=False` leaves the CSS out, for a page that has `style.css()` already. Safe from any thread. Raises
    LayoutError where Graphviz fails, or where the graph takes more work or memory than one picture may.

    >>> empty = Trace(engine="numpy", source="", tensors=(), nodes=(), events=())
    >>> svg(empty).startswith("<svg")
    True
    """
    return svg_of(*chosen(trace, scene, step, detail, direction), style)


def svg_of(picture: Drawing, looks: Mapping[str, Look], style: bool = True) -> str:
    """A drawing with every box and arrow as `looks` says, as SVG text; errors as of `svg`."""
    return painted(picture, looks, positions(picture), style)


def render(
    trace: Trace,
    format: str = "svg",
    scene: int = -1,
    step: int | None = None,
    detail: str = "full",
    direction: str = "LR",
) -> str | bytes:
    """The picture of one step: SVG as text, "png" and "pdf" as bytes; the rest as in `svg`.

    Raises ValueError for another format.

    >>> empty = Trace(engine="numpy", source="", tensors=(), nodes=(), events=())
    >>> render(empty, "png")[1:4]
    b'PNG'
    """
    if format not in FORMATS:
        raise ValueError(f"format {format!r}: choose one of {', '.join(FORMATS)}")
    text = svg(trace, scene, step, detail, direction, style=format == "svg")
    return text if format == "svg" else images.image(text, format)
