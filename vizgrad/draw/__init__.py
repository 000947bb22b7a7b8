"""Trace to picture: which boxes and arrows, how they look at each step, DOT, and layout to SVG, PNG and PDF."""

from .dot import digraph, dot
from .errors import LayoutError
from .looks import Look, looks, looks_at
from .picture import render, svg, svg_of
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
