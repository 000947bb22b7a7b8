"""Lays pictures out: DOT text to SVG, PNG and PDF, in this process and within limits."""

from __future__ import annotations

from collections.abc import Mapping

from . import graphviz_wasm
from . import image as images
from .errors import LayoutError
from .label import Piece, plain, take
from .tidy import tidy

__all__ = ["FORMATS", "LayoutError", "labelled", "prepare", "render", "svg"]

FORMATS = ("svg", "png", "pdf")


def prepare() -> None:
    """Loads what pictures need, so that drawing opens no file afterwards; a forked child has it as well.

    Raises LayoutError where a package is missing.
    """
    graphviz_wasm.prepare()
    images.prepare()


def svg(dot_source: str, style: bool = True) -> str:
    """The picture that DOT text describes, as SVG text.

    `style=False` leaves the CSS out, for a page that has `style.css()` already. Safe from any thread. Raises
    LayoutError where Graphviz fails, or where the graph takes more work or memory than one picture may.

    >>> svg("digraph { a -> b }").startswith("<svg")
    True
    """
    bare, labels = take(dot_source)
    return labelled(bare, labels, style)


def labelled(bare: str, labels: Mapping[str, list[Piece]], style: bool = True) -> str:
    """As `svg`, from DOT text without labels and the labels beside it."""
    return tidy(graphviz_wasm.lay_out(plain(bare)).decode(), labels, style, is_wide="rankdir=LR" in bare)


def render(dot_source: str, format: str = "svg", style: bool = True) -> str | bytes:
    """The picture that DOT text describes: SVG as text, "png" and "pdf" as bytes; the rest as in `svg`.

    Raises ValueError for another format.

    >>> render("digraph { a -> b }", "png")[1:4]
    b'PNG'
    """
    if format not in FORMATS:
        raise ValueError(f"format {format!r}: choose one of {', '.join(FORMATS)}")
    return svg(dot_source, style) if format == "svg" else images.image(svg(dot_source, style=False), format)
