"""Switches a recorder between writing down everything and writing down lightly, from scene to scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import ref

from ..trace import (
    Backward,
    Bind,
    Borders,
    Create,
    Event,
    Fault,
    Forward,
    Grad,
    Inplace,
    Norm,
    Print,
    Resume,
    Seen,
    Span,
    State,
    Value,
    Vjp,
    Warned,
)
from ..trace.events import Accumulate
from .ids import Living, Mark
from .recorder import Recorder
from .recording import Recording
from .summary import Lightly, Survey


class Selective(Recorder):
    """Follows the recording's plan.

    An engine calls `consider` after each operation, where nothing is pending and no backward pass runs, and
    `pass_lightly` around its backward passes while `is_light`.
    """

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self.is_light = False
        self.lightly: Lightly | None = None
        self._borders = Borders()
        self._scene = 0  # the index of the one that goes on
        self._begun = 0  # where its events begin
        self._passes = 0  # how many had run before it
        plan = recording.plan
        self._limit = plan.first  # scenes that begin beyond it are recorded lightly
        self._target = plan.wanted if plan.wanted >= 0 else None  # but not this one
        self._unnamed: dict[int, tuple[Living, str]] = {}  # tensors with a name that are not known

    # -- what an engine adds

    def next_node(self) -> int:
        """The number that the next node will have, or a lower one that no node has."""
        raise NotImplementedError

    def survey(self, roots: Iterable[Any], first: int, after: int | None) -> Survey:
        """Walks through the graph of tensors."""
        raise NotImplementedError

    def norm(self, grad: Any) -> Value:
        """The norm of a gradient."""
        raise NotImplementedError

    def can_switch(self) -> bool:
        """Whether this is a moment at which nothing is going on."""
        raise NotImplementedError

    def stop_watching(self) -> None:
        """The engine's operations need not be seen any more."""

    def watch_again(self) -> None:
        """They are wanted again."""

    # -- from whole to light

    def consider(self) -> None:
        """An operation has been written down: is it the first of a scene that is not wanted whole?"""
        size = len(self.events)
        if size > self._limit and self._backwards > self._passes:  # a scene ends only after a pass
            self._decide()
        plan = self.recording.plan
        is_huge = size - self._begun > plan.most or self.elements > plan.elements
        if is_huge and not self.is_light and self.can_switch():
            self._lighten(size, is_rest=True)

    def _decide(self) -> None:
        if not self.can_switch():
            return
        for place in self._borders.advance(self.events):
            self._scene += 1
            self._begun, self.elements = place, 0
            self._passes = sum(isinstance(event, Backward) for event in self.events[:place])
            if place >= self._limit and self._scene != self._target and not self._is_forecast():
                self._lighten(place, is_rest=False)
                return

    def _is_forecast(self) -> bool:
        """Whether the scene that begins is the last one, as far as can be known."""
        plan = self.recording.plan
        if plan.wanted >= 0:
            return False
        self._target = plan.forecast(self._scene)
        return self._target == self._scene

    def _lighten(self, place: int, is_rest: bool) -> None:
        """From `place` on only the most important is kept."""
        events, recording = self.events, self.recording
        scene = events[self._begun :]
        first = next((self._keys[e.node] for e in scene if isinstance(e, Forward | Inplace) and e.node is not None), 0)
        assert isinstance(first, int)
        after = self.next_node() if is_rest and any(isinstance(e, Backward) for e in scene) else None
        told = [e for e in events[place:] if isinstance(e, Print | Warned)]
        living = {number: o for reference, number in self._objects.values() if (o := reference()) is not None}
        recording.meant = {name: living.get(number) for name, number in recording.names.items()}
        names = {e.name: e.tensor for e in events[:place] if isinstance(e, Bind)}
        recording.names.clear()
        recording.names.update((name, tensor) for name, tensor in names.items() if tensor is not None)
        self.rewind(self._mark_at(place))
        self.lightly = Lightly(events, self.next_node, self._scene, first, after, is_rest)
        recording.told = self.lightly.told
        for event in told:
            self.lightly.told(event)
        self.is_light = True
        self.stop_watching()

    def _mark_at(self, place: int) -> Mark:
        """How far the recording had come when event number `place` was about to happen."""
        tensors, nodes = len(self.tensors), 0
        for event in self.events[place:]:
            born = event.outputs if isinstance(event, Forward) else (event.tensor,) if isinstance(event, Create) else ()
            tensors = min(tensors, *born, tensors)
        for event in self.events[:place]:
            if isinstance(event, Forward | Inplace | Vjp | Accumulate) and event.node is not None:
                nodes = max(nodes, event.node + 1)
        return Mark(place, tensors, nodes)

    def rewind(self, mark: Mark) -> None:
        """As always, and forgets what else it knew of tensors and nodes."""
        super().rewind(mark)
        self._grads = {k: e for k, e in self._grads.items() if e[1] < mark.tensors}
        self._used = {n for n in self._used if n < mark.tensors}
        self._nodes_that_save = {n for n in self._nodes_that_save if n < mark.nodes}

    # -- while it is light

    def before_pass(self, roots: Sequence[Any]) -> Survey:
        """A backward pass is about to run, while the record is light."""
        lightly = self.lightly
        assert lightly is not None
        found = self.survey(roots, lightly.first, lightly.after)
        lightly.surveyed(found.begins)
        return found

    def after_pass(self, roots: Sequence[Any], gradients: Iterable[tuple[Any, Any]], span: Span | None) -> None:
        """It has run, and left the gradients of these tensors."""
        lightly = self.lightly
        assert lightly is not None
        norms = []
        for tensor, grad in gradients:
            entry = self._objects.get(id(tensor))
            if grad is not None and entry is not None and entry[0]() is tensor:
                norms.append(Norm(entry[1], self.norm(grad)))
        lightly.passed([self.value(root) for root in roots], norms, span)
        if self._target is not None and lightly.index == self._target - 1:
            self._resume()

    # -- from light to whole

    def _resume(self) -> None:
        self._come_back()
        self._borders = Borders()
        places = self._borders.advance(self.events)
        self._scene, self._begun, self.elements = len(places), places[-1] if places else 0, 0
        self._passes = -1  # one has run
        self._target = self._scene + 1
        self._limit = 0 if self.recording.plan.wanted >= 0 else len(self.events) + self.recording.plan.first
        self.watch_again()
        self._rename(is_over=False)

    def _come_back(self) -> None:
        assert self.lightly is not None
        self.lightly.end()
        self.is_light, self.lightly, self.recording.told = False, None, None
        self.events.append(self._changed())

    def _changed(self) -> Resume:
        """What has become of the tensors that the record knows."""
        state = State(tuple(self.tensors), tuple(self.nodes))
        for event in self.events:
            state.apply(event)
        seen: list[Seen] = []
        grads: list[Grad] = []
        for tensor, number in sorted(self._living(), key=lambda pair: pair[1]):
            version = 0 if tensor.is_inference() else int(tensor._version)
            value = self.value(tensor)
            if version != state.versions.get(number) or value != state.values.get(number):
                seen.append(Seen(number, value, version, *self._source(tensor)))
            if tensor.is_leaf:
                grad = self.grad_of(tensor)
                after = None if grad is None else self.value(grad)
                self.owns(number, grad)
                if after != state.grads.get(number):
                    grads.append(Grad(number, after))
        return Resume(seen=tuple(seen), grads=tuple(grads))

    def _living(self) -> list[tuple[Any, int]]:
        return list({n: (o, n) for reference, n in self._objects.values() if (o := reference()) is not None}.values())

    def _source(self, tensor: Any) -> tuple[int | None, int]:
        node = tensor.grad_fn
        known = None if node is None else self._numbers.get(self.node_key(node))
        return known, 0 if known is None else tensor.output_nr

    def _rename(self, is_over: bool) -> None:
        """Tells what names have come to mean; a result of what was not seen goes by its name once it is used."""
        recording = self.recording
        meant, recording.meant = recording.meant, {}
        for name, obj in meant.items():
            if not self.is_tensor(obj):
                if obj is not None:
                    recording.bind(name, obj)
                elif name in recording.names:
                    recording.unbind(name)
            elif self.known(obj) is not None or (obj.grad_fn is None and (is_over or obj.requires_grad)):
                recording.bind(name, obj)
            else:
                if name in recording.names:
                    recording.unbind(name)
                self._unnamed[id(obj)] = (ref(obj), name)

    def adopt(self, tensor: Any) -> int:
        """As always; it may have been given its name while nobody looked."""
        number = super().adopt(tensor)
        entry = self._unnamed.pop(id(tensor), None)
        if entry is not None and entry[0]() is tensor and entry[1] not in self.recording.names:
            self.recording.bind(entry[1], tensor)
        return number

    def close(self) -> None:
        """As always; what names mean at the end is told, too."""
        if self.is_light:
            fault: list[Event] = []
            self._come_back()
            self._rename(is_over=True)
            for event in [e for e in self.events[-64:] if isinstance(e, Fault)]:
                self.events.remove(event)
                fault.append(event)
            self.events += fault
        super().close()
