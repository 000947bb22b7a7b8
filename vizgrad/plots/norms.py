"""The norm of each gradient along the backward pass: where gradients vanish or explode."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from plotly.graph_objects import Figure

from vizgrad.trace import Accumulate, Backward, Forward, Inplace, Notation, Trace, Vjp

from .look import LEGEND, SERIES, WIDE_SPREAD, log_axis, themed


@dataclass(slots=True)
class Series:
    """The norms of one backward pass by their place on the axis: the norm, what it is, and of which tensor."""

    root: str
    points: dict[int, tuple[float, str, int | None]] = field(default_factory=dict)


def norms(trace: Trace, scene: int = -1, *, dark: bool = False) -> Figure | None:
    """The Euclidean norm of each gradient in the order in which backward computes it; None without a backward pass.

    One line per backward pass of the scene. The axis is logarithmic where the norms are far apart; norms that such an
    axis cannot show (0) lie on its edge as open circles, and those that are no numbers (inf, nan) as crosses.
    """
    ticks, passes = _passes(trace, scene)
    drawn = [norm for one in passes for norm, _, _ in one.points.values()]
    if not drawn:
        return None
    positive = [n for n in drawn if 0 < n < math.inf]
    logarithmic = bool(positive) and max(positive) > WIDE_SPREAD * min(positive)
    low, high = (min(positive), max(positive)) if positive else (0.0, 1.0)
    figure = Figure()
    for number, one in enumerate(passes):
        placed = [_placed(norm, logarithmic, low, high) for norm, _, _ in one.points.values()]
        figure.add_scatter(
            x=list(one.points),
            y=[y for y, _ in placed],
            mode="lines+markers",
            name=f"backward {number + 1} from {one.root}",
            customdata=[[told, f"{norm:.9g}", tensor] for norm, told, tensor in one.points.values()],
            hovertemplate="%{customdata[0]}<br>norm %{customdata[1]}<extra></extra>",
            marker={"size": 9, "symbol": [symbol for _, symbol in placed]},
            line={"color": SERIES[number % len(SERIES)], "width": 2, "dash": "solid" if number == 0 else "dot"},
        )
    few = len(ticks) <= 24
    figure.update_xaxes(
        title="from the output to the leaves →",
        tickvals=list(range(len(ticks))) if few else None,
        ticktext=ticks if few else None,
        range=[-0.4, max(len(ticks), 2) - 0.6],
        zeroline=False,
    )
    figure.update_yaxes(title="norm of the gradient")
    if logarithmic:
        figure.update_yaxes(**log_axis(positive))
    else:
        figure.update_yaxes(rangemode="tozero")
    figure.update_layout(height=280, showlegend=len(passes) > 1, legend=LEGEND, meta={"tensors": True})
    return themed(figure, "Norm along the graph", dark)


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
                passes[-1].points[place("node", node, name)] = math.hypot(*parts), told, made.get(node)
            case Accumulate(tensor=tensor, node=int()) if passes:
                name = notation.name(tensor)
                told = f"added to {name}.grad"
                passes[-1].points[place("leaf", tensor, f"{name}.grad")] = event.delta.norm, told, tensor
    return ticks, passes


def _made(trace: Trace) -> Iterator[tuple[int, int]]:
    """Which tensor each node made (its first output)."""
    for event in reversed(trace.events):
        if isinstance(event, Forward) and event.node is not None:
            yield event.node, event.outputs[0]
        elif isinstance(event, Inplace) and event.node is not None:
            yield event.node, event.tensor
