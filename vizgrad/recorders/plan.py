"""Which scenes of a run are recorded whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

FIRST = 1000
"""Events after which the scenes that follow are recorded lightly; programs that a blackboard holds have fewer."""
MOST = 60_000
"""Events of one scene that are recorded; what comes after them is left out."""
ELEMENTS = 6_000_000
"""Elements of all operations' results in one scene that are recorded."""


def _unknown(scene: int) -> int | None:
    return None


@dataclass(frozen=True)
class Plan:
    """The first scenes, up to `first` events, are recorded whole, and so is scene `wanted` (-1: the last).

    Which one will be the last is asked of `forecast`, which is given the number of a scene that begins, and says None
    where it cannot know. Of one scene no more than `most` events, or results of `elements` elements, are
    kept.

    >>> Plan().wanted, EVERYTHING.first > FIRST
    (-1, True)
    """

    wanted: int = -1
    first: int = FIRST
    most: int = MOST
    elements: int = ELEMENTS
    forecast: Callable[[int], int | None] = field(default=_unknown)


ENDLESS = 1 << 62
EVERYTHING = Plan(first=ENDLESS, most=ENDLESS, elements=ENDLESS)
"""Nothing is left out."""
