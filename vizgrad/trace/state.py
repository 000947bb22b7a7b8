"""The stage at one moment: what the events up to there add up to."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, fields

from . import events as ev
from .records import NodeRecord, Span, TensorRecord
from .values import Value


@dataclass(slots=True)
class State:
    """Everything that draw, explain, plots and the player may know of one moment.

    Tensors and nodes are their ids. `values`, `versions` and `grad_fn` hold every tensor made so far, `grads` those
    whose `.grad` is not None; `names` is the program's variables. `nodes` holds every node made so far as "made"
    or "visited" (in the newest backward pass); `freed` those whose saved tensors are gone. `flowing[node, nr]` is the
    gradient that arrived for a node's output, `edges[node, slot]` the one that left for its input; `reached` are the
    leaves to which the newest backward pass has come, `sums` the newest event of each AccumulateGrad.
    """

    tensors: tuple[TensorRecord, ...]
    node_records: tuple[NodeRecord, ...]
    values: dict[int, Value] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    grad_fn: dict[int, tuple[int, int] | None] = field(default_factory=dict)
    requires_grad: dict[int, bool] = field(default_factory=dict)
    grads: dict[int, Value] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    nodes: dict[int, str] = field(default_factory=dict)
    freed: set[int] = field(default_factory=set)
    flowing: dict[tuple[int, int], Value] = field(default_factory=dict)
    edges: dict[tuple[int, int], Value] = field(default_factory=dict)
    reached: set[int] = field(default_factory=set)
    sums: dict[int, ev.Accumulate] = field(default_factory=dict)
    backward: ev.Backward | None = None
    modes: list[str] = field(default_factory=list)
    span: Span | None = None
    printed: list[str] = field(default_factory=list)
    warnings: list[ev.Warned] = field(default_factory=list)
    error: ev.Fault | None = None
    events: int = 0

    def copy(self) -> State:
        """The same stage, which moves on by itself."""
        found = copy(self)
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, dict | list | set):
                setattr(found, each.name, value.copy())
        return found

    @property
    def stdout(self) -> str:
        """What has been printed so far."""
        return "".join(self.printed)

    @property
    def grad_enabled(self) -> bool:
        """Whether operations are tracked at this moment."""
        return not self.modes or self.modes[-1] == "enable_grad"

    def is_leaf(self, tensor: int) -> bool:
        """Whether `tensor` is a leaf now (an in-place operation can make it another's result)."""
        return self.grad_fn.get(tensor) is None

    def gradient(self, tensor: int) -> Value | None:
        """The gradient that flows for `tensor` in the newest backward pass, or None if none has arrived yet."""
        source = self.grad_fn.get(tensor)
        return None if source is None else self.flowing.get(source)

    def apply(self, event: ev.Event) -> None:  # noqa: C901 - one short case for each kind of event
        """Moves on by one event."""
        match event:
            case ev.Create():
                self._born(event.tensor, event.value)
            case ev.Forward():
                if event.node is not None:
                    self.nodes[event.node] = "made"
                for tensor, value in zip(event.outputs, event.values, strict=True):
                    self._born(tensor, value)
            case ev.Inplace():
                if event.node is not None:
                    self.nodes[event.node] = "made"
                for seen in event.seen:
                    self.values[seen.tensor] = seen.value
                    self.versions[seen.tensor] = seen.version
                    self.grad_fn[seen.tensor] = None if seen.node is None else (seen.node, seen.output_nr)
                    if seen.node is not None:
                        self.nodes.setdefault(seen.node, "made")
                        self.requires_grad[seen.tensor] = True
            case ev.Bind(name=name, tensor=tensor):
                if tensor is None:
                    self.names.pop(name, None)
                else:
                    self.names[name] = tensor
            case ev.Mode(name=name, entered=entered):
                if entered:
                    self.modes.append(name)
                elif self.modes:
                    self.modes.pop()
            case ev.RequiresGrad():
                self.requires_grad[event.tensor] = event.requires_grad
            case ev.Backward():
                self.backward = event
                self.flowing.clear()
                self.edges.clear()
                self.reached.clear()
                self.nodes = dict.fromkeys(self.nodes, "made")
            case ev.Vjp():
                self._visit(event)
            case ev.Accumulate():
                if event.node is not None:
                    self.nodes[event.node] = "visited"
                    self.reached.add(event.tensor)
                    self.sums[event.node] = event
                    self.flowing[event.node, 0] = event.delta
                self.grads[event.tensor] = event.after
            case ev.Free(node=node):
                self.freed.add(node)
            case ev.Hook():
                if event.tensor is not None and event.after is not None and (at := self.grad_fn.get(event.tensor)):
                    self.flowing[at] = event.after
            case ev.SetGrad():
                if event.grad is None:
                    self.grads.pop(event.tensor, None)
                else:
                    self.grads[event.tensor] = event.grad
            case ev.Light():
                self.flowing.clear()
                self.edges.clear()
            case ev.Resume():
                self._resume(event)
            case ev.Print(text=text):
                self.printed.append(text)
            case ev.Warned():
                self.warnings.append(event)
            case ev.Fault():
                self.error = event
        if event.span is not None:
            self.span = event.span
        self.events += 1

    def _resume(self, event: ev.Resume) -> None:
        for seen in event.seen:
            self.values[seen.tensor] = seen.value
            self.versions[seen.tensor] = seen.version
            self.grad_fn[seen.tensor] = None if seen.node is None else (seen.node, seen.output_nr)
        for grad in event.grads:
            if grad.value is None:
                self.grads.pop(grad.tensor, None)
            else:
                self.grads[grad.tensor] = grad.value

    def _born(self, tensor: int, value: Value) -> None:
        record = self.tensors[tensor]
        self.values[tensor] = value
        self.versions[tensor] = 0
        self.grad_fn[tensor] = None if record.node is None else (record.node, record.output_nr)
        self.requires_grad[tensor] = record.requires_grad

    def _visit(self, event: ev.Vjp) -> None:
        self.nodes[event.node] = "visited"
        leaf = self.node_records[event.node].variable
        if leaf is not None:
            self.reached.add(leaf)
        for nr, arrival in enumerate(event.arrivals):
            if arrival.grad is not None:
                self.flowing[event.node, nr] = arrival.grad
        for slot, departure in enumerate(event.departures):
            if departure is not None:
                self.edges[event.node, slot] = departure.grad
