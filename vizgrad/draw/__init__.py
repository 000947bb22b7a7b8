"""Trace to picture: which boxes and arrows, how they look at each step, DOT, and layout to SVG, PNG and PDF."""

from .errors import LayoutError
from .layout.dot import digraph, dot
from .model.appearance import Look, looks, looks_at
from .model.drawing import Drawing, drawing
from .render.picture import render, svg, svg_of

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
