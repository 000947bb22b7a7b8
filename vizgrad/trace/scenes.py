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
class Gap:
    """What an excerpt leaves out: `trace.events[start:stop]`, which are so many `steps`, before its step `number`."""

    start: int
    stop: int
    number: int
    steps: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One forward phase with the backward passes that follow it: `trace.events[start:stop]`.

    `tensors` and `nodes` are what its events touch, in order of id. `light` is None where all of it was recorded; else
    it is all that was kept of the scene, or of what came after its steps. `gaps` is what an excerpt of it leaves out:
    its `steps` and `nodes` are those of the rest.
    """

    index: int
    start: int
    stop: int
    steps: tuple[Step, ...]
    tensors: tuple[int, ...]
    nodes: tuple[int, ...]
    light: ev.Light | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the record holds all of its events."""
        return self.light is None

    def places(self) -> Iterator[int]:
        """The places of its events, but for those in gaps."""
        start = self.start
        for gap in self.gaps:
            yield from range(start, gap.start)
            start = gap.stop
        yield from range(start, self.stop)

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
    bounds = [0, *Borders().advance(events), len(events)]
    return tuple(_scene(i, a, b, events) for i, (a, b) in enumerate(pairwise(bounds)))


class Borders:
    """Where the scenes of a growing record begin.

    `advance` may be called whenever no backward pass runs, each time with the whole record so far.

    >>> from .values import Value
    >>> Borders().advance([ev.Print(text="1"), ev.Light(), ev.Print(text="2"), ev.Light()])
    [1, 3]
    """

    def __init__(self) -> None:
        self._intermediates: set[int] = set()
        self._backward_seen = False
        self._fresh = 0  # the first of the newest unbroken run of creations
        self._done = 0

    def advance(self, events: Sequence[ev.Event]) -> list[int]:
        """The places of the first events of the scenes, but the first scene, that begin in what is new."""
        start, self._done = self._done, len(events)
        new = events[start:]
        ends = {e.backward: i for i, e in enumerate(new, start) if isinstance(e, ev.Vjp | ev.Accumulate)}
        end = -1  # of the newest backward pass: what create_graph computes inside of it stays with it
        found = []
        for i, event in enumerate(new, start):
            match event:
                case ev.Forward(node=int()) | ev.Inplace(node=int()):
                    used = {o.tensor for o in event.inputs}
                    if self._backward_seen and i > end and not used & self._intermediates:
                        found.append(self._fresh)
                        self._intermediates, self._backward_seen = set(), False
                    made = event.outputs if isinstance(event, ev.Forward) else (s.tensor for s in event.seen)
                    self._intermediates.update(made)
                case ev.Backward(number=number):
                    self._backward_seen, end = True, ends.get(number, i)
                case ev.Light(is_rest=False):
                    if i:
                        found.append(i)
                    self._intermediates, self._backward_seen = set(), bool(event.losses)
                case ev.Light():
                    self._backward_seen |= bool(event.losses)
            if not isinstance(event, ev.Create | ev.Bind | ev.Print | ev.Mode):
                self._fresh = i + 1
            elif not isinstance(event, ev.Create) and self._fresh == i:
                self._fresh = i + 1  # a scene begins with a creation or with the operation itself
        return found


def _scene(index: int, start: int, stop: int, events: Sequence[ev.Event]) -> Scene:
    light = next((i for i in range(start, stop) if isinstance(events[i], ev.Light)), None)
    whole = stop if light is None else light  # up to there
    stops = [i for i in range(start, whole) if events[i].is_step]
    ends = [*stops[1:], whole]
    steps = tuple(
        Step(index, number, i, end, events[i].kind)
        for number, (i, end) in enumerate(zip(stops, ends, strict=False), start=1)
    )
    tensors: set[int] = set()
    nodes: set[int] = set()
    for event in events[start:whole]:
        touched(event, tensors, nodes)
    summary = None if light is None else events[light]
    assert summary is None or isinstance(summary, ev.Light)
    return Scene(index, start, stop, steps, tuple(sorted(tensors)), tuple(sorted(nodes)), summary)


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
