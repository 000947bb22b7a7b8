"""Figures for a wall: plotly measures in pixels, so what it draws does not grow with the page by itself."""

from __future__ import annotations

from typing import Any

from plotly.graph_objects import Figure

SIZES = {
    "font": ("size",),
    "textfont": ("size",),
    "outsidetextfont": ("size",),
    "marker": ("size",),
    "line": ("width",),
    "margin": ("l", "r", "t", "b"),
    "pad": ("l", "r", "t", "b"),
    "title": ("standoff",),
    "colorbar": ("thickness",),
    "layout": ("height",),
    "annotations": ("arrowwidth",),
}
"""What is measured in pixels, by the name of what it belongs to; the same words mean something else elsewhere."""

HOVER = 13
"""Pixels of the text on hover, which plotly takes from no other text."""


def enlarged(figure: Figure, zoom: float) -> Figure:
    """The figure `zoom` times as large: its texts, lines, points, margins and height; its width is the page's.

    >>> from vizgrad.plots.look import themed
    >>> larger = enlarged(themed(Figure(), "A title", dark=False).update_layout(height=300), 1.5)
    >>> larger.layout.height, larger.layout.title.font.size, larger.layout.template.layout.font.size
    (450.0, 22.5, 19.5)
    """
    if zoom == 1:
        return figure
    made = figure.to_plotly_json()
    made["layout"].setdefault("hoverlabel", {}).setdefault("font", {}).setdefault("size", HOVER)
    return Figure(_enlarged(made, "", zoom))


def _enlarged(part: Any, owner: str, zoom: float) -> Any:
    if owner == "tickfont":  # of a scene, whose numbers grow with its height too
        return {**part, "size": part["size"] * zoom**0.5}
    if isinstance(part, dict):
        sizes = SIZES.get(owner, ())
        return {k: _times(v, zoom) if k in sizes else _enlarged(v, k, zoom) for k, v in part.items()}
    if isinstance(part, list | tuple) and any(isinstance(one, dict) for one in part):
        return [_enlarged(one, owner, zoom) for one in part]
    return part


def _times(size: Any, zoom: float) -> Any:
    return size * zoom if isinstance(size, int | float) else [s * zoom for s in size]
