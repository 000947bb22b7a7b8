"""The numbers in a run's events: what tensors hold after one, and what a backward pass brings to the leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from . import events as ev
from .records import NodeRecord
from .values import Value


def written(event: ev.Event) -> Iterator[tuple[int, Value]]:
    """The tensors that an event makes or writes to, with what they hold then."""
    match event:
        case ev.Create():
            yield event.tensor, event.value
        case ev.Forward():
            yield from zip(event.outputs, event.values, strict=True)
        case ev.Inplace():
            yield from ((seen.tensor, seen.value) for seen in event.seen)


def arrived(nodes: Sequence[NodeRecord], events: Iterable[ev.Event], backward: int) -> Mapping[int, np.ndarray]:
    """The gradient that one backward pass brings to each leaf, as far as its parts are whole.

    Also where the pass accumulates nothing (`torch.autograd.grad`): it is read where gradients leave the other nodes.
    """
    found: dict[int, np.ndarray] = {}
    for event in events:
        if not isinstance(event, ev.Vjp) or event.backward != backward:
            continue
        for edge, departure in zip(nodes[event.node].edges, event.departures, strict=False):
            leaf = None if edge is None else nodes[edge.node].variable
            if leaf is not None and departure is not None and departure.grad.array is not None:
                before = found.get(leaf)
                found[leaf] = departure.grad.array if before is None else before + departure.grad.array
    return found
