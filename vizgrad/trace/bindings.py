"""What the program calls its tensors, and which it asks gradients for later, gathered once for all scenes of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from . import events as ev


class Named(NamedTuple):
    """A name that a tensor got, and the event at which it did."""

    event: int
    name: str


class Bindings(NamedTuple):
    """The `first` name of each tensor that has one, and all `names` that the program gives to tensors.

    `required` are the events at which requires_grad was first switched on after a tensor's birth.
    """

    first: Mapping[int, Named]
    names: frozenset[str]
    required: Mapping[int, int]


def bindings_of(events: Iterable[ev.Event]) -> Bindings:
    """Reads the names from a run's events.

    >>> bindings_of([ev.Bind(name="x", tensor=0), ev.Bind(name="y", tensor=0)]).first
    {0: Named(event=0, name='x')}
    """
    first: dict[int, Named] = {}
    names = set()
    required: dict[int, int] = {}
    for i, event in enumerate(events):
        if isinstance(event, ev.Bind):
            names.add(event.name)
            if event.tensor is not None:
                first.setdefault(event.tensor, Named(i, event.name))
        elif isinstance(event, ev.RequiresGrad) and event.requires_grad:
            required.setdefault(event.tensor, i)
    return Bindings(first, frozenset(names), required)
