"""What the steps of a scene need to know of what went before them, gathered in one walk through the events."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from types import EllipsisType
from typing import NamedTuple

from vizgrad.trace import (
    Accumulate,
    Backward,
    Contribution,
    Create,
    Forward,
    Inplace,
    Operand,
    RequiresGrad,
    Resume,
    Scene,
    SetGrad,
    Trace,
    Value,
    Vjp,
)
from vizgrad.trace.events import Event, Seen

from ..contained import Faults


class Made(NamedTuple):
    """How a node came to be: its event with its number, and its operands' and outputs' values at that moment."""

    place: int
    event: Forward | Inplace
    operands: tuple[Value | None, ...]
    outputs: tuple[int, ...]
    values: tuple[Value, ...]

    @property
    def inputs(self) -> tuple[Operand, ...]:
        """The operation's arguments."""
        return self.event.inputs


class Maker(NamedTuple):
    """Which node made a tensor what it is, the tensor's version from then on, and the event at which it did."""

    node: int | None
    version: int
    event: int


class Changes:
    """What operations in place made of one tensor, in order."""

    def __init__(self, birth: Maker) -> None:
        self.makers = [birth]
        self.by_node = {birth.node: birth}
        self.is_tracked = False  # whether autograd saw one of them

    def add(self, maker: Maker) -> None:
        """One more change."""
        self.makers.append(maker)
        self.by_node.setdefault(maker.node, maker)
        self.is_tracked |= maker.node is not None

    def before(self, event: int) -> Maker | None:
        """What had made it what it was before an event; None if nothing had."""
        place = bisect_left(self.makers, event, key=lambda maker: maker.event)
        return self.makers[place - 1] if place else None


class History:
    """What happened in a run up to some event, by event, node and backward pass.

    `asked[tensor]` is the event at which `requires_grad` was first set after a tensor's birth, `grads_before[i]` the
    `.grad` that the SetGrad at event i found. `visits[backward, node]` is the event at which a node ran,
    `arriving[backward, node, nr]` how many gradients its output got, `backwards` the passes by number, `begun` the
    events at which they began. `advance` moves it on: scenes that are explained in their order can share one.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._faults = Faults()
        self.stop = 0
        self.asked: dict[int, int] = {}
        self.grads_before: dict[int, Value | None] = {}
        self.visits: dict[tuple[int, int], int] = {}
        self.arriving: dict[tuple[int, int, int], int] = defaultdict(int)
        self.backwards: dict[int, Backward] = {}
        self.begun: list[int] = []
        self._born: dict[int, tuple[int, Value]] = {}  # at which event, None: in a creation
        self._written: dict[int, list[tuple[int, Value, int]]] = defaultdict(list)  # event, value, version
        self._changes: dict[int, Changes] = {}
        self._sources: dict[int, tuple[int, int] | None] = {}  # the grad_fn of tensors that were changed
        self._nodes: dict[int, tuple[int, Seen | None]] = {}
        self._grads: dict[int, Value] = {}
        self._ready: dict[tuple[int, int], int] = {}
        self._passes: dict[int, list[int]] = defaultdict(list)
        self._position: dict[tuple[int, int], int] = {}
        self._sorted: dict[int, list[int]] = {}

    @classmethod
    def of(cls, trace: Trace, scene: Scene) -> History:
        """All that the steps of a scene may need to know."""
        history = cls(trace)
        history.advance(end_of(trace, scene))
        return history

    def advance(self, stop: int) -> None:
        """Goes on up to event `stop`; never back."""
        if stop <= self.stop:
            return
        self._sorted.clear()
        for i, event in enumerate(self._trace.events[self.stop : stop], self.stop):
            try:
                self._meet(i, event)
            except Exception:  # what is said of this event may lack something; the others stand
                self._faults.note(f"event {i} ({event.kind}) has no history")
        self.stop = stop

    def _meet(self, i: int, event: Event) -> None:
        match event:
            case Create():
                self._born[event.tensor] = i, event.value
            case Forward():
                for tensor, value in zip(event.outputs, event.values, strict=True):
                    self._born[tensor] = i, value
                if event.node is not None:
                    self._nodes[event.node] = i, None
            case Inplace():
                self._change(i, event)
            case Resume():
                for seen in event.seen:
                    self._write(i, seen)
                for grad in event.grads:
                    self._grad(grad.tensor, grad.value)
            case Backward():
                self.backwards[event.number] = event
                self.begun.append(i)
                for root in event.roots:
                    if (source := self._source(root)) is not None:
                        self.arriving[event.number, *source] += 1
            case Vjp():
                self._visit(i, event.backward, event.node, [c for a in event.arrivals for c in a.contributions])
                for edge, departure in zip(self._trace.nodes[event.node].edges, event.departures, strict=False):
                    if edge is not None and departure is not None:
                        self.arriving[event.backward, edge.node, edge.input_nr] += 1
            case Accumulate():
                if event.node is not None:
                    self._visit(i, event.backward, event.node, list(event.contributions))
                self._grads[event.tensor] = event.after
            case RequiresGrad():
                self.asked.setdefault(event.tensor, i)
            case SetGrad():
                self.grads_before[i] = self._grads.get(event.tensor)
                self._grad(event.tensor, event.grad)

    def _grad(self, tensor: int, grad: Value | None) -> None:
        if grad is None:
            self._grads.pop(tensor, None)
        else:
            self._grads[tensor] = grad

    def _change(self, i: int, event: Inplace) -> None:
        for seen in event.seen:
            changes = self._changes.get(seen.tensor)
            if changes is None:
                changes = self._changes[seen.tensor] = Changes(self._birth(seen.tensor))
            changes.add(Maker(seen.node, seen.version, i))
            if seen.node is not None and seen.node != event.node:
                self._nodes.setdefault(seen.node, (i, seen))
        for seen in event.seen:
            self._write(i, seen)
        if event.node is not None:
            self._nodes[event.node] = i, None

    def _birth(self, tensor: int) -> Maker:
        """How a tensor was before it was changed for the first time."""
        born = self._born.get(tensor)
        event = None if born is None else self._trace.events[born[0]]
        if born is not None and isinstance(event, Forward):
            return Maker(event.node, 0, born[0])
        written = self._written.get(tensor)  # a leaf, or made before what was recorded
        return Maker(None, written[-1][2] if written else 0, -1)

    def _write(self, i: int, seen: Seen) -> None:
        self._written[seen.tensor].append((i, seen.value, seen.version))
        self._sources[seen.tensor] = None if seen.node is None else (seen.node, seen.output_nr)

    def _source(self, tensor: int) -> tuple[int, int] | None:
        if tensor in self._sources:
            return self._sources[tensor]
        record = self._trace.tensors[tensor]
        return None if record.node is None or tensor not in self._born else (record.node, record.output_nr)

    def _visit(self, i: int, backward: int, node: int, contributions: list[Contribution]) -> None:
        self.visits[backward, node] = i
        self._position[backward, node] = len(self._passes[backward])
        self._passes[backward].append(node)
        sources = [self.visits.get((backward, c.node), -1) for c in contributions if c.node is not None]
        self._ready[backward, node] = max(sources, default=-1)

    # -- operations

    def made(self, place: int) -> Made:
        """The operation at an event."""
        event = self._trace.events[place]
        assert isinstance(event, Forward | Inplace)
        if isinstance(event, Forward):
            return Made(place, event, self._operands(place, event), event.outputs, event.values)
        own = event.seen[0]
        return Made(place, event, self._operands(place, event), (own.tensor,), (own.value,))

    def of_node(self, node: int) -> Made | None:
        """The operation that made a node, None if it was not recorded."""
        place, seen = self._nodes.get(node, (None, None))
        if place is None:
            return None
        made = self.made(place)
        return made if seen is None else made._replace(outputs=(seen.tensor,), values=(seen.value,))

    def outputs(self, node: int) -> tuple[int, ...]:
        """The tensors that a node made; none if that was not recorded."""
        place, seen = self._nodes.get(node, (None, None))
        if place is None:
            return ()
        if seen is not None:
            return (seen.tensor,)
        event = self._trace.events[place]
        assert isinstance(event, Forward | Inplace)
        return event.outputs if isinstance(event, Forward) else (event.seen[0].tensor,)

    def _operands(self, place: int, event: Forward | Inplace) -> tuple[Value | None, ...]:
        return tuple(None if o.tensor is None else self._value(o.tensor, place) for o in event.inputs)

    def _value(self, tensor: int, place: int) -> Value | None:
        """What a tensor held before an event."""
        written = self._written.get(tensor)
        if written:
            newest = bisect_left(written, place, key=lambda change: change[0])
            if newest:
                return written[newest - 1][1]
        born = self._born.get(tensor)
        return born[1] if born is not None and born[0] < place else None

    # -- versions

    def maker(self, tensor: int, at: int) -> int | None:
        """The node that had made the tensor what it was before event `at`; None for a leaf."""
        changes = self._changes.get(tensor)
        found = changes.before(at) if changes is not None else self._birth(tensor)
        return found.node if found is not None and found.event < at else None

    def version(self, tensor: int, node: int | EllipsisType | None, at: int | None) -> int | None:
        """The version of a tensor as `node` made it or as it was before event `at`; None where it needs no number."""
        changes = self._changes.get(tensor)
        if changes is None or not changes.is_tracked:
            return None  # only changes that autograd saw make two things of one name
        birth = changes.makers[0]
        if at is not None:
            return (changes.before(at) or birth).version
        return None if node is ... else changes.by_node.get(node, birth).version

    # -- backward passes

    def backward_at(self, i: int) -> int | None:
        """The number of the newest backward pass that had begun at event `i`."""
        begun = bisect_left(self.begun, i)
        return begun - 1 if begun else None

    def ready(self, backward: int, node: int) -> int:
        """How many nodes had their whole gradient, and had not run, when `node` ran; `node` is one of them."""
        if backward not in self._sorted:
            self._sorted[backward] = sorted(self._ready[backward, n] for n in self._passes[backward])
        arrived = bisect_left(self._sorted[backward], self.visits[backward, node])
        return arrived - self._position[backward, node]


def end_of(trace: Trace, scene: Scene) -> int:
    """Where the history ends that a scene is explained with: with the scene or, for a part of one, with the whole."""
    place = bisect_left(trace.scenes, scene.stop, key=lambda whole: whole.stop)
    return trace.scenes[place].stop if place < len(trace.scenes) else scene.stop
