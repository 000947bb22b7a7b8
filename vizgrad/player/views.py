"""What a picture shows, and how it changes from step to step, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from vizgrad.contained import Faults
from vizgrad.draw.model.appearance import Look, changes
from vizgrad.draw.model.drawing import Detail, Direction, Drawing, drawing
from vizgrad.trace import Scene, Trace

from .legend import entries
from .pictures import UNDRAWN, Pictures
from .text_table import Words

TURNED = 40
"""Pictures of up to this many boxes come in both directions."""


def view(
    trace: Trace, scene: Scene, detail: Detail, direction: Direction, words: Words, pictures: Pictures, faults: Faults
) -> dict[str, Any]:
    """A scene's picture at one detail: what it shows, and how that changes from step to step.

    Where it cannot be drawn, `svg` is None and `problem` says why.
    """
    try:
        return _view(drawing(trace, scene, detail, direction), trace, scene, words, pictures, faults)
    except Exception:
        faults.note(f"drawing scene {scene.index + 1}")
        nothing: dict[str, Any] = {"svg": None, "turned": None, "problem": UNDRAWN, "elements": [], "maps": {}}
        still: list[list[int]] = [[] for _ in range(len(scene.steps) + 1)]
        return nothing | {"looks": [], "texts": [], "changes": still, "legend": []}


def _view(
    plan: Drawing, trace: Trace, scene: Scene, words: Words, pictures: Pictures, faults: Faults
) -> dict[str, Any]:
    walk = list(_walk(plan, trace, scene, faults))
    elements, table, told = _changes(walk)
    places = {element: place for place, element in enumerate(elements)}
    texts: dict[str, int] = {}
    picture, problem = pictures.picture(plan, places, words)
    turned = None
    if picture is not None and len(plan.boxes) <= TURNED:
        # The same boxes the other way round, for a phone held upright or a wide screen.
        other = replace(plan, direction="LR" if plan.direction == "TB" else "TB")
        turned, _ = pictures.picture(other, places, words)
    names = [name for look in table for name in look.classes]
    return {
        "svg": picture,
        "turned": turned,
        "problem": problem,
        "elements": elements,
        "maps": {places[box.id]: box.maps for box in plan.boxes if any(box.maps)},
        "looks": [
            [texts.setdefault(text, len(texts)) for text in (" ".join(look.classes), *look.texts)] for look in table
        ],
        "texts": list(texts),
        "changes": told,
        "legend": faults.attempt("the legend", lambda: entries(plan, names), []),
    }


def _walk(plan: Drawing, trace: Trace, scene: Scene, faults: Faults) -> Iterator[dict[str, Look]]:
    """What each step changes; after a fault in the walk itself nothing does any more."""
    left = len(scene.steps) + 1
    try:
        for changed in changes(plan, trace, scene):
            yield changed
            left -= 1
    except Exception:
        if left > len(scene.steps):
            raise
        faults.note(f"the looks of scene {scene.index + 1}")
    yield from ({} for _ in range(left))


def _changes(walk: Iterable[dict[str, Look]]) -> tuple[list[str], list[Look], list[list[int]]]:
    """The elements, the looks, and for each step what looks different from then on (element, look, element, look …)."""
    places: dict[str, int] = {}
    table: dict[Look, int] = {}
    told = [
        [
            place
            for element, look in changed.items()
            for place in (places.setdefault(element, len(places)), table.setdefault(look, len(table)))
        ]
        for changed in walk
    ]
    return list(places), list(table), told
