"""The record of one run: who was there, and what happened, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Self

import msgspec
import numpy as np

from . import events as ev
from .bindings import Bindings, bindings_of
from .progress import Point, course_of, omission
from .records import NodeRecord, TensorRecord
from .scenes import Scene, Step, scenes_of
from .state import State

FORMAT = 1
"""The version of the JSON; raised when an older reader could not understand it."""


class Variable(msgspec.Struct, frozen=True):
    """What a name of the program means at one moment, in PyTorch's terms.

    `value` and `grad` are arrays of `shape`; `grad` is None where PyTorch's is, and both are None for tensors too large
    to be kept whole. `grad_fn` is the node's name, or None for a leaf.
    """

    name: str
    value: np.ndarray | None
    grad: np.ndarray | None
    requires_grad: bool
    is_leaf: bool
    grad_fn: str | None
    shape: tuple[int, ...]
    dtype: str


class Trace(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The record of one run of one program; frozen, compared by content.

    Tensors and nodes are identified by their place in `tensors` and `nodes`.

    >>> from vizgrad.trace import Create, TensorRecord, Value
    >>> ones = Value.of(np.ones(2, dtype="float32"))
    >>> trace = Trace(
    ...     engine="numpy",
    ...     source="x = torch.ones(2)",
    ...     tensors=(TensorRecord(id=0, shape=(2,), dtype="float32", requires_grad=False, is_leaf=True),),
    ...     nodes=(),
    ...     events=(Create(tensor=0, op="ones", value=ones),),
    ... )
    >>> trace.at(0).values, trace.at(1).values[0].array.tolist()
    ({}, [1.0, 1.0])
    >>> Trace.from_json(trace.to_json()) == trace
    True
    """

    engine: str
    source: str
    tensors: tuple[TensorRecord, ...]
    nodes: tuple[NodeRecord, ...]
    events: tuple[ev.Event, ...]
    format: int = FORMAT

    # -- reading it

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """The scenes, each with its steps."""
        return scenes_of(self.events)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all scenes, in order."""
        return tuple(step for scene in self.scenes for step in scene.steps)

    @cached_property
    def bindings(self) -> Bindings:
        """What the program calls its tensors, and which it asks gradients for later."""
        return bindings_of(self.events)

    @cached_property
    def course(self) -> tuple[Point, ...]:
        """Loss and gradient norms from scene to scene, light ones included."""
        return course_of(self.events, self.scenes)

    @cached_property
    def omitted(self) -> str | None:
        """What the record of a long run leaves out, in a sentence; None where it is whole."""
        return omission(self.scenes)

    def at(self, i: int | None = None) -> State:
        """The stage after the first `i` events: 0 is empty, None (or `len(events)`) is the end.

        The newest answer is kept: one stage after another, in order, is one walk through the events. Raises IndexError
        for a number outside of 0 … len(events).
        """
        i = len(self.events) if i is None else i
        if not 0 <= i <= len(self.events):
            raise IndexError(f"trace.at({i}): the trace has {len(self.events)} events")
        kept: State | None = self.__dict__.get("_newest_stage")
        state = kept.copy() if kept is not None and kept.events <= i else State(self.tensors, self.nodes)
        if state.events < i:
            for event in self.events[state.events : i]:
                state.apply(event)
            self.__dict__["_newest_stage"] = state.copy()
        return state

    def walk(self, scene: Scene) -> Iterator[State]:
        """The stage at step 0, 1, 2 … of a scene: one object that moves on, so read it before the next."""
        state = self.at(scene.start)
        yield state
        for step in scene.steps:
            for event in self.events[state.events : step.stop]:
                state.apply(event)
            yield state

    @cached_property
    def error(self) -> ev.Fault | None:
        """The error that ended the run, or None: `.type`, `.message`, `.line`, `.column`, `.hint`."""
        return next((e for e in reversed(self.events) if isinstance(e, ev.Fault)), None)

    @cached_property
    def warnings(self) -> tuple[ev.Warned, ...]:
        """The warnings, in order."""
        return tuple(e for e in self.events if isinstance(e, ev.Warned))

    @cached_property
    def stdout(self) -> str:
        """What the program printed."""
        return "".join(e.text for e in self.events if isinstance(e, ev.Print))

    @cached_property
    def end(self) -> State:
        """The stage at the end of the run; do not move it on."""
        return self.at()

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """What each name means at the end, in order of first assignment."""
        first = dict.fromkeys(e.name for e in self.events if isinstance(e, ev.Bind))
        return MappingProxyType({name: self._variable(name) for name in first if name in self.end.names})

    def __getitem__(self, name: str) -> Variable:
        """What `name` means at the end; KeyError if it is bound to no tensor."""
        try:
            return self.variables[name]
        except KeyError:
            known = ", ".join(self.variables) or "none"
            raise KeyError(f"{name!r} is bound to no tensor at the end of the program (there are: {known})") from None

    def _variable(self, name: str) -> Variable:
        state, tensor = self.end, self.end.names[name]
        record, source = self.tensors[tensor], state.grad_fn[tensor]
        value, grad = state.values[tensor], state.grads.get(tensor)
        return Variable(
            name=name,
            value=value.array,
            grad=None if grad is None else grad.array,
            requires_grad=state.requires_grad[tensor],
            is_leaf=source is None,
            grad_fn=None if source is None else self.nodes[source[0]].name,
            shape=value.shape,
            dtype=record.dtype,
        )

    # -- JSON

    def to_json(self) -> str:
        """The whole record as JSON text; elements are base64 of little-endian bytes, so every number survives."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Reads what `to_json` wrote; raises ValueError for anything else."""
        try:
            trace = msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError as error:
            raise ValueError(f"this is not a vizgrad trace: {error}") from None
        if trace.format > FORMAT:
            raise ValueError(f"this trace has format {trace.format}; this vizgrad reads up to {FORMAT}: update it")
        return trace
