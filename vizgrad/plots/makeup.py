"""What a `.grad` is made of: the contributions that met at a fan-out, and those of several backward calls, stacked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from plotly.graph_objects import Figure

from vizgrad.trace import Accumulate, Forward, Inplace, Notation, SetGrad, Trace, Value

from .look import LEGEND, SERIES, drawable, exact_text, real, themed
from .tensors import called

STACKED = 32
"""Up to this many elements are stacked one by one; of larger gradients the parts' norms stand beside each other."""

MOST = 40
"""Parts that are told apart: a loop that never sets `.grad` to zero adds one in each iteration."""


@dataclass(frozen=True, slots=True)
class Part:
    """One summand of a gradient: what it is called, and its elements."""

    label: str
    value: Value


def makeup(trace: Trace, *, dark: bool = False, of: Collection[int] | None = None) -> dict[int, Figure]:
    """A figure for each tensor (`of` these) whose `.grad` at the end is the sum of several parts, by its id."""
    grads = sorted(trace.end.grads) if of is None else [tensor for tensor in of if tensor in trace.end.grads]
    made = {tensor: found for tensor in grads if len(found := parts(trace, tensor)) > 1}
    return {tensor: _figure(trace, tensor, found, dark) for tensor, found in made.items()}


def parts(trace: Trace, tensor: int) -> tuple[Part, ...]:
    """The summands of a tensor's `.grad` at the end of the run, since it was None or zeroed last, in their order.

    Of more than `MOST` the first are told as one: what `.grad` was after them.
    """
    found: list[tuple[Accumulate, int]] = []
    for place, event in enumerate(trace.events):
        if isinstance(event, SetGrad) and event.tensor == tensor:
            found.clear()
        elif isinstance(event, Accumulate) and event.tensor == tensor:
            found.append((event, place))
    calls = len({event.backward for event, _ in found})
    made: list[Part] = []  # the newest first
    for number, (event, place) in reversed(list(enumerate(found, start=1))):
        call = f"backward {event.backward + 1}" if calls > 1 else ""
        if len(made) + max(len(event.contributions), 1) >= MOST and number < len(found):
            made.append(Part(f"the first {number}", event.after))
            break
        if len(event.contributions) > 1:
            for contribution in reversed(event.contributions[:MOST]):
                via = "the root" if contribution.node is None else _name_of(trace, contribution.node, place)
                made.append(Part(f"{call}, via {via}" if call else f"via {via}", contribution.value))
        else:
            made.append(Part(call or "backward", event.delta))
    return tuple(reversed(made))


def _name_of(trace: Trace, node: int, place: int) -> str:
    """What the operation of a node made, by name and gradient function."""
    scene = next(s for s in trace.scenes if s.start <= place < s.stop)
    for event in reversed(trace.events[:place]):
        if not isinstance(event, Forward | Inplace) or event.node != node:
            continue
        tensor = event.outputs[0] if isinstance(event, Forward) else event.tensor
        if tensor in scene.tensors:
            return f"{Notation(trace, scene).name(tensor)} ({trace.nodes[node].name})"
    return trace.nodes[node].name


def _figure(trace: Trace, tensor: int, found: tuple[Part, ...], dark: bool) -> Figure:
    name = called(trace, tensor)
    size = found[0].value.size
    figure = Figure()
    is_whole = size <= STACKED and all(part.value.array is not None for part in found)
    for number, part in enumerate(found):
        if is_whole:
            assert part.value.array is not None
            elements = np.ravel(part.value.array)
            labels = [f"{name}[{', '.join(map(str, at))}]" if at else name for at in np.ndindex(part.value.shape)]
            heights, exact = drawable(real(elements)), [exact_text(e) for e in elements]
        else:
            labels, heights, exact = [part.label], [part.value.norm], [f"norm {part.value.norm:.9g}"]
        figure.add_bar(
            x=labels,
            y=heights,
            name=part.label,
            customdata=exact,
            hovertemplate="%{x}: %{customdata}<br>" + part.label + "<extra></extra>",
            marker={
                "color": SERIES[number % len(SERIES)],
                "pattern": {"shape": ("", "/", ".", "x", "-", "|")[number % 6]},
            },
            width=0.5 if is_whole and size < 4 else None,
        )
    figure.update_xaxes(title="element" if is_whole else "part")
    figure.update_yaxes(title="contribution" if is_whole else "norm of the contribution", zeroline=True)
    figure.update_layout(barmode="relative", height=300, legend=LEGEND, showlegend=is_whole, meta={"tensor": tensor})
    return themed(figure, f"What {name}.grad is the sum of", dark)
