"""What the steps of a scene need to know of what went before them, gathered in one walk."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import NamedTuple

from vizgrad.trace import (
    Accumulate,
    Backward,
    Contribution,
    Forward,
    Inplace,
    Operand,
    RequiresGrad,
    Scene,
    SetGrad,
    State,
    Trace,
    Value,
    Vjp,
)


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


class History:
    """What happened up to the end of one scene, by event, node and backward pass.

    `made[i]` is told for the event number i of every operation, `of_node[node]` the same by node; `grads_before[i]`
    the `.grad` that a SetGrad found; `makers[tensor]` the nodes that made the tensor, in order (several after
    operations in place), `asked[tensor]` the event at which `requires_grad` was first set after its birth.
    `visits[backward, node]` is the event at which a node ran, `arriving[backward, node, nr]` how many gradients its
    output got, `backwards` the passes by number, `begun` the events at which they began.
    """

    def __init__(self, trace: Trace, scene: Scene) -> None:
        self.made: dict[int, Made] = {}
        self.of_node: dict[int, Made] = {}
        self.grads_before: dict[int, Value | None] = {}
        self.makers: dict[int, list[Maker]] = defaultdict(list)
        self.asked: dict[int, int] = {}
        self.visits: dict[tuple[int, int], int] = {}
        self.arriving: dict[tuple[int, int, int], int] = defaultdict(int)
        self.backwards: dict[int, Backward] = {}
        self.begun: list[int] = []
        self._ready: dict[tuple[int, int], int] = {}
        self._passes: dict[int, list[int]] = defaultdict(list)
        self._position: dict[tuple[int, int], int] = {}
        self._sorted: dict[int, list[int]] = {}
        self._walk(trace, scene)

    def _walk(self, trace: Trace, scene: Scene) -> None:
        state = State(trace.tensors, trace.nodes)
        for i, event in enumerate(trace.events[: scene.stop]):
            match event:
                case Forward() | Inplace():
                    self._make(i, event, state)
                case Backward():
                    self.backwards[event.number] = event
                    self.begun.append(i)
                    for root in event.roots:
                        if (source := state.grad_fn.get(root)) is not None:
                            self.arriving[event.number, *source] += 1
                case Vjp():
                    self._visit(i, event.backward, event.node, [c for a in event.arrivals for c in a.contributions])
                    for edge, departure in zip(trace.nodes[event.node].edges, event.departures, strict=False):
                        if edge is not None and departure is not None:
                            self.arriving[event.backward, edge.node, edge.input_nr] += 1
                case Accumulate(node=int(node)):
                    self._visit(i, event.backward, node, list(event.contributions))
                case RequiresGrad():
                    self.asked.setdefault(event.tensor, i)
                case SetGrad():
                    self.grads_before[i] = state.grads.get(event.tensor)
            state.apply(event)

    def _make(self, i: int, event: Forward | Inplace, state: State) -> None:
        operands = tuple(None if o.tensor is None else state.values.get(o.tensor) for o in event.inputs)
        if isinstance(event, Forward):
            made = Made(i, event, operands, event.outputs, event.values)
            for tensor in event.outputs:
                self.makers[tensor].append(Maker(event.node, 0, i))
        else:
            own = event.seen[0]
            made = Made(i, event, operands, (own.tensor,), (own.value,))
            for seen in event.seen:
                if not self.makers[seen.tensor]:  # a leaf, or made before what was recorded
                    self.makers[seen.tensor].append(Maker(None, state.versions.get(seen.tensor, 0), -1))
                self.makers[seen.tensor].append(Maker(seen.node, seen.version, i))
                if seen.node is not None and seen.node != event.node:
                    self.of_node.setdefault(seen.node, Made(i, event, operands, (seen.tensor,), (seen.value,)))
        self.made[i] = made
        if event.node is not None:
            self.of_node[event.node] = made

    def _visit(self, i: int, backward: int, node: int, contributions: list[Contribution]) -> None:
        self.visits[backward, node] = i
        self._position[backward, node] = len(self._passes[backward])
        self._passes[backward].append(node)
        sources = [self.visits.get((backward, c.node), -1) for c in contributions if c.node is not None]
        self._ready[backward, node] = max(sources, default=-1)

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
