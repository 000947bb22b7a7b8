"""A scalar as the function of one element of a leaf, or of two: curve and tangent, surface and contour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from plotly.graph_objects import Figure
from plotly.subplots import make_subplots

from .look import NEGATIVE, POSITIVE, SERIES, drawable, themed

REACH = 0.22
"""Length of the drawn gradient, as a share of the picture's width."""


@dataclass(frozen=True)
class Curve:
    """What one element does to the scalar: `y` and autograd's derivative `slope` at each of `x`, and at `at`.

    `path` are the points that a loop went through, if any.
    """

    element: str
    scalar: str
    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray
    at: float
    y_at: float
    slope_at: float
    path: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True)
class Surface:
    """What two elements do to the scalar: `z[j, i]` at `x[i]`, `y[j]`; `at` the point and `gradient` there.

    `path` are the points that a loop went through, if any.
    """

    elements: tuple[str, str]
    scalar: str
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    at: tuple[float, float]
    gradient: tuple[float, float]
    path: Sequence[tuple[float, float]] = ()


def curve(data: Curve, *, dark: bool = False) -> Figure:
    """The function with its tangent at the point, and the derivative below it on the same axis."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08, row_heights=[0.62, 0.38])
    derivative = f"∂{data.scalar}/∂{data.element}"
    figure.add_scatter(
        x=data.x,
        y=drawable(data.y),
        name=data.scalar,
        line={"color": POSITIVE, "width": 3},
        hovertemplate=f"{data.element} = %{{x:.6g}}<br>{data.scalar} = %{{y:.6g}}<extra></extra>",
        row=1,
        col=1,
    )
    reach = float(data.x[-1] - data.x[0]) * 0.3
    ends = np.array([data.at - reach, data.at + reach])
    figure.add_scatter(
        x=ends,
        y=data.y_at + data.slope_at * (ends - data.at),
        mode="lines",
        name=f"tangent: slope {data.slope_at:.4g}",
        line={"color": NEGATIVE, "width": 2, "dash": "dash"},
        hoverinfo="skip",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=data.x,
        y=drawable(data.slope),
        name=derivative,
        line={"color": SERIES[2], "width": 3},
        hovertemplate=f"{data.element} = %{{x:.6g}}<br>{derivative} = %{{y:.6g}}<extra></extra>",
        row=2,
        col=1,
    )
    if len(data.path) > 1:
        figure.add_scatter(
            x=[x for x, _ in data.path],
            y=[y for _, y in data.path],
            mode="markers",
            name="the loop's path",
            customdata=list(range(1, len(data.path) + 1)),
            hovertemplate=f"pass %{{customdata}}: {data.element} = %{{x:.6g}}, {data.scalar} %{{y:.6g}}<extra></extra>",
            marker={"size": 8, "symbol": "circle-open", "color": NEGATIVE, "line": {"width": 2}},
            row=1,
            col=1,
        )
    for row, height, text in ((1, data.y_at, f"{data.y_at:.4g}"), (2, data.slope_at, f"{data.slope_at:.4g}")):
        figure.add_scatter(
            x=[data.at],
            y=[height],
            mode="markers+text",
            text=[text],
            textposition="top center",
            marker={"size": 11, "color": NEGATIVE, "line": {"width": 2, "color": "white"}},
            showlegend=False,
            hovertemplate=f"{data.element} = {data.at:.6g}<br>{text}<extra></extra>",
            row=row,
            col=1,
        )
    finite = data.y[np.isfinite(data.y)]
    if finite.size:  # the tangent may leave the picture, the curve may not
        margin = 0.08 * (float(np.ptp(finite)) or 1.0)
        figure.update_yaxes(range=[float(finite.min()) - margin, float(finite.max()) + margin], row=1, col=1)
    else:
        told = f"{data.scalar} is no finite number, whatever {data.element} is"
        figure.add_annotation(text=told, x=0.5, y=0.8, xref="paper", yref="paper", showarrow=False, font={"size": 14})
    figure.update_yaxes(title=data.scalar, row=1, col=1)
    figure.update_yaxes(title=derivative, row=2, col=1)
    figure.update_xaxes(title=data.element, row=2, col=1)
    figure.update_layout(height=460, showlegend=False)  # the axes say which line is which
    about = f"<span style='color:{NEGATIVE}'>slope {data.slope_at:.4g}</span> at {data.element} = {data.at:.4g}"
    return themed(figure, about, dark)


def surface(data: Surface, *, dark: bool = False) -> Figure:
    """The surface beside its contour lines, with the gradient at the point as an arrow, and the path of a loop."""
    figure = make_subplots(rows=1, cols=2, specs=[[{"type": "surface"}, {"type": "contour"}]], horizontal_spacing=0.06)
    first, second = data.elements
    heights = [drawable(row) for row in data.z]
    hover = f"{first} = %{{x:.4g}}<br>{second} = %{{y:.4g}}<br>{data.scalar} = %{{z:.6g}}<extra></extra>"
    shared = {"x": data.x, "y": data.y, "z": heights, "colorscale": "Viridis", "hovertemplate": hover}
    figure.add_surface(**shared, showscale=False, opacity=0.92, row=1, col=1)
    figure.add_contour(
        **shared, ncontours=18, contours={"coloring": "heatmap"}, colorbar={"thickness": 10}, row=1, col=2
    )
    if len(data.path) > 1:
        figure.add_scatter(
            x=[x for x, _ in data.path],
            y=[y for _, y in data.path],
            mode="lines+markers",
            name="the loop's path",
            line={"color": "white", "width": 2},
            marker={"size": 7, "color": "white", "line": {"color": "#333333", "width": 1}},
            row=1,
            col=2,
        )
    _arrow(figure, data)
    figure.update_scenes(camera_eye={"x": 1.75, "y": -1.75, "z": 1.2})  # far enough for the axes' numbers
    figure.update_scenes(xaxis_title=first, yaxis_title=second, zaxis_title=data.scalar)
    figure.update_xaxes(title=first, row=1, col=2)
    figure.update_yaxes(title=second, row=1, col=2)
    figure.update_layout(height=460, showlegend=False)
    themed(figure, f"{data.scalar} as a function of {first} and {second}", dark)
    return figure.update_layout(dragmode="orbit")  # a surface is there to be turned


def _arrow(figure: Figure, data: Surface) -> None:
    """The gradient at the point: its direction as it is, its length only to be seen."""
    (x, y), (dx, dy) = data.at, data.gradient
    wide, high = float(np.ptp(data.x)) or 1.0, float(np.ptp(data.y)) or 1.0
    size = float(np.hypot(dx / wide, dy / high))
    told = f"gradient ({dx:.4g}, {dy:.4g})"
    if np.isfinite(size) and size > 0:
        figure.add_annotation(
            x=x + dx * REACH / size,
            y=y + dy * REACH / size,
            ax=x,
            ay=y,
            xref="x",
            yref="y",
            axref="x",
            ayref="y",
            arrowhead=2,
            arrowsize=1.4,
            arrowwidth=3,
            arrowcolor=NEGATIVE,
            text="",
        )
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        name=told,
        marker={"size": 12, "color": NEGATIVE, "line": {"width": 2, "color": "white"}},
        hovertemplate=told + "<extra></extra>",
        row=1,
        col=2,
    )
