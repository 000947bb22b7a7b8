"""Trace to picture: which boxes and arrows, how they look at each step, DOT, and layout to SVG, PNG and PDF."""

from .dot import digraph, dot
from .layout import LayoutError, render
from .looks import Look, looks, looks_at
from .picture import svg, svg_of
from .scene import Drawing, drawing

__all__ = [
    "Drawing",
    "LayoutError",
    "Look",
    "digraph",
    "dot",
    "drawing",
    "looks",
    "looks_at",
    "render",
    "svg",
    "svg_of",
]
