"""How the loss and the gradients went from scene to scene, in whole scenes and in light ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from . import events as ev
from .gradients import written
from .scenes import Scene
from .values import Value


@dataclass(frozen=True, slots=True)
class Point:
    """One scene: the values its backward passes started from, and the norms of the leaves' gradients they left.

    `norms` are told by tensor, after the scene's newest pass.
    """

    scene: int
    losses: tuple[Value, ...]
    norms: Mapping[int, float]


def course_of(events: Sequence[ev.Event], scenes: Sequence[Scene]) -> tuple[Point, ...]:
    """One point for each scene in which a backward pass ran."""
    points = (_point(events, scene) for scene in scenes)
    return tuple(point for point in points if point.losses)


def _point(events: Sequence[ev.Event], scene: Scene) -> Point:
    values: dict[int, Value] = {}
    losses: list[Value] = []
    norms: dict[int, float] = {}
    for event in events[scene.start : scene.stop]:
        values.update(written(event))
        match event:
            case ev.Backward():
                losses += [values[root] for root in event.roots if root in values]
            case ev.Accumulate(node=int()):
                norms[event.tensor] = event.after.norm
            case ev.Light():
                losses += event.losses
                norms.update((norm.tensor, norm.norm.norm) for norm in event.norms)
                break
    return Point(scene.index, tuple(losses), MappingProxyType(norms))


def omission(scenes: Sequence[Scene]) -> str | None:
    """What a record leaves out, in a sentence; None where it is whole."""
    light = [scene for scene in scenes if not scene.is_whole]
    if not light:
        return None
    cut = [f"scene {s.index + 1:,} up to its step {len(s.steps):,}" for s in light if s.light and s.light.is_rest]
    kept = [s.index + 1 for s in light if s.light and not s.light.is_rest]
    parts = []
    if kept:
        which = f"{len(kept):,} of the {len(scenes):,} scenes (number {_ranges(kept)})"
        parts.append(f"Of {which} only the loss and the gradients' norms are recorded.")
    if cut:
        parts.append(f"The record holds {', '.join(cut)}: what came after them was too much.")
    return " ".join(parts)


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers, runs of them told by their ends.

    >>> _ranges([3, 4, 5, 9])
    '3–5, 9'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("–".join(f"{n:,}" for n in run) for run in runs)
