"""What each box and arrow shows at each step of a scene, and which state it is in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from vizgrad.trace import Scene, State, Trace, Value
from vizgrad.trace import events as ev
from vizgrad.trace.scenes import touched

from ...contained import Faults
from .drawing import Drawing
from .heatmap import cells
from .numbers import BLANK, brief, is_brief, lines
from .parts import Arrow, Box, Cell, advance, clip
from .rows import gradient_note

UNSHOWN = "not shown"
"""What stands in the place of a number that cannot be written."""


class Look(NamedTuple):
    """An element at one step: its classes, kind first, and one text for each text row, in the picture's order."""

    classes: tuple[str, ...]
    texts: tuple[str, ...]


def looks(drawing: Drawing, trace: Trace, scene: Scene) -> Iterator[dict[str, Look]]:
    """Every element's look at step 0, 1, 2 … of a scene; a look that did not change is the same object.

    >>> from vizgrad.draw.model.drawing import drawing
    >>> empty = Trace(engine="numpy", source="", tensors=(), nodes=(), events=())
    >>> list(looks(drawing(empty, empty.scenes[0]), empty, empty.scenes[0]))
    [{}]
    """
    shown: dict[str, Look] = {}
    for changed in changes(drawing, trace, scene):
        shown = shown | changed
        yield shown


def changes(drawing: Drawing, trace: Trace, scene: Scene) -> Iterator[dict[str, Look]]:
    """What each step of a scene changes, by element: at step 0 everything.

    >>> from vizgrad.draw.model.drawing import drawing
    >>> empty = Trace(engine="numpy", source="", tensors=(), nodes=(), events=())
    >>> list(changes(drawing(empty, empty.scenes[0]), empty, empty.scenes[0]))
    [{}]
    """
    stage = Stage(drawing, trace)
    shown: dict[str, Look] = {}
    before: dict[str, None] | None = None
    done = 0
    for number, state in enumerate(trace.walk(scene)):
        event = trace.events[scene.steps[number - 1].event] if number else None
        touched = stage.touched(done, state.events) if number else None
        # What the step before has touched is looked at again: it is no longer current.
        fresh = stage.looks(state, event, None if touched is None or before is None else touched | before)
        changed = {id: look for id, look in fresh.items() if shown.get(id) != look}
        shown |= changed
        before, done = touched, state.events
        yield changed


def looks_at(drawing: Drawing, trace: Trace, scene: Scene, number: int) -> dict[str, Look]:
    """Every element's look at one step; raises IndexError for a step that the scene does not have."""
    state = trace.at(scene.events_at(number))
    event = trace.events[scene.steps[number - 1].event] if number else None
    return Stage(drawing, trace).looks(state, event)


class Stage:
    """Reads the looks of a drawing from a state; keeps the texts of values that it has written before."""

    def __init__(self, drawing: Drawing, trace: Trace) -> None:
        self.drawing, self.trace = drawing, trace
        self.faults = Faults()
        self.first_root = drawing.roots[0] if drawing.roots else None
        self.written: dict[int, tuple[Value, tuple[str, ...]]] = {}
        self.mapped: dict[int, tuple[Value, str]] = {}

    def looks(self, state: State, event: ev.Event | None, only: Iterable[str] | None = None) -> dict[str, Look]:
        """The looks of all elements (or `only` some) where `event` (None: no step yet) has led to `state`."""
        attempt = self.faults.attempt
        current = attempt("the current box", lambda: current_box(self.drawing, state, event), None)
        faulty: frozenset[str] = frozenset()
        if isinstance(event, ev.Fault):
            faulty = attempt("the faulty boxes", lambda: faulty_boxes(self.drawing, self.trace, state), faulty)
        out = {}
        for id in self.drawing.by_id if only is None else only:
            part = self.drawing.by_id[id]
            try:
                if isinstance(part, Box):
                    out[id] = self._box(part, state, current, faulty)
                else:
                    out[id] = self._arrow(part, state, event, current)
            except Exception:
                self.faults.note(f"the look of {id} after event {state.events}")
                out[id] = _plain(part, state)
        return out

    def touched(self, start: int, stop: int) -> dict[str, None] | None:
        """The elements that the events from `start` to `stop` can change, in order; None for all of them."""
        found: dict[str, None] = {}
        for i in range(start, stop):
            event = self.trace.events[i]
            if isinstance(event, ev.Backward | ev.Fault):
                return None
            tensors: set[int] = set()
            nodes: set[int] = set()
            touched(event, tensors, nodes)
            if isinstance(event, ev.Free | ev.Hook) and event.node is not None:
                nodes.add(event.node)
            for key in ("born", i), *(("tensor", t) for t in sorted(tensors)), *(("node", n) for n in sorted(nodes)):
                ids = self._by.get(key, ())
                found.update((id, None) for id in ids if key[0] != "tensor" or self._is_there(id, i))
        return found

    def _is_there(self, id: str, i: int) -> bool:
        """Whether event `i` can still change an element: not the box of a version that is over or yet to come."""
        part = self.drawing.by_id[id]
        if not (isinstance(part, Box) and part.version + (part.until or 0)):
            return True
        return part.born <= i and (part.until is None or i <= part.until)

    @cached_property
    def _by(self) -> dict[tuple[str, int], list[str]]:
        """The elements by the event that makes them, by their tensor, and by their node."""
        found: dict[tuple[str, int], list[str]] = {}
        for id, part in self.drawing.by_id.items():
            keys = [("born", part.born)]
            if part.node is not None:
                keys.append(("node", part.node))
            if isinstance(part, Box) and part.tensor is not None:
                keys.append(("tensor", part.tensor))
            for key in keys:
                found.setdefault(key, []).append(id)
        return found

    # -- boxes

    def _box(self, box: Box, state: State, current: str | None, faulty: frozenset[str]) -> Look:
        is_made = state.events > box.born
        classes = [f"kind-{box.kind}", "is-made" if is_made else "is-ghost"]
        if is_made and self._is_visited(box, state):
            classes.append("is-visited")
        if box.node is not None and box.node in state.freed:
            classes.append("is-freed")
        if box.id == current:
            classes.append("is-current")
        if box.id in faulty:
            classes.append("is-error")
        if is_made and box.maps[0]:
            classes += self.faults.attempt(f"the heat map of {box.id}", lambda: [*self._maps(box, state)], [])
        return Look(tuple(classes), tuple([self._text(cell, box, state, is_made) for cell in box.cells]))

    def _maps(self, box: Box, state: State) -> Iterator[str]:
        """Which of its heat maps a box shows now."""
        values = ("value", self._value(box, state)), ("gradient", self._gradient(box, state))
        for (what, value), codes in zip(values, box.maps, strict=True):
            if value is not None and (code := self._cells(value)) in codes:
                yield f"is-{what}-{codes.index(code)}"

    def _is_visited(self, box: Box, state: State) -> bool:
        if box.kind == "leaf":
            return box.tensor in state.reached
        return box.node is not None and state.nodes.get(box.node) == "visited"

    def _text(self, cell: Cell, box: Box, state: State, is_made: bool) -> str:
        if cell.what == "fixed":
            return cell.text or BLANK
        if cell.what == "gradient-note":
            if cell.text == ".grad":
                return cell.text
            root = state.backward.roots[0] if state.backward and state.backward.roots else self.first_root
            names = self.drawing.names
            return gradient_note(names.get(root) if root is not None else None, names.get(box.tensor or 0, "?"))
        if cell.what == "version":
            version = state.versions.get(box.tensor or 0, 0)
            is_over = box.until is not None and state.events > box.until
            return f"{cell.text} v{box.version if is_over or not is_made else version}"
        if not is_made:
            return BLANK
        try:
            return self._number(cell, box, state)
        except Exception:
            self.faults.note(f"the {cell.what} of {box.id} after event {state.events}")
            return clip(UNSHOWN, int(cell.width / advance(cell.ink)))

    def _number(self, cell: Cell, box: Box, state: State) -> str:
        """A value or a gradient, or what is added to it."""
        if cell.what in ("before", "delta", "sum-note"):
            return self._added(cell, box, state)
        value = self._value(box, state) if cell.what == "value" else self._gradient(box, state)
        if value is None:
            return "None" if cell.line == 0 and box.has_grad else BLANK
        written = self._lines(value)
        return written[cell.line] if cell.line < len(written) else BLANK

    def _value(self, box: Box, state: State) -> Value | None:
        if box.until is not None and state.events > box.until:
            return box.last
        return None if box.tensor is None else state.values.get(box.tensor)

    def _gradient(self, box: Box, state: State) -> Value | None:
        """`.grad` of leaves and retained tensors; elsewhere the gradient that flows, at the root first the seed."""
        if box.tensor is None:
            return None
        if box.has_grad:
            return state.grads.get(box.tensor)
        flowing = state.flowing.get((box.node, box.output_nr)) if box.node is not None else None
        if flowing is None and state.backward is not None and box.tensor in state.backward.roots and box.until is None:
            return state.backward.seeds[state.backward.roots.index(box.tensor)]
        return flowing

    def _added(self, cell: Cell, box: Box, state: State) -> str:
        """What `.grad` was and what an AccumulateGrad adds to it in this backward pass; blank before that."""
        if box.node is None or state.nodes.get(box.node) != "visited":
            return BLANK
        sum_ = state.sums.get(box.node)
        if sum_ is None:
            return BLANK
        if cell.what == "sum-note":
            return cell.text
        value = sum_.before if cell.what == "before" else sum_.delta
        return "None" if value is None else brief(value)

    def _lines(self, value: Value) -> tuple[str, ...]:
        found = self.written.get(id(value))
        if found is None or found[0] is not value:
            found = self.written[id(value)] = (value, lines(value))
        return found[1]

    def _cells(self, value: Value) -> str:
        found = self.mapped.get(id(value))
        if found is None or found[0] is not value:
            found = self.mapped[id(value)] = (value, cells(value))
        return found[1]

    # -- arrows

    def _arrow(self, arrow: Arrow, state: State, event: ev.Event | None, current: str | None) -> Look:
        if arrow.kind == "forward":
            is_shown = state.events > arrow.born
            is_current = arrow.head == current and isinstance(event, ev.Forward | ev.Inplace)
            return Look(_arrow_classes(arrow, is_shown, is_current), ())
        passing = None
        if arrow.slot is None:  # between a node alone and its output, or an AccumulateGrad and its leaf
            is_shown = arrow.node is not None and state.nodes.get(arrow.node) == "visited"
        else:
            assert arrow.node is not None
            passing = state.edges.get((arrow.node, arrow.slot))
            is_shown = passing is not None
        is_current = is_shown and isinstance(event, ev.Vjp | ev.Accumulate) and event.node == arrow.node
        text = BLANK
        if passing is not None and (is_current or (arrow.id in self.drawing.shared and is_brief(passing))):
            text = brief(passing)
        return Look(_arrow_classes(arrow, is_shown, is_current), (text,) if arrow.room else ())


def _plain(part: Box | Arrow, state: State) -> Look:
    """The look of what cannot be looked at: there or to come, and without numbers."""
    if isinstance(part, Arrow):
        return Look(
            _arrow_classes(part, part.kind == "forward" and state.events > part.born, False), (BLANK,) * bool(part.room)
        )
    texts = [(cell.text or BLANK) if cell.what == "fixed" else BLANK for cell in part.cells]
    return Look((f"kind-{part.kind}", "is-made" if state.events > part.born else "is-ghost"), tuple(texts))


def _arrow_classes(arrow: Arrow, is_shown: bool, is_current: bool) -> tuple[str, ...]:
    classes = [f"kind-{arrow.kind}", "is-shown" if is_shown else "is-ghost"]
    if not arrow.is_tracked:
        classes.insert(1, "is-untracked")
    if is_current:
        classes.append("is-current")
    return tuple(classes)


def current_box(drawing: Drawing, state: State, event: ev.Event | None) -> str | None:
    """The one box that a step is about, or None (an error, the empty stage)."""
    match event:
        case ev.Forward(node=int() as node) if node in drawing.of_node:
            return drawing.of_node[node].id
        case ev.Vjp(node=node) if node in drawing.of_node:
            return drawing.of_node[node].id
        case ev.Create(tensor=tensor) | ev.SetGrad(tensor=tensor) | ev.Accumulate(tensor=tensor):
            return _newest(drawing, tensor, state)
        case ev.Forward(outputs=(tensor, *_)) | ev.Inplace(tensor=tensor) | ev.Backward(roots=(tensor, *_)):
            return _newest(drawing, tensor, state)
        case ev.Hook(tensor=int() as tensor):
            return _newest(drawing, tensor, state)
        case ev.Hook(node=int() as node) if node in drawing.of_node:
            return drawing.of_node[node].id
    return None


def _newest(drawing: Drawing, tensor: int, state: State) -> str | None:
    """The box that shows a tensor at this moment."""
    found = None
    for box in drawing.of_tensor.get(tensor, ()):
        if found is None or state.events > box.born:
            found = box.id
    return found


def faulty_boxes(drawing: Drawing, trace: Trace, state: State) -> frozenset[str]:
    """The boxes of the tensors whose names stand in the expression that failed."""
    error = state.error
    if error is None or error.span is None:
        return frozenset()
    words = set(re.findall(r"[^\W\d]\w*", error.span.of(trace.source)))
    named = (_newest(drawing, tensor, state) for name, tensor in state.names.items() if name in words)
    return frozenset(id for id in named if id is not None)
