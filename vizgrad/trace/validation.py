"""Is a record from outside one that a run could have made? What reads records may then trust it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING

import msgspec

from . import events as ev
from .records import Edge, NodeRecord, Span, TensorRecord
from .values import BINS, CORNER, WHOLE, Value

if TYPE_CHECKING:
    from .trace import Trace

SIZES = {
    "bool": 1, "uint8": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8,
    "float16": 2, "bfloat16": 4, "float32": 4, "float64": 8, "complex64": 8, "complex128": 16,
}  # fmt: skip
"""Bytes of one element as a record keeps it."""

MOST = 100_000
"""Tensors, nodes and events that a record may have of each."""

MOST_DIMENSIONS = 64
LARGEST = 2**53
"""Elements of a tensor: what a float still counts."""

FARTHEST = 10**7
"""Lines, columns and numbers of outputs and versions stay below."""

LONGEST = 10_000
"""Characters of a name, or of a plain value's text."""


class Unsound(ValueError):
    """A record that contradicts itself; the text says where."""


def check(trace: Trace) -> None:
    """Raises Unsound for a record that contradicts itself; what it returns from can be walked, drawn and explained.

    >>> from .trace import Trace
    >>> check(Trace(engine="numpy", source="", tensors=(), nodes=(), events=(ev.Free(node=3),)))
    Traceback (most recent call last):
    vizgrad.trace.validation.Unsound: event 1 (free) names node 3, which is not there
    """
    for what in ("tensors", "nodes", "events"):
        if len(getattr(trace, what)) > MOST:
            raise Unsound(f"it has {len(getattr(trace, what)):,} {what}; the limit is {MOST:,}")
    for place, tensor in enumerate(trace.tensors):
        _tensor(tensor, place, trace)
    for place, node in enumerate(trace.nodes):
        _node(node, place, trace)
    _no_circle("tensors", [() if t.base is None else (t.base,) for t in trace.tensors])
    _no_circle("nodes", [tuple(e.node for e in n.edges if e is not None) for n in trace.nodes])
    _Events(trace).check()


def _tensor(tensor: TensorRecord, place: int, trace: Trace) -> None:
    where = f"tensor {place}"
    _claim(tensor.id == place, f"{where} says that it is number {tensor.id}")
    _shape(tensor.shape, where)
    _claim(tensor.dtype in SIZES, f"{where} has the unknown dtype {tensor.dtype[:40]!r}")
    _in_range(where, "node", tensor.node, trace.nodes)
    _in_range(where, "tensor", tensor.base, trace.tensors)
    _claim(0 <= tensor.output_nr < FARTHEST, f"{where} is an impossible output")
    _span(tensor.span, where)


def _node(node: NodeRecord, place: int, trace: Trace) -> None:
    where = f"node {place}"
    _claim(node.id == place, f"{where} says that it is number {node.id}")
    _texts(where, node.name, node.op, node.module)
    _in_range(where, "tensor", node.variable, trace.tensors)
    for edge in node.edges:
        if isinstance(edge, Edge):
            _in_range(where, "node", edge.node, trace.nodes)
            _claim(0 <= edge.input_nr < FARTHEST, f"{where} has an impossible edge")
    for saved in node.saved:
        _in_range(where, "tensor", saved.tensor, trace.tensors)
        _texts(where, saved.name, saved.text)
    _span(node.span, where)


class _Events:
    """The events in their order: who is there by then, and what each of them says."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.born: set[int] = set()
        self.passes: set[int] = set()

    def check(self) -> None:
        for place, event in enumerate(self.trace.events, 1):
            self.where = f"event {place} ({event.kind})"
            _span(event.span, self.where)
            self.one(event)
            for value in _values(event):
                _value(value, self.where)

    def one(self, event: ev.Event) -> None:
        match event:
            case ev.Create():
                self.birth(event.tensor, event.value)
            case ev.Forward():
                self.called(event)
                _claim(len(event.outputs) == len(event.values), f"{self.where} has not one value for each output")
                for tensor, made in zip(event.outputs, event.values, strict=True):
                    self.birth(tensor, made)
            case ev.Inplace():
                self.called(event)
                self.there(event.tensor)
                _claim(
                    bool(event.seen) and event.seen[0].tensor == event.tensor,
                    f"{self.where} does not tell the tensor that it changes",
                )
                self.seen(event.seen)
            case ev.Backward():
                self.there(*event.roots)
                _claim(len(event.roots) == len(event.seeds), f"{self.where} has not one gradient for each root")
                for tensor in event.inputs:
                    _in_range(self.where, "tensor", tensor, self.trace.tensors)
                _claim(event.number == len(self.passes), f"{self.where} has another number than its place says")
                self.passes.add(event.number)
            case ev.Vjp():
                _claim(event.backward in self.passes, f"{self.where} belongs to no backward pass")
                self.node(event.node)
                edges = self.trace.nodes[event.node].edges
                _claim(len(event.departures) <= len(edges), f"{self.where} has more gradients than inputs")
                self.contributions(c for arrival in event.arrivals for c in arrival.contributions)
            case ev.Accumulate():
                _claim(event.backward in self.passes, f"{self.where} belongs to no backward pass")
                self.there(event.tensor)
                self.node(event.node)
                for value in (event.before, event.delta, event.after):
                    self.gradient(event.tensor, value)
                self.contributions(event.contributions)
            case ev.SetGrad():
                self.there(event.tensor)
            case ev.RequiresGrad():
                self.there(event.tensor)
            case ev.Bind():
                self.there(event.tensor)
                _texts(self.where, event.name)
            case ev.Hook():
                self.there(event.tensor)
                self.node(event.node)
                _texts(self.where, event.name)
            case ev.Free():
                self.node(event.node)
            case ev.Mode():
                _texts(self.where, event.name)
            case ev.Light():
                self.there(*(norm.tensor for norm in event.norms))
            case ev.Resume():
                self.seen(event.seen)
                self.there(*(grad.tensor for grad in event.grads))
            case ev.Fault():
                _texts(self.where, event.type)

    def called(self, event: ev.Forward | ev.Inplace) -> None:
        _texts(self.where, event.op)
        self.node(event.node)
        for operand in event.inputs:
            self.there(operand.tensor)
            _texts(self.where, operand.name, operand.text)

    def birth(self, tensor: int, value: Value) -> None:
        _in_range(self.where, "tensor", tensor, self.trace.tensors)
        record = self.trace.tensors[tensor]
        _claim(
            (value.shape, value.dtype) == (record.shape, record.dtype),
            f"{self.where} gives tensor {tensor} a value of another shape or dtype",
        )
        self.born.add(tensor)

    def seen(self, all_seen: Iterable[ev.Seen]) -> None:
        for seen in all_seen:
            self.there(seen.tensor)
            self.node(seen.node)
            _claim(0 <= seen.version < FARTHEST and 0 <= seen.output_nr < FARTHEST, f"{self.where} is impossible")

    def gradient(self, tensor: int, value: Value | None) -> None:
        shape = self.trace.tensors[tensor].shape
        _claim(
            value is None or prod(value.shape) == prod(shape),
            f"{self.where} gives tensor {tensor} a gradient of another size",
        )

    def contributions(self, given: Iterable[ev.Contribution]) -> None:
        for one in given:
            self.node(one.node)
            _claim(one.slot is None or 0 <= one.slot < FARTHEST, f"{self.where} names an impossible slot")

    def there(self, *tensors: int | None) -> None:
        for tensor in tensors:
            _in_range(self.where, "tensor", tensor, self.trace.tensors)
            _claim(tensor is None or tensor in self.born, f"{self.where} names tensor {tensor} before it is made")

    def node(self, node: int | None) -> None:
        _in_range(self.where, "node", node, self.trace.nodes)


def _values(event: object) -> Iterator[Value]:
    """All values in an event, however deep."""
    if isinstance(event, Value):
        yield event
    elif isinstance(event, tuple):
        for part in event:
            yield from _values(part)
    elif isinstance(event, msgspec.Struct):
        for name in event.__struct_fields__:
            yield from _values(getattr(event, name))


def _value(value: Value, where: str) -> None:
    _shape(value.shape, where)
    size = SIZES.get(value.dtype)
    if size is None:
        raise Unsound(f"{where} has a value of the unknown dtype {value.dtype[:40]!r}")
    if (value.data is None) == (value.summary is None):
        raise Unsound(f"{where} has a value that is neither whole nor a summary")
    if value.data is not None:
        _claim(value.size <= WHOLE, f"{where} has a value that is too large to be whole")
        _claim(len(value.data) == value.size * size, f"{where} has a value of another length than its shape says")
    if value.summary is not None:
        summary = value.summary
        corner = tuple(min(length, CORNER) for length in value.shape[-2:])
        _claim(
            summary.corner_shape == corner and len(summary.corner) == prod(corner) * size,
            f"{where} has a summary with another corner than its shape says",
        )
        _claim(
            0 <= summary.finite <= value.size
            and len(summary.histogram) in (0, BINS)
            and all(0 <= count <= value.size for count in summary.histogram),
            f"{where} has a summary that counts wrongly",
        )


def _shape(shape: tuple[int, ...], where: str) -> None:
    if len(shape) > MOST_DIMENSIONS or any(n < 0 for n in shape) or prod(n for n in shape if n) > LARGEST:
        raise Unsound(f"{where} has an impossible shape")


def _span(span: Span | None, where: str) -> None:
    if span is not None and not (
        1 <= span.line <= span.end_line < FARTHEST and 0 <= span.column < FARTHEST and 0 <= span.end_column < FARTHEST
    ):
        raise Unsound(f"{where} has an impossible place in the program")


def _texts(where: str, *texts: str | None) -> None:
    if any(text is not None and len(text) > LONGEST for text in texts):
        raise Unsound(f"{where} has a name of more than {LONGEST:,} characters")


def _in_range(where: str, what: str, number: int | None, all_: Sequence[object]) -> None:
    if number is not None and not 0 <= number < len(all_):
        raise Unsound(f"{where} names {what} {number}, which is not there")


def _no_circle(what: str, following: Sequence[Sequence[int]]) -> None:
    """Every way along `following` must end: leaves are taken away until none is left."""
    waiting = [len(after) for after in following]
    before: list[list[int]] = [[] for _ in following]
    for place, after in enumerate(following):
        for other in after:
            before[other].append(place)
    ready = [place for place, count in enumerate(waiting) if not count]
    done = 0
    while ready:
        done += 1
        for place in before[ready.pop()]:
            waiting[place] -= 1
            if not waiting[place]:
                ready.append(place)
    if done < len(following):
        raise Unsound(f"its {what} lead in a circle")


def _claim(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise Unsound(otherwise)
