"""Gradients as plotly figures: one panel per tensor with a `.grad`, and the norm along the backward pass."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.graph_objects import Figure

from .trace import Accumulate, Backward, Forward, Inplace, Notation, Trace, Value, Vjp

SIGNED = ((0.0, "#a63603"), (0.25, "#fd8d3c"), (0.5, "#ffffff"), (0.75, "#6baed6"), (1.0, "#08519c"))
"""Orange below zero, white at it, blue above: told apart by every kind of colour vision."""

POSITIVE, NEGATIVE = "#0072b2", "#d55e00"
PASSES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8960c", "#7a7a7a")
LABELLED = 36
"""Up to this many elements carry their number in the picture; all of them carry it on hover."""

WIDE_SPREAD = 100.0
"""Norms whose largest is more than this many times the smallest are drawn on a logarithmic axis."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The gradient of one tensor: `kind` is "number", "bars", "heat map" or "histogram" (too large to be whole)."""

    name: str
    tensor: int
    shape: tuple[int, ...]
    kind: str
    figure: Figure


def gradients(trace: Trace, *, dark: bool = False) -> tuple[Panel, ...]:
    """One panel for each tensor that has a `.grad` at the end of the run, in order of birth.

    Tensors that no name means any more are called as the pictures call them. The figures hold the exact elements as
    `customdata`, written as PyTorch's dtype rounds them.
    """
    end = trace.end
    named = {tensor: name for name, tensor in reversed(end.names.items())}
    panels = []
    for tensor, grad in sorted(end.grads.items()):
        name = named.get(tensor) or _called(trace, tensor)
        kind, figure = _drawn(name, grad)
        figure.update_layout(meta={"tensor": tensor})
        panels.append(Panel(name, tensor, grad.shape, kind, _dressed(figure, f"{name}.grad", grad, dark)))
    return tuple(panels)


def _called(trace: Trace, tensor: int) -> str:
    scene = next(s for s in reversed(trace.scenes) if tensor in s.tensors)
    return Notation(trace, scene).name(tensor)


# -- one gradient


def _drawn(name: str, grad: Value) -> tuple[str, Figure]:
    if grad.array is None:
        return "histogram", _histogram(grad)
    array = grad.array
    if array.ndim == 0 or array.size == 0:
        return "number", _number(array)
    if array.ndim == 1:
        return "bars", _bars(name, array)
    return "heat map", _heat_map(name, array)


def _number(array: np.ndarray) -> Figure:
    exact = exact_text(array[()]) if array.size else "no elements"
    text = short_text(array[()]) if array.size else "no elements"
    figure = Figure(
        go.Scatter(
            x=[0],
            y=[0],
            mode="text",
            text=[text],
            customdata=[exact],
            hovertemplate="%{customdata}<extra></extra>",
            textfont={"size": 40 if array.size else 16, "color": _sign_colour(array[()]) if array.size else None},
        )
    )
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    return figure.update_layout(height=150)


def _bars(name: str, array: np.ndarray) -> Figure:
    numbers = _real(array)
    places = [f"{name}.grad[{i}]" for i in range(array.size)]
    figure = Figure(
        go.Bar(
            x=list(range(array.size)),
            y=_drawable(numbers),
            text=[short_text(e) for e in array] if array.size <= LABELLED else None,
            textposition="auto",
            textangle=0,
            customdata=[[place, exact_text(e)] for place, e in zip(places, array, strict=True)],
            hovertemplate="%{customdata[0]} = %{customdata[1]}<extra></extra>",
            marker={"color": [_sign_colour(e) for e in numbers]},
            width=min(0.8, 0.25 * array.size),
        )
    )
    figure.update_xaxes(title="element", tickvals=list(range(array.size)) if array.size <= LABELLED else None)
    figure.update_yaxes(title="gradient", zeroline=True, zerolinewidth=1)
    if array.size < 4:
        figure.update_xaxes(range=[-0.5 - (4 - array.size) / 4, array.size - 0.5 + (4 - array.size) / 4])
    return figure.update_layout(height=260)


def _heat_map(name: str, array: np.ndarray) -> Figure:
    rows = array.reshape(-1, array.shape[-1])
    numbers = _real(rows)
    finite = np.abs(numbers[np.isfinite(numbers)])
    most = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
    leading = [", ".join(map(str, index)) for index in np.ndindex(array.shape[:-1])]
    customdata = [
        [[f"{name}.grad[{lead}, {column}]", exact_text(e)] for column, e in enumerate(row)]
        for lead, row in zip(leading, rows, strict=True)
    ]
    figure = Figure(
        go.Heatmap(
            z=[_drawable(row) for row in numbers],
            zmin=-most,
            zmax=most,
            zmid=0,
            colorscale=[list(stop) for stop in SIGNED],
            customdata=customdata,
            hovertemplate="%{customdata[0]} = %{customdata[1]}<extra></extra>",
            text=[[short_text(e) for e in row] for row in rows] if array.size <= LABELLED else None,
            texttemplate="%{text}" if array.size <= LABELLED else None,
            xgap=1,
            ygap=1,
            showscale=array.size > LABELLED,  # where the numbers stand in the cells, they are the scale
            colorbar={"thickness": 10},
        )
    )
    few_rows, few_columns = len(rows) <= 16, rows.shape[1] <= 16
    figure.update_xaxes(title="column", dtick=1 if few_columns else None, showgrid=False, zeroline=False)
    figure.update_yaxes(
        title="row" if array.ndim == 2 else "leading indices",
        autorange="reversed",
        tickvals=list(range(len(rows))) if few_rows else None,
        ticktext=leading if few_rows else None,
        showgrid=False,
        zeroline=False,
    )
    figure.update_xaxes(showline=True, mirror=True, linewidth=1, linecolor="#9aa4b2")
    figure.update_yaxes(showline=True, mirror=True, linewidth=1, linecolor="#9aa4b2")
    return figure.update_layout(height=min(140 + 34 * len(rows), 420))


def _histogram(grad: Value) -> Figure:
    summary = grad.summary
    assert summary is not None
    bins = len(summary.histogram)
    edges = np.linspace(summary.min, summary.max, bins + 1) if bins else np.zeros(1)
    figure = Figure(
        go.Bar(
            x=((edges[:-1] + edges[1:]) / 2).tolist(),
            y=list(summary.histogram),
            width=np.diff(edges).tolist(),
            customdata=[[f"{low:.6g}", f"{high:.6g}"] for low, high in pairwise(edges)],
            hovertemplate="%{y} elements from %{customdata[0]} to %{customdata[1]}<extra></extra>",
            marker={"color": [_sign_colour(x) for x in (edges[:-1] + edges[1:]) / 2]},
        )
    )
    figure.update_xaxes(title=f"gradient (mean {summary.mean:.4g}, norm {summary.norm:.4g})")
    figure.update_yaxes(title="elements")
    return figure.update_layout(height=260)


# -- the norm along the backward pass


@dataclass(slots=True)
class Series:
    """The norms of one backward pass, by the place on the axis where each stands."""

    root: str
    points: dict[int, tuple[float, str]] = field(default_factory=dict)


def norms(trace: Trace, scene: int = -1, *, dark: bool = False) -> Figure | None:
    """The Euclidean norm of each gradient in the order in which backward computes it; None without a backward pass.

    One line per backward pass of the scene. The axis is logarithmic where the norms are far apart; norms that such an
    axis cannot show (0) lie on its edge as open circles, and those that are no numbers (inf, nan) as crosses.
    """
    ticks, passes = _passes(trace, scene)
    drawn = [norm for one in passes for norm, _ in one.points.values()]
    if not drawn:
        return None
    positive = [n for n in drawn if 0 < n < math.inf]
    logarithmic = bool(positive) and max(positive) > WIDE_SPREAD * min(positive)
    low, high = (min(positive), max(positive)) if positive else (0.0, 1.0)
    figure = Figure()
    for number, one in enumerate(passes):
        placed = [_placed(norm, logarithmic, low, high) for norm, _ in one.points.values()]
        figure.add_scatter(
            x=list(one.points),
            y=[y for y, _ in placed],
            mode="lines+markers",
            name=f"backward {number + 1} from {one.root}",
            customdata=[[told, f"{norm:.9g}"] for norm, told in one.points.values()],
            hovertemplate="%{customdata[0]}<br>norm %{customdata[1]}<extra></extra>",
            marker={"size": 9, "symbol": [symbol for _, symbol in placed]},
            line={"color": PASSES[number % len(PASSES)], "width": 2, "dash": "solid" if number == 0 else "dot"},
        )
    few = len(ticks) <= 24
    figure.update_xaxes(
        title="backward order, from the output to the leaves →",
        tickvals=list(range(len(ticks))) if few else None,
        ticktext=ticks if few else None,
        range=[-0.4, max(len(ticks), 2) - 0.6],
        zeroline=False,
    )
    figure.update_yaxes(title="norm of the gradient")
    if logarithmic:
        figure.update_yaxes(type="log", exponentformat="power")
    else:
        figure.update_yaxes(rangemode="tozero")
    figure.update_layout(
        height=280,
        showlegend=len(passes) > 1,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 1, "xanchor": "right"},
    )
    return _themed(figure, "Norm along the graph", dark)


def _placed(norm: float, logarithmic: bool, low: float, high: float) -> tuple[float, str]:
    if not math.isfinite(norm):
        return high, "x"
    if logarithmic and norm == 0:
        return low / 10, "circle-open"
    return norm, "circle"


def _passes(trace: Trace, scene_index: int) -> tuple[list[str], list[Series]]:
    """The labels along the axis, and one series per backward pass."""
    scene = trace.scenes[scene_index]
    notation = Notation(trace, scene)
    made = dict(_made(trace))
    places: dict[tuple[str, int], int] = {}
    ticks: list[str] = []
    passes: list[Series] = []

    def place(kind: str, number: int, tick: str) -> int:
        if (kind, number) not in places:
            places[kind, number] = len(ticks)
            ticks.append(tick)
        return places[kind, number]

    for event in trace.events[scene.start : scene.stop]:
        match event:
            case Backward():
                root = ", ".join(notation.name(r) for r in event.roots)
                passes.append(Series(root))
            case Vjp(node=node) if passes:
                parts = [a.grad.norm for a in event.arrivals if a.grad is not None]
                name = notation.name(made[node]) if made.get(node) in scene.tensors else trace.nodes[node].name
                told = f"∂{passes[-1].root}/∂{name}, at {trace.nodes[node].name}"
                passes[-1].points[place("node", node, name)] = math.hypot(*parts), told
            case Accumulate(tensor=tensor, node=int()) if passes:
                name = notation.name(tensor)
                told = f"added to {name}.grad"
                passes[-1].points[place("leaf", tensor, f"{name}.grad")] = event.delta.norm, told
    return ticks, passes


def _made(trace: Trace) -> Iterator[tuple[int, int]]:
    """Which tensor each node made (its first output)."""
    for event in reversed(trace.events):
        if isinstance(event, Forward) and event.node is not None:
            yield event.node, event.outputs[0]
        elif isinstance(event, Inplace) and event.node is not None:
            yield event.node, event.tensor


# -- how numbers and figures look


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


def _real(array: np.ndarray) -> np.ndarray:
    """What a bar or a colour can show: complex numbers by their magnitude."""
    return np.abs(array) if array.dtype.kind == "c" else array.astype(np.float64)


def _drawable(numbers: np.ndarray) -> list[float | None]:
    return [float(n) if math.isfinite(n) else None for n in numbers]


def _sign_colour(element: Any) -> str:
    return NEGATIVE if not isinstance(element, complex | np.complexfloating) and element < 0 else POSITIVE


def _dressed(figure: Figure, title: str, grad: Value, dark: bool) -> Figure:
    about = f"{grad.shape if grad.shape else 'scalar'} {grad.dtype}"
    return _themed(figure, f"{title} <span style='font-size:0.8em;opacity:0.7'>{about}</span>", dark)


def _themed(figure: Figure, title: str, dark: bool) -> Figure:
    return figure.update_layout(
        template="plotly_dark" if dark else "plotly_white",
        title={"text": title, "font": {"size": 15}, "x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 4}},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 56, "r": 12, "t": 44, "b": 44},
        font={"size": 12},
        dragmode=False,
    )
