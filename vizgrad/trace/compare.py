"""Whether two engines did the same: two traces of one program, compared event by event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import msgspec
import numpy as np

from . import events as ev
from .records import Edge, NodeRecord, Saved, TensorRecord
from .rounding import Noise, largest
from .tolerance import same_number, same_numbers, same_text
from .trace import Trace
from .values import Summary, Value

NOISE = {"float16": 1e-3, "bfloat16": 1e-2, "float32": 1e-6, "complex64": 1e-6, "float64": 1e-14, "complex128": 1e-14}
"""What rounding adds, relative to the largest number that took part."""
MOST = 200
"""Differences that are told; more add nothing."""


TENSORS = {
    (ev.Create, "tensor"), (ev.Operand, "tensor"), (ev.Forward, "outputs"), (ev.Seen, "tensor"), (ev.Inplace, "tensor"),
    (ev.Bind, "tensor"), (ev.RequiresGrad, "tensor"), (ev.Backward, "roots"), (ev.Backward, "inputs"),
    (ev.Accumulate, "tensor"), (ev.Hook, "tensor"), (ev.SetGrad, "tensor"),
    (ev.Norm, "tensor"), (ev.Grad, "tensor"), (TensorRecord, "id"),
    (TensorRecord, "base"), (Saved, "tensor"), (NodeRecord, "variable"),
}  # fmt: skip
"""Fields that hold ids of tensors."""

NODES = {
    (ev.Forward, "node"), (ev.Seen, "node"), (ev.Inplace, "node"), (ev.Contribution, "node"), (ev.Vjp, "node"),
    (ev.Accumulate, "node"), (ev.Free, "node"), (ev.Hook, "node"), (TensorRecord, "node"),
    (NodeRecord, "id"), (Edge, "node"),
}  # fmt: skip
"""Fields that hold ids of nodes."""

NUMBERS = {(ev.Operand, "text"), (Saved, "text")}
"""Fields that may hold a number as text: 2 and 2.0 are the same to an operation."""

TEXTS = {(ev.Print, "text"), (ev.Warned, "message"), (ev.Fault, "message"), (ev.Operand, "text"), (Saved, "text")}
"""Fields that hold text with numbers in it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same; `str()` is a sentence.

    `kind` names the field ("forward.op", "tensor.shape", "value"), `event` its place in the first trace's events
    (None for the records of tensors and nodes), `name` what the program calls the tensor, `line` the program's line.
    """

    kind: str
    ours: str
    theirs: str
    event: int | None = None
    name: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        places = [
            f"line {self.line}" if self.line is not None else "",
            f"event {self.event}" if self.event is not None else "",
            self.name or "",
        ]
        where = ", ".join(p for p in places if p) or "the whole run"
        return f"{where}: {self.kind.replace('.', ' ')} is {self.ours} in the first trace, {self.theirs} in the second"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `compare` found.

    >>> Comparison(()).matches
    True
    """

    differences: tuple[Difference, ...]

    @property
    def matches(self) -> bool:
        """Whether the two traces tell the same."""
        return not self.differences

    def __str__(self) -> str:
        return "\n".join(map(str, self.differences)) or "the two traces tell the same"


def compare(a: Trace, b: Trace) -> Comparison:
    """Compares two traces of one program, whatever engines they come from.

    Structure, order, names, spans, shapes and dtypes must be the same, with ids counted in order of first appearance;
    values may be apart by the tolerance of their dtype, large ones are compared by their summaries; printed text is
    compared word by word and number by number.

    >>> from vizgrad.trace import Print
    >>> def prints(text):
    ...     return Trace(engine="", source="", tensors=(), nodes=(), events=(Print(text=text),))
    >>> compare(prints("loss 0.5000"), prints("loss 0.5001")).matches
    True
    >>> print(compare(prints("loss 0.5"), prints("loss 0.6")))
    event 0: print text is 'loss 0.5' in the first trace, 'loss 0.6' in the second
    """
    return Comparison(tuple(_Comparing(a, b).all()))


class _Ids:
    """Ids in order of first appearance."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.tensors: dict[int, int] = {}
        self.nodes: dict[int, int] = {}
        for event in trace.events:
            self._meet(event)
        for tensor in range(len(trace.tensors)):
            self._tensor(tensor)
        for node in range(len(trace.nodes)):
            self._node(node)

    def _meet(self, part: Any) -> None:
        if isinstance(part, Value):
            return
        for name in part.__struct_fields__:
            value = getattr(part, name)
            key = (type(part), name)
            if key in TENSORS:
                for tensor in value if isinstance(value, tuple) else (value,):
                    self._tensor(tensor)
            elif key in NODES:
                self._node(value)
            elif isinstance(value, msgspec.Struct):
                self._meet(value)
            elif isinstance(value, tuple):
                for item in value:
                    if isinstance(item, msgspec.Struct):
                        self._meet(item)

    def _tensor(self, tensor: int | None) -> None:
        if tensor is not None and tensor not in self.tensors:
            self.tensors[tensor] = len(self.tensors)

    def _node(self, node: int | None) -> None:
        if node is None or node in self.nodes:
            return
        stack = [node]
        while stack:
            top = stack.pop()
            if top in self.nodes:
                continue
            self.nodes[top] = len(self.nodes)
            if 0 <= top < len(self.trace.nodes):
                record = self.trace.nodes[top]
                self._tensor(record.variable)
                stack += [e.node for e in reversed(record.edges) if e is not None]


class _Comparing:
    def __init__(self, a: Trace, b: Trace) -> None:
        self.a, self.b = a, b
        self.ids = _Ids(a), _Ids(b)
        self.names: dict[int, str] = {}
        self.noise = Noise(a.nodes)
        self.place: tuple[int | None, str | None, int | None] = (None, None, None)

    def all(self) -> Iterator[Difference]:
        for i, difference in enumerate(self._all()):
            if i == MOST:
                return
            yield difference

    def _all(self) -> Iterator[Difference]:
        for name in sorted(Trace.__struct_fields__, key=["source", "events"].__contains__, reverse=True):
            ours, theirs = getattr(self.a, name), getattr(self.b, name)
            if name == "events":
                yield from self._events(ours, theirs)
            elif name == "tensors":
                yield from self._records("tensor", ours, theirs, self.ids[0].tensors, self.ids[1].tensors)
            elif name == "nodes":
                yield from self._records("node", ours, theirs, self.ids[0].nodes, self.ids[1].nodes)
            elif name != "engine" and ours != theirs:
                yield Difference(name, repr(ours), repr(theirs))

    # -- events

    def _events(self, ours: Sequence[ev.Event], theirs: Sequence[ev.Event]) -> Iterator[Difference]:
        for kind, i1, i2, j1, j2 in _aligned(ours, theirs):
            if kind == "equal":
                for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                    yield from self._event(i, ours[i], theirs[j])
            else:
                for i in range(i1, i2):
                    yield self._only(i, ours[i], True)
                for j in range(j1, j2):
                    yield self._only(i1, theirs[j], False)

    def _event(self, i: int, ours: ev.Event, theirs: ev.Event) -> Iterator[Difference]:
        if isinstance(ours, ev.Bind) and ours.tensor is not None:
            self.names[ours.tensor] = ours.name
        self.place = (i, self._name_of(ours), None if ours.span is None else ours.span.line)
        self.noise.follow(ours)
        yield from self._struct(ours.kind, ours, theirs)

    def _only(self, i: int, event: ev.Event, is_ours: bool) -> Difference:
        what = _title(event)
        line = None if event.span is None else event.span.line
        return Difference("event", what if is_ours else "missing", "missing" if is_ours else what, i, None, line)

    def _name_of(self, event: ev.Event) -> str | None:
        tensor = getattr(event, "tensor", None)
        if tensor is None and isinstance(event, ev.Forward) and event.outputs:
            tensor = event.outputs[0]
        return self.names.get(tensor) if tensor is not None else None

    # -- records

    def _records(
        self, kind: str, ours: Sequence[Any], theirs: Sequence[Any], mine: dict[int, int], its: dict[int, int]
    ) -> Iterator[Difference]:
        if len(ours) != len(theirs):
            yield Difference(f"{kind}s", str(len(ours)), str(len(theirs)))
        back = {number: i for i, number in its.items()}
        for i, record in enumerate(ours):
            j = back.get(mine[i])
            if j is None or j >= len(theirs):
                yield Difference(kind, f"number {i}", "missing")
                continue
            line = None if record.span is None else record.span.line
            name = self.names.get(i) if kind == "tensor" else record.name
            self.place = (None, name or f"{kind} {i}", line)
            yield from self._struct(kind, record, theirs[j])

    # -- any part

    def _struct(self, path: str, ours: Any, theirs: Any) -> Iterator[Difference]:
        if type(ours) is not type(theirs):
            yield self._differ(path, _shown(ours), _shown(theirs))
            return
        if isinstance(ours, Value):
            yield from self._value(path, ours, theirs)
            return
        for name in ours.__struct_fields__:
            key = (type(ours), name)
            one, other = getattr(ours, name), getattr(theirs, name)
            inner = f"{path}.{name}"
            if key in TENSORS:
                one, other = self._same_ids(one, other, "tensors")
            elif key in NODES:
                one, other = self._same_ids(one, other, "nodes")
            if key in TEXTS and isinstance(one, str) and isinstance(other, str):
                if not same_text(one, other) and not (key in NUMBERS and same_number(one, other)):
                    yield self._differ(inner, repr(one), repr(other))
            else:
                yield from self._part(inner, one, other)

    def _part(self, path: str, ours: Any, theirs: Any) -> Iterator[Difference]:
        if isinstance(ours, msgspec.Struct) and isinstance(theirs, msgspec.Struct):
            yield from self._struct(path, ours, theirs)
        elif isinstance(ours, tuple) and isinstance(theirs, tuple):
            if len(ours) != len(theirs):
                yield self._differ(path, _shown(ours), _shown(theirs))
            else:
                for i, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                    yield from self._part(f"{path}.{i}", one, other)
        elif ours != theirs or type(ours) is not type(theirs):
            yield self._differ(path, _shown(ours), _shown(theirs))

    def _same_ids(self, ours: Any, theirs: Any, kind: str) -> tuple[Any, Any]:
        def renamed(value: Any, ids: dict[int, int]) -> Any:
            return tuple(ids.get(v, v) for v in value) if isinstance(value, tuple) else ids.get(value, value)

        return renamed(ours, getattr(self.ids[0], kind)), renamed(theirs, getattr(self.ids[1], kind))

    def _value(self, path: str, ours: Value, theirs: Value) -> Iterator[Difference]:
        for name in ("shape", "dtype"):
            one, other = getattr(ours, name), getattr(theirs, name)
            if one != other:
                yield self._differ(f"{path}.{name}", repr(one), repr(other))
                return
        if ours.is_whole is not theirs.is_whole:
            yield self._differ(path, _shown(ours), _shown(theirs))
        elif ours.summary is not None and theirs.summary is not None:
            yield from self._summary(path, ours, theirs)
        elif not same_numbers(ours.corner, theirs.corner, ours.dtype, self._slack(ours)):
            yield self._differ(path, _shown(ours), _shown(theirs))

    def _slack(self, value: Value) -> float:
        """What rounding may have added where large numbers cancelled."""
        inherited = largest(value) * self.noise.ratio if self.noise.ratio > 1 else 0.0
        rounding = NOISE.get(value.dtype, 0.0)
        apart = self.noise.drift * largest(value) + 30 * rounding * self.noise.steepest if self.noise.drift else 0.0
        return rounding * max(inherited, self.noise.terms) + apart

    def _summary(self, path: str, ours: Value, theirs: Value) -> Iterator[Difference]:
        assert ours.summary is not None and theirs.summary is not None
        for name in Summary.__struct_fields__:
            one, other = getattr(ours.summary, name), getattr(theirs.summary, name)
            if name == "corner":
                alike = ours.summary.corner_shape != theirs.summary.corner_shape or same_numbers(
                    ours.corner, theirs.corner, ours.dtype, self._slack(ours)
                )
            elif name == "histogram":  # an element at a border may fall on either side
                alike = len(one) == len(other) and sum(abs(x - y) for x, y in zip(one, other, strict=True)) <= max(
                    4, ours.size // 100
                )
            elif isinstance(one, float):
                alike = same_numbers(np.asarray(one), np.asarray(other), ours.dtype, self._slack(ours))
            else:
                alike = one == other
            if not alike:
                yield self._differ(f"{path}.{name}", _shown(one), _shown(other))

    def _differ(self, kind: str, ours: str, theirs: str) -> Difference:
        event, name, line = self.place
        return Difference(kind, ours, theirs, event, name, line)


def _aligned(ours: Sequence[ev.Event], theirs: Sequence[ev.Event]) -> Iterator[tuple[str, int, int, int, int]]:
    """Which stretches of events belong together, as SequenceMatcher's opcodes."""
    one, other = [_title(e) for e in ours], [_title(e) for e in theirs]
    if [e.kind for e in ours] == [e.kind for e in theirs]:
        yield "equal", 0, len(one), 0, len(other)
        return
    yield from SequenceMatcher(None, one, other, autojunk=False).get_opcodes()


def _title(event: ev.Event) -> str:
    more = getattr(event, "op", None) or getattr(event, "name", None) or getattr(event, "type", None) or ""
    return f"{event.kind} {more}".strip()


def _shown(part: Any) -> str:
    if isinstance(part, Value):
        if part.array is not None:
            return np.array2string(part.array, threshold=8, separator=", ").replace("\n", "")
        return f"{part.dtype} of shape {part.shape}"
    if isinstance(part, bytes):
        return f"{len(part)} bytes"
    if isinstance(part, float):
        return f"{part:.7g}"
    return repr(part)
