"""A training loop at a glance: the loss and the norms of the gradients over its iterations."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from plotly.graph_objects import Figure
from plotly.subplots import make_subplots

from vizgrad.trace import Accumulate, Backward, Bind, Create, Forward, Inplace, Light, Trace, Value

from .look import SERIES, WIDE_SPREAD, drawable, log_axis, themed

FEWEST = 3
"""Iterations that make a curve."""

MOST_LEAVES = 8
"""Leaves whose norms are drawn; of more, those with the largest."""


@dataclass(slots=True)
class Iteration:
    """One scene of the loop: its number, the loss that its last backward pass started from, norms by the leaf's id.

    `line` is where the pass stands in the program; None for a scene that was kept lightly.
    """

    scene: int
    loss: float
    line: int | None = None
    norms: dict[int, float] = field(default_factory=dict)


def iterations(trace: Trace) -> tuple[Iteration, ...]:
    """The scenes of a loop in their order: those with a backward pass from one element, at the line with most of them.

    Of scenes that were kept lightly there is what was kept.
    """
    values: dict[int, Value] = {}
    found: list[Iteration] = []
    for scene in trace.scenes:
        current: Iteration | None = None
        for event in trace.events[scene.start : scene.stop]:
            match event:
                case Create():
                    values[event.tensor] = event.value
                case Forward():
                    values.update(zip(event.outputs, event.values, strict=True))
                case Inplace():
                    values.update((seen.tensor, seen.value) for seen in event.seen)
                case Backward() if event.roots and (loss := _number(values.get(event.roots[0]))) is not None:
                    line = event.span.line if event.span else None
                    current = Iteration(scene.index, loss, line, {} if current is None else current.norms)
                case Accumulate() if current is not None:
                    current.norms[event.tensor] = event.after.norm
                case Light() if event.losses and (loss := _number(event.losses[-1])) is not None:
                    norms = {n.tensor: norm for n in event.norms if (norm := _number(n.norm)) is not None}
                    current = Iteration(scene.index, loss, None, norms)
        if current is not None:
            found.append(current)
    lines = Counter(one.line for one in found if one.line is not None)
    line = lines.most_common(1)[0][0] if lines else None
    return tuple(one for one in found if one.line in (None, line))


def _number(value: Value | None) -> float | None:
    if value is None or value.size != 1 or value.array is None or value.array.dtype.kind == "c":
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
    figure.update_xaxes(title="scene: one for each iteration", row=2, col=1)
    legend = {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"}
    figure.update_layout(height=440, legend=legend, meta={"scenes": True})
    return themed(figure, "Loss and gradients over the iterations", dark)
