"""The events cut into steps, at which a reader stops, and scenes, which share one picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from . import events as ev


@dataclass(frozen=True, slots=True)
class Step:
    """A stop: `number` counts from 1 within the scene; `event` is its place in `trace.events`.

    `trace.at(step.stop)` is the stage after it, with the silent events that belong to it (names bound, saved
    tensors freed, text printed).
    """

    scene: int
    number: int
    event: int
    stop: int
    kind: str


@dataclass(frozen=True, slots=True)
class Scene:
    """One forward phase with the backward passes that follow it: `trace.events[start:stop]`.

    `tensors` and `nodes` are what its events touch, in order of id.
    """

    index: int
    start: int
    stop: int
    steps: tuple[Step, ...]
    tensors: tuple[int, ...]
    nodes: tuple[int, ...]

    def events_at(self, number: int) -> int:
        """How many events `trace.at` must fold to show step `number`; 0 is the empty stage.

        Raises IndexError for a step the scene does not have.
        """
        if not 0 <= number <= len(self.steps):
            raise IndexError(f"step {number} of a scene with {len(self.steps)} steps")
        return self.steps[number - 1].stop if number else self.start


def scenes_of(events: Sequence[ev.Event]) -> tuple[Scene, ...]:
    """Partitions events into scenes; a run without events is one empty scene.

    A scene ends before the first tracked operation that comes after a backward pass and uses none of the scene's
    own intermediate tensors, so a loop's iterations are scenes of their own, while two backward passes over one graph,
    or a gradient penalty, stay together. Tensors made just for that operation go with it.
    """
    bounds = [0, *_cuts(events), len(events)]
    return tuple(_scene(i, a, b, events) for i, (a, b) in enumerate(pairwise(bounds)))


def _cuts(events: Sequence[ev.Event]) -> Iterator[int]:
    intermediates: set[int] = set()
    backward_seen = False
    fresh = 0  # the first of the newest unbroken run of creations
    ends = {e.backward: i for i, e in enumerate(events) if isinstance(e, ev.Vjp | ev.Accumulate)}
    end = -1  # of the newest backward pass: what create_graph computes inside of it stays with it
    for i, event in enumerate(events):
        match event:
            case ev.Forward(node=int()) | ev.Inplace(node=int()):
                used = {o.tensor for o in event.inputs}
                if backward_seen and i > end and not used & intermediates:
                    yield fresh
                    intermediates, backward_seen = set(), False
                intermediates.update(event.outputs if isinstance(event, ev.Forward) else (s.tensor for s in event.seen))
            case ev.Backward(number=number):
                backward_seen, end = True, ends.get(number, i)
        if not isinstance(event, ev.Create | ev.Bind | ev.Print | ev.Mode):
            fresh = i + 1
        elif not isinstance(event, ev.Create) and fresh == i:
            fresh = i + 1  # a scene begins with a creation or with the operation itself


def _scene(index: int, start: int, stop: int, events: Sequence[ev.Event]) -> Scene:
    stops = [i for i in range(start, stop) if events[i].is_step]
    ends = [*stops[1:], stop]
    steps = tuple(
        Step(index, number, i, end, events[i].kind)
        for number, (i, end) in enumerate(zip(stops, ends, strict=False), start=1)
    )
    tensors: set[int] = set()
    nodes: set[int] = set()
    for event in events[start:stop]:
        touched(event, tensors, nodes)
    return Scene(index, start, stop, steps, tuple(sorted(tensors)), tuple(sorted(nodes)))


def touched(event: ev.Event, tensors: set[int], nodes: set[int]) -> None:
    """Adds the tensors and nodes that one event is about to the two sets."""
    match event:
        case ev.Create(tensor=tensor) | ev.SetGrad(tensor=tensor) | ev.RequiresGrad(tensor=tensor):
            tensors.add(tensor)
        case ev.Forward() | ev.Inplace():
            tensors.update(o.tensor for o in event.inputs if o.tensor is not None)
            tensors.update(event.outputs if isinstance(event, ev.Forward) else (s.tensor for s in event.seen))
            if event.node is not None:
                nodes.add(event.node)
        case ev.Backward():
            tensors.update(event.roots)
        case ev.Vjp(node=node):
            nodes.add(node)
        case ev.Accumulate():
            tensors.add(event.tensor)
            if event.node is not None:
                nodes.add(event.node)
        case ev.Hook():
            if event.tensor is not None:
                tensors.add(event.tensor)
