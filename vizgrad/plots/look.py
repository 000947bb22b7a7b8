"""How numbers and figures look: colours that every eye tells apart, numbers in full and in short, light and dark."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

SIGNED = ((0.0, "#a63603"), (0.25, "#fd8d3c"), (0.5, "#ffffff"), (0.75, "#6baed6"), (1.0, "#08519c"))
"""Orange below zero, white at it, blue above: told apart by every kind of colour vision."""

POSITIVE, NEGATIVE, ODD = "#0072b2", "#d55e00", "#c2185b"
"""Above zero, below it, and what is no finite number."""
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8960c", "#7a7a7a")
LABELLED = 36
"""Up to this many elements carry their number in the picture; all of them carry it on hover."""

WIDE_SPREAD = 100.0
"""Numbers whose largest is more than this many times the smallest are drawn on a logarithmic axis."""

LEGEND = {"orientation": "h", "y": -0.3, "yanchor": "top", "x": 0, "xanchor": "left"}
"""Below the picture: above it a narrow screen has room for the title only."""


def exact_text(element: Any) -> str:
    """All digits that tell an element of its dtype from its neighbours.

    >>> exact_text(np.float32(0.1)), exact_text(np.float64(1) / 3)
    ('0.1', '0.3333333333333333')
    """
    return str(element)


def short_text(element: Any) -> str:
    """An element in up to three significant digits.

    >>> short_text(np.float32(10)), short_text(np.float32(-0.0070512)), short_text(np.float32("nan"))
    ('10', '-0.00705', 'nan')
    """
    if isinstance(element, complex | np.complexfloating):
        return f"{element:.3g}"
    return f"{float(element):.3g}"


def largest(arrays: Iterable[np.ndarray]) -> float:
    """The largest magnitude of all finite elements; 1 where there is none but 0.

    >>> largest([np.array([1.0, -3.0]), np.array([np.inf])])
    3.0
    """
    found = [float(np.abs(real(a)[np.isfinite(real(a))]).max(initial=0.0)) for a in arrays]
    return max(found, default=0.0) or 1.0


def real(array: np.ndarray) -> np.ndarray:
    """What a bar or a colour can show: complex numbers by their magnitude."""
    return np.abs(array) if array.dtype.kind == "c" else array.astype(np.float64)


def drawable(numbers: np.ndarray) -> list[float | None]:
    """Numbers for plotly, which knows no NaN and no infinity."""
    return [float(n) if math.isfinite(n) else None for n in numbers]


def sign_colour(element: Any) -> str:
    """The colour of a bar: by its sign."""
    return NEGATIVE if not isinstance(element, complex | np.complexfloating) and element < 0 else POSITIVE


def log_axis(numbers: Iterable[float]) -> dict[str, Any]:
    """What makes an axis logarithmic, with a tick at each power of ten, or at some of them where there are many.

    >>> log_axis([1e-3, 1.0])["dtick"], log_axis([1e-30, 1.0])["dtick"]
    (1, 5)
    """
    drawn = [math.log10(n) for n in numbers if 0 < n < math.inf]
    decades = max(drawn, default=0.0) - min(drawn, default=0.0)
    return {"type": "log", "exponentformat": "power", "dtick": max(1, math.ceil(decades / 6))}


def themed(figure: Figure, title: str, dark: bool) -> Figure:
    """The figure with its title, as the page's theme wants it."""
    figure.layout.template = _template(dark)  # in the place of plotly's, not merged into it
    return figure.update_layout(
        title={"text": title, "font": {"size": 15}, "x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 4}},
        margin={"l": 56, "r": 12, "t": 44, "b": 44},
        dragmode=False,
    )


@cache
def _template(dark: bool) -> dict[str, Any]:
    """A template of our own: plotly's are so large that copying one takes longer than all else about a figure."""
    ink, grid, zero = ("#e6e9ef", "#333a45", "#5b6675") if dark else ("#2b3240", "#e6eaf0", "#a9b4c2")
    axis = {"gridcolor": grid, "zerolinecolor": zero, "zerolinewidth": 1, "automargin": True}
    axis |= {"title": {"standoff": 10}, "exponentformat": "power"}
    solid = {"gridcolor": grid, "zerolinecolor": zero, "showbackground": False}
    solid |= {"tickfont": {"size": 12}}  # smaller ones leave the picture room
    return {
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"color": ink, "size": 13, "family": '"Source Sans", "Source Sans Pro", sans-serif'},
            "colorway": list(SERIES),
            "hovermode": "closest",
            "hoverlabel": {"align": "left"},
            "xaxis": axis,
            "yaxis": axis,
            "scene": {"xaxis": solid, "yaxis": solid, "zaxis": solid},
        }
    }
