"""A training loop at a glance: the loss and the norms of the gradients over its iterations."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from plotly.graph_objects import Figure
from plotly.subplots import make_subplots

from vizgrad.trace import Backward, Bind, Trace, Value

from .look import SERIES, WIDE_SPREAD, drawable, log_axis, themed

FEWEST = 3
"""Iterations that make a curve."""

MOST_LEAVES = 8
"""Leaves whose norms are drawn; of more, those with the largest."""

MOST_POINTS = 10_000
"""Points of all lines together; of a longer loop every second iteration is drawn, or every third …"""


@dataclass(frozen=True, slots=True)
class Iteration:
    """One scene of the loop: its number, the loss that its last backward pass started from, norms by the leaf's id."""

    scene: int
    loss: float
    norms: Mapping[int, float]


def iterations(trace: Trace) -> tuple[Iteration, ...]:
    """The scenes of a loop in their order: those with a backward pass from one element, at the line with most of them.

    Of scenes that were kept lightly, which stand at no line, there is what was kept.
    """
    found = [(point, _number(point.losses[-1]), _line(trace, point.scene)) for point in trace.course]
    lines = Counter(line for _, loss, line in found if loss is not None and line is not None)
    usual = lines.most_common(1)[0][0] if lines else None
    return tuple(
        Iteration(point.scene, loss, point.norms)
        for point, loss, line in found
        if loss is not None and line in (None, usual)
    )


def _line(trace: Trace, index: int) -> int | None:
    """Where the scene's last backward pass stands in the program."""
    scene = trace.scenes[index]
    for event in reversed(trace.events[scene.start : scene.stop]):
        if isinstance(event, Backward):
            return event.span.line if event.span else None
    return None


def _number(value: Value) -> float | None:
    if value.size != 1 or value.array is None or value.array.dtype.kind == "c":
        return None
    return float(value.array.reshape(()))


def training(trace: Trace, *, dark: bool = False) -> Figure | None:
    """The loss above, the norms of the leaves' gradients below; None for a run of fewer than three iterations.

    The points hold the number of their scene as `customdata`.
    """
    loop = iterations(trace)
    if len(loop) < FEWEST:
        return None
    names = {event.tensor: event.name for event in trace.events if isinstance(event, Bind) and event.tensor is not None}
    leaves = sorted({t for one in loop for t in one.norms}, key=lambda t: -max(o.norms.get(t, 0.0) for o in loop))
    stride = math.ceil(len(loop) * (1 + len(leaves[:MOST_LEAVES])) / MOST_POINTS)
    loop = loop[::stride]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.09)
    x = [one.scene + 1 for one in loop]
    rows = [("loss", 1, [one.loss for one in loop])]
    rows += [
        (f"|{names.get(t, f'leaf {t}')}.grad|", 2, [one.norms.get(t, math.nan) for one in loop])
        for t in sorted(leaves[:MOST_LEAVES])
    ]
    for number, (name, row, numbers) in enumerate(rows):
        figure.add_scatter(
            x=x,
            y=drawable(np.asarray(numbers)),
            name=name,
            showlegend=row == 2,
            row=row,
            col=1,
            mode="lines+markers" if len(x) <= 60 else "lines",
            customdata=[[one.scene, f"{value:.9g}"] for one, value in zip(loop, numbers, strict=True)],
            hovertemplate="scene %{x}: %{customdata[1]}<extra>" + name + "</extra>",
            line={
                "color": SERIES[number % len(SERIES)],
                "dash": ("solid", "dash", "dot", "dashdot")[number // len(SERIES) % 4],
            },
        )
    for row, title in ((1, "loss"), (2, "norm of the gradient")):
        drawn = [n for _, r, numbers in rows if r == row for n in numbers if math.isfinite(n)]
        figure.update_yaxes(title=title, row=row, col=1)
        if drawn and min(drawn) > 0 and max(drawn) > WIDE_SPREAD * min(drawn):
            figure.update_yaxes(**log_axis(drawn), row=row, col=1)
    each = "one for each iteration" if stride == 1 else f"one for each iteration; 1 of {stride} is drawn"
    figure.update_xaxes(title=f"scene: {each}", row=2, col=1)
    legend = {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"}
    figure.update_layout(height=440, legend=legend, meta={"scenes": True})
    return themed(figure, "Loss and gradients over the iterations", dark)
