"""The beginning and the end of a scene that is too long to be shown whole."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from . import events as ev
from .scenes import Gap, Scene, Step, touched

MOST = 2_000
"""Steps of a scene that is shown whole."""
ENDS = 300
"""Steps that are shown of a longer one: so many from its beginning and so many to its end."""
TURN = 100
"""Steps that are shown before and after its first backward pass begins."""


def excerpt(events: Sequence[ev.Event], scene: Scene) -> Scene:
    """The scene, or of one with very many steps the first, the last, and those where it turns backward.

    Its `gaps` say what lies between them.

    >>> excerpt((), Scene(0, 0, 0, (), (), ())).gaps
    ()
    """
    count = len(scene.steps)
    if count <= MOST:
        return scene
    kept = set(range(ENDS)) | set(range(count - ENDS, count))
    turn = next((n for n, step in enumerate(scene.steps) if step.kind == "backward"), None)
    if turn is not None:
        kept |= set(range(max(0, turn - TURN), min(count, turn + TURN)))
    steps: list[Step] = []
    gaps: list[Gap] = []
    nodes: set[int] = set()
    tensors: set[int] = set()
    last = -1
    for place in sorted(kept):
        step = scene.steps[place]
        if place > last + 1:
            gaps.append(Gap(scene.steps[last].stop, step.event, len(steps) + 1, place - last - 1))
        steps.append(replace(step, number=len(steps) + 1))
        for event in events[step.event : step.stop]:
            touched(event, tensors, nodes)
        last = place
    return replace(scene, steps=tuple(steps), nodes=tuple(sorted(nodes)), gaps=tuple(gaps))


def number_in(shown: Scene, scene: Scene, number: int) -> int:
    """The number that a step of a scene has in its excerpt; in a gap, that of the step before it."""
    return bisect_right([step.stop for step in shown.steps], scene.events_at(number)) if shown.gaps else number
