"""A program looked at in many places: along one element of its leaves, or over two."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, isfinite, log10
from typing import NamedTuple

import numpy as np

from ...present.request import NotPresented
from ...program.outcome import Elements, Leaf, Outcome, moved
from ...program.overrides import WhatIf
from ..runs import answers

POINTS = 33
"""Points of a curve."""

GRID = 17
"""Points along each side of a surface."""

TOO_SLOW = "The program takes too long to be run again and again."


class Spot(NamedTuple):
    """One element of a leaf: its place among all of them, and what it is called."""

    leaf: Leaf
    place: int
    label: str

    def now(self, elements: Elements) -> float:
        """What it is, among elements that were changed."""
        return elements.get(self.leaf.tensor, self.leaf.elements)[self.place]


Numbers = tuple[float, ...]


def span(value: float) -> tuple[float, float, float]:
    """How far a slider goes around the program's own number, and its step: a round one.

    >>> span(1.0)
    (-2.0, 4.0, 0.05)
    """
    reach = 3 * max(abs(value), 1.0) if isfinite(value) else 3.0
    centre = value if isfinite(value) else 0.0
    step = 5 * 10.0 ** floor(log10(reach / 50))
    if reach / step > 100:
        step *= 2
    return centre - reach, centre + reach, step


def coarse_to_fine(count: int) -> Iterator[range]:
    """The places 0, 1, …, count - 1 in ever finer selections, each of which holds the one before.

    >>> [list(places) for places in coarse_to_fine(5)]
    [[0, 4], [0, 2, 4], [0, 1, 2, 3, 4]]
    """
    stride = count - 1
    while stride > 1:
        yield range(0, count, stride)
        stride = stride // 2 if stride % 2 == 0 else 1
    yield range(count)


def without(now: Elements, *spots: Spot) -> Elements:
    """The changed elements, but those at `spots`: a curve is the same wherever they are."""
    elements = dict(now)
    for leaf, place, _ in spots:
        if leaf.tensor in elements:
            own = list(elements[leaf.tensor])
            own[place] = leaf.elements[place]
            elements[leaf.tensor] = tuple(own)
            if tuple(own) == leaf.elements:
                del elements[leaf.tensor]
    return elements


def along(spot: Spot, count: int) -> Numbers:
    """So many points on the whole way of the element's slider."""
    return tuple(np.linspace(*span(spot.leaf.elements[spot.place])[:2], count).tolist())


def curve(source: str, engine: str, now: Elements, spot: Spot) -> tuple[Numbers, Numbers, Numbers]:
    """Where an element was looked at: in `POINTS` places, or in fewer where a run takes long.

    With the scalar there, and autograd's derivative; NaN where the program gives none. Raises NotPresented.
    """
    elements, at = without(now, spot), along(spot, POINTS)
    order = list(dict.fromkeys(i for places in coarse_to_fine(POINTS) for i in places))
    points = [WhatIf.of(moved(spot.leaf, elements, spot.place, at[i])) for i in order]
    found = answers.sampled(source, engine, points).found
    if len(found) < 2:
        raise NotPresented(TOO_SLOW)
    done = dict(zip(order, found, strict=False))
    kept = sorted(done)
    slopes = tuple(slope(done[i], spot.leaf, spot.place) for i in kept)
    return tuple(at[i] for i in kept), tuple(value(done[i]) for i in kept), slopes


def surface(
    source: str, engine: str, now: Elements, first: Spot, second: Spot
) -> tuple[Numbers, Numbers, tuple[Numbers, ...]]:
    """Where two elements were looked at, on a grid of `GRID` places each way, or of fewer where a run takes long.

    With the scalar there, a row for each place of the second. Raises NotPresented.
    """
    elements, x, y = without(now, first, second), along(first, GRID), along(second, GRID)
    levels = list(coarse_to_fine(GRID))
    order = list(dict.fromkeys((j, i) for places in levels for j in places for i in places))
    points = [
        WhatIf.of(moved(first.leaf, moved(second.leaf, elements, second.place, y[j]), first.place, x[i]))
        for j, i in order
    ]
    found = answers.sampled(source, engine, points).found
    done = dict(zip(order, found, strict=False))
    places = next((one for one in reversed(levels) if len(one) ** 2 <= len(found)), None)  # what is whole by now
    if places is None:
        raise NotPresented(TOO_SLOW)
    heights = tuple(tuple(value(done[j, i]) for i in places) for j in places)
    return tuple(x[i] for i in places), tuple(y[j] for j in places), heights


def value(found: Outcome | None) -> float:
    """The scalar of a run; NaN where it came to none."""
    return float("nan") if found is None else found.value


def slope(found: Outcome | None, leaf: Leaf, place: int) -> float:
    """The derivative by one element; NaN where there is none."""
    gradient = () if found is None else found.gradients.get(leaf.tensor, ())
    return gradient[place] if place < len(gradient) else float("nan")
