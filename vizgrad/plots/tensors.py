"""The gradient of each tensor: a number, bars, a heat map, or a histogram where it is too large to be whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from plotly.graph_objects import Figure

from vizgrad.trace import Notation, Trace, Value

from .look import LABELLED, ODD, SIGNED, drawable, exact_text, largest, real, short_text, sign_colour, themed


@dataclass(frozen=True, slots=True)
class Panel:
    """The gradient of one tensor: `kind` is "number", "bars", "heat map" or "histogram" (too large to be whole)."""

    name: str
    tensor: int
    shape: tuple[int, ...]
    kind: str
    figure: Figure


def gradients(
    trace: Trace, *, dark: bool = False, same_scale: bool = False, of: Collection[int] | None = None
) -> tuple[Panel, ...]:
    """One panel for each tensor (`of` these, where they are named) that has a `.grad` at the end, in order of birth.

    Tensors that no name means any more are called as the pictures call them. The figures hold the exact elements as
    `customdata`, written as PyTorch's dtype rounds them. With `same_scale` a length or a colour means the same in all.
    """
    end = trace.end
    most = largest(g.array for g in end.grads.values() if g.array is not None) if same_scale else None
    panels = []
    for tensor, grad in sorted(end.grads.items()):
        if of is not None and tensor not in of:
            continue
        name = called(trace, tensor)
        kind, figure = _drawn(name, grad, most)
        figure.update_layout(meta={"tensor": tensor})
        panels.append(Panel(name, tensor, grad.shape, kind, _dressed(figure, f"{name}.grad", grad, dark)))
    return tuple(panels)


def called(trace: Trace, tensor: int) -> str:
    """A tensor's name at the end of the run, or what the pictures call it if no name means it any more."""
    for name, meant in trace.end.names.items():
        if meant == tensor:
            return name
    scene = next(s for s in reversed(trace.scenes) if tensor in s.tensors)
    return Notation(trace, scene).name(tensor)


# -- one gradient


def _drawn(name: str, grad: Value, most: float | None) -> tuple[str, Figure]:
    if grad.array is None:
        return "histogram", _histogram(grad)
    array = grad.array
    if array.ndim == 0 or array.size == 0:
        return "number", _number(array)
    if array.ndim == 1:
        return "bars", _bars(name, array, most)
    return "heat map", _heat_map(name, array, most)


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
            textfont={"size": 40 if array.size else 16, "color": sign_colour(array[()]) if array.size else None},
        )
    )
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    return figure.update_layout(height=150, hoverdistance=-1)  # the number is all there is: any place is its place


def _bars(name: str, array: np.ndarray, most: float | None) -> Figure:
    numbers = real(array)
    places = [f"{name}.grad[{i}]" for i in range(array.size)]
    odd = not np.isfinite(numbers).all()  # stands as a word where it would be a bar
    figure = Figure(
        go.Bar(
            x=list(range(array.size)),
            y=[0.0 if height is None else height for height in drawable(numbers)],
            text=[short_text(e) if array.size <= LABELLED or not np.isfinite(e) else "" for e in array],
            textposition=["auto" if np.isfinite(n) else "outside" for n in numbers],  # a word has no bar to stand in
            textangle=0,
            outsidetextfont={"color": ["#7a7a7a" if np.isfinite(n) else ODD for n in numbers]} if odd else None,
            cliponaxis=False,
            customdata=[[place, exact_text(e)] for place, e in zip(places, array, strict=True)],
            hovertemplate="%{customdata[0]} = %{customdata[1]}<extra></extra>",
            marker={"color": [sign_colour(e) for e in numbers]},
            width=min(0.8, 0.25 * array.size),
        )
    )
    figure.update_xaxes(title="element", tickvals=list(range(array.size)) if array.size <= LABELLED else None)
    figure.update_yaxes(title="gradient", zeroline=True, zerolinewidth=1)
    if most is not None:
        figure.update_yaxes(range=[-1.05 * most, 1.05 * most])
    if array.size < 4:
        figure.update_xaxes(range=[-0.5 - (4 - array.size) / 4, array.size - 0.5 + (4 - array.size) / 4])
    return figure.update_layout(height=260)


def _heat_map(name: str, array: np.ndarray, most: float | None) -> Figure:
    rows = array.reshape(-1, array.shape[-1])
    numbers = real(rows)
    most = most or largest([rows])
    leading = [", ".join(map(str, index)) for index in np.ndindex(array.shape[:-1])]
    customdata = [
        [[f"{name}.grad[{lead}, {column}]", exact_text(e)] for column, e in enumerate(row)]
        for lead, row in zip(leading, rows, strict=True)
    ]
    figure = Figure(
        go.Heatmap(
            z=[drawable(row) for row in numbers],
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
    odd = np.argwhere(~np.isfinite(numbers))
    if odd.size:  # a cell without a colour: a word stands in its place
        figure.add_scatter(
            x=odd[:, 1].tolist(),
            y=odd[:, 0].tolist(),
            mode="text",
            text=[short_text(rows[at]) for at in map(tuple, odd)] if len(odd) <= LABELLED else "·",
            textfont={"color": ODD},
            customdata=[customdata[row][column] for row, column in odd],
            hovertemplate="%{customdata[0]} = %{customdata[1]}<extra></extra>",
            showlegend=False,
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
            marker={"color": [sign_colour(x) for x in (edges[:-1] + edges[1:]) / 2]},
        )
    )
    figure.update_xaxes(title=f"gradient (mean {summary.mean:.4g}, norm {summary.norm:.4g})")
    figure.update_yaxes(title="elements")
    return figure.update_layout(height=260)


def _dressed(figure: Figure, title: str, grad: Value, dark: bool) -> Figure:
    about = f"{grad.shape if grad.shape else 'scalar'} {grad.dtype}"
    return themed(figure, f"{title} <span style='font-size:0.8em;opacity:0.7'>{about}</span>", dark)
