"""What a reader may be asked to predict at a backward step, and the exact answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from vizgrad.explain.explanation import Explanation, Term
from vizgrad.trace import Accumulate, Trace, Value, Vjp
from vizgrad.trace.events import Event

MOST = 16
"""Gradients of up to this many elements are asked for themselves, larger ones for their shape: nobody types more."""


def questions(event: Event, said: Explanation, trace: Trace) -> list[dict[str, Any]]:
    """The questions at one step, in the order of the node's inputs; none where no gradient comes of it.

    Each has a `text`, the `shape` of the right answer and its elements in row order (`values`, None for a large one,
    of which the shape alone is asked). What JSON has no number for stands there as "nan", "inf" or "-inf".

    >>> from vizgrad.trace import Create
    >>> made = Create(tensor=0, op="ones", value=Value.of(1.0))
    >>> questions(made, Explanation("x is made."), Trace(engine="numpy", source="", tensors=(), nodes=(), events=()))
    []
    """
    return [
        {"text": text, "shape": list(value.shape), "values": values(value)}
        for text, value in _asked(event, said, trace)
        if np.dtype(value.array.dtype if value.array is not None else value.corner.dtype).kind == "f"
    ]


def _asked(event: Event, said: Explanation, trace: Trace) -> Iterator[tuple[str, Value]]:
    if isinstance(event, Accumulate):
        name = next((term.name for term in said.terms if term.kind == "accumulate"), "the leaf")
        what = f"What is {name}.grad after this step?" if is_short(event.after) else f"Which shape has {name}.grad?"
        yield what, event.after
    elif isinstance(event, Vjp):
        sent: dict[int | None, Term] = {term.slot: term for term in said.terms if term.kind == "rule"}
        goals = [term.name for term in sent.values()]
        node = trace.nodes[event.node].name
        for slot, departure in enumerate(event.departures):
            if departure is None or slot not in sent:
                continue
            goal = sent[slot].name
            if goals.count(goal) > 1:
                goal += f" as its input {slot + 1}"
            if is_short(departure.grad):
                yield f"What gradient does {node} send to {goal}?", departure.grad
            else:
                yield f"Which shape has the gradient that {node} sends to {goal}?", departure.grad


def is_short(value: Value) -> bool:
    """Whether a reader can be asked to type it."""
    return value.array is not None and value.size <= MOST


def values(value: Value) -> list[float | str] | None:
    """The elements in row order with as many digits as their dtype holds, or None where there are too many.

    >>> values(Value.of(np.float32(0.1))), values(Value.of([1.0, float("nan")])), values(Value.of(np.ones(100)))
    ([0.1], [1.0, 'nan'], None)
    """
    if value.array is None or value.size > MOST:
        return None
    # NumPy writes the shortest decimal that is this number in its dtype: float32's 0.1 is no 0.10000000149011612 here.
    return [float(str(x)) if np.isfinite(x) else str(x) for x in value.array.ravel()]
