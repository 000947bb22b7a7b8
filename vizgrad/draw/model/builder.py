"""Walks over a scene's events and collects its boxes and arrows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from vizgrad.trace import Gap, Notation, Scene, State, Trace, Value
from vizgrad.trace import events as ev

from ...contained import Faults
from .aliases import with_names
from .lone_nodes import lonely_nodes
from .numbers import is_short, room
from .parts import Arrow, Box, Cell, Row, clean, clip, columns, pixels
from .rows import Saves, accumulate_rows, gradient_note, height_of, node_rows, row_of, tensor_rows

CONSTANT_OPERANDS = frozenset({"self", "other", "exponent", "end", "weight", "value", "min", "max", "threshold"})
"""Operands that enter the arithmetic; the rest (dim, keepdim, size ...) only say how, and stand in the expression."""

LONGEST_CONSTANT = 12

UNSHOWN = "cannot be shown"


def is_constant(part: ev.Operand) -> bool:
    """Whether an operand is a number that enters the arithmetic."""
    return part.text is not None and part.name in CONSTANT_OPERANDS and part.text not in ("None", "True", "False")


class Recorded:
    """Stands for the node that a tensor was recorded with."""


RECORDED = Recorded()


class Builder:
    """Collects the parts of one scene's picture."""

    def __init__(self, trace: Trace, scene: Scene, detail: str) -> None:
        self.trace, self.scene, self.detail = trace, scene, detail
        self.notation = Notation(trace, scene)
        self.faults = Faults()
        self.boxes: dict[str, Box] = {}
        self.arrows: dict[str, Arrow] = {}
        self.here: dict[int, str] = {}  # the box that shows a tensor now
        self.owner: dict[int, dict[int, str]] = {}  # the boxes of a node's outputs
        self.values: dict[int, Value] = {}
        self.hub: dict[int, str] = {}  # the box of a node alone
        self.events = [(i, trace.events[i]) for i in scene.places()]
        events = [event for _, event in self.events]
        self.departed = {
            (e.node, slot): room(d.grad)
            for e in events
            if isinstance(e, ev.Vjp)
            for slot, d in enumerate(e.departures)
            if d is not None
        }
        passes = (e for e in trace.events[scene.start : scene.stop] if isinstance(e, ev.Backward))
        self.roots = tuple(dict.fromkeys(e.roots[0] for e in passes if e.roots))
        self.retained = {e.tensor for e in events if isinstance(e, ev.Accumulate) and e.node is None}
        changes = [e for e in events if isinstance(e, ev.Inplace)]
        self.changed = {seen.tensor for e in changes for seen in e.seen}
        hooks = [e for e in events if isinstance(e, ev.Hook)]
        self.hooks: dict[tuple[str, int | None], dict[str, None]] = {}
        for e in hooks:
            key = ("tensor", e.tensor) if e.node is None else ("node", e.node)
            self.hooks.setdefault(key, {})[e.name] = None
        self.root_names = tuple(dict.fromkeys(self.name(r) for r in self.roots))

    def build(self) -> None:
        """Goes through the scene's events."""
        if self.scene.start:
            self._inherit(self.trace.at(self.scene.start))
        attempt = self.faults.attempt  # a fault in one box or arrow leaves the others as they are
        gaps = list(self.scene.gaps)
        for i, event in self.events:
            while gaps and i >= gaps[0].stop:
                attempt("drawing what comes out of a gap", partial(self._bridge, gaps.pop(0)), None)
            attempt(f"drawing event {i} ({event.kind})", partial(self._meet, i, event), None)
        attempt("drawing the frames of second graphs", self._second_graphs, None)
        attempt("drawing the nodes without a tensor", lambda: lonely_nodes(self), None)
        for node in sorted({box.node for box in self.boxes.values() if box.node is not None}):
            attempt(f"drawing the gradients of node {node}", partial(self._gradients, node), None)
        attempt("drawing what is used far off", self._name_far_uses, None)

    def _meet(self, i: int, event: ev.Event) -> None:
        match event:
            case ev.Create() if self.detail != "pytorch" or self._needs(event.tensor):
                self._tensor(event.tensor, i, event.op)
                self.values[event.tensor] = event.value
            case ev.Forward():
                self._forward(i, event)
                self.values.update(zip(event.outputs, event.values, strict=True))
            case ev.Inplace():
                self._inplace(i, event)
                self.values.update((seen.tensor, seen.value) for seen in event.seen)

    def _name_far_uses(self) -> None:
        names = {id: self._called(box) for id, box in self.boxes.items()}
        self.boxes, self.arrows = with_names(self.boxes, self.arrows, names)

    def _called(self, box: Box) -> str:
        """What a box is called where it is named again."""
        tensor = (
            self.trace.nodes[box.node].variable if box.kind == "accumulate" and box.node is not None else box.tensor
        )
        is_bare = tensor is None or (self.detail == "pytorch" and box.kind == "op")
        return box.cells[0].text if is_bare or tensor is None else self.name(tensor)

    def _second_graphs(self) -> None:
        """Marks what backward passes with create_graph made: a graph of its own, of how gradients were computed."""
        starts = {e.number: i for i, e in self.events if isinstance(e, ev.Backward) and e.create_graph}
        ends = {e.backward: i for i, e in self.events if isinstance(e, ev.Vjp | ev.Accumulate)}
        for id, box in self.boxes.items():
            for number, start in starts.items():
                if start < box.born < ends.get(number, start):
                    self.boxes[id] = replace(box, made_by=number)

    # -- boxes

    def _inherit(self, state: State) -> None:
        """Boxes for what earlier scenes made and this one uses."""
        self.values.update(state.values)
        for tensor in self.scene.tensors:
            if tensor in state.values and (self.detail != "pytorch" or self._needs(tensor)):
                self._tensor(tensor, -1, "", state.grad_fn.get(tensor))

    def _bridge(self, gap: Gap) -> None:
        """Boxes for what was made in a gap and is used behind it."""
        made: set[int] = set()
        for i, event in self.events:
            if i < gap.stop:
                continue
            if isinstance(event, ev.Forward | ev.Inplace):
                for operand in event.inputs:
                    tensor = operand.tensor
                    if tensor is None or tensor in self.here or tensor in made:
                        continue
                    if self.detail != "pytorch" or self._needs(tensor):
                        self._tensor(tensor, gap.stop - 1, "", has_saved=False)
            if isinstance(event, ev.Forward):
                made.update(event.outputs)
            elif isinstance(event, ev.Create):
                made.add(event.tensor)

    def _tensor(
        self,
        tensor: int,
        born: int,
        op: str,
        source: tuple[int, int] | Recorded | None = RECORDED,
        version: int = 0,
        expression: str | None = None,
        has_saved: bool = True,
    ) -> str:
        record = self.trace.tensors[tensor]
        if isinstance(source, Recorded):
            source = None if record.node is None else (record.node, record.output_nr)
        id = f"t{tensor}v{version}" if version else f"t{tensor}"
        name = self.name(tensor)
        requires = source is not None or self._needs(tensor)
        kind = "op" if source is not None else "leaf" if requires else "untracked"
        title = self.trace.nodes[source[0]].name if source else "leaf" if requires else op or "tensor"
        if kind == "leaf" and record.is_parameter:
            title = "parameter"
        is_retained = tensor in self.retained
        notes: tuple[str, ...] = ()
        if kind == "leaf" or is_retained:
            notes = (".grad",)
        elif kind == "op" and self.roots:
            notes = tuple(gradient_note(root, name) for root in self.root_names)
        is_full = self.detail == "full"
        try:
            if self.detail == "pytorch":
                width, rows = self._bare(record.shape, name, title, kind)
            else:
                width, rows = tensor_rows(
                    record,
                    name,
                    self.notation.expression(tensor) if expression is None else expression,
                    title,
                    notes,
                    reason=(record.reason or "constant") if kind == "untracked" and is_full else None,
                    has_note=is_full,
                    is_changed=is_full and tensor in self.changed,
                    hooks=self._hooks(tensor, source) if is_full else (),
                    saved=self._saved(source[0], tensor) if source is not None and has_saved else (),
                )
        except Exception:
            self.faults.note(f"the text of the box of {name}")
            width, rows = node_rows(f"{name}: {UNSHOWN}")
        self.boxes[id] = Box(
            id,
            kind,
            width,
            height_of(rows),
            rows,
            born,
            tensor=tensor,
            node=source[0] if source else None,
            output_nr=source[1] if source else 0,
            version=version,
            is_retained=is_retained,
        )
        self.here[tensor] = id
        if source is not None:
            self.owner.setdefault(source[0], {}).setdefault(source[1], id)
        return id

    def _hooks(self, tensor: int, source: tuple[int, int] | None) -> tuple[str, ...]:
        """The hooks that run on a tensor's gradient, and on its node's."""
        of_node = self.hooks.get(("node", source[0]), ()) if source is not None else ()
        return *self.hooks.get(("tensor", tensor), ()), *of_node

    def _bare(self, shape: tuple[int, ...], name: str, title: str, kind: str) -> tuple[int, tuple[Row, ...]]:
        """The one row of a box in the "pytorch" detail: a node's name, or a leaf's name and shape."""
        if kind == "op":
            return node_rows(title)
        return node_rows(f"{name} {shape if shape else '()'}")

    def alone(self, node: int, born: int) -> str:
        """A box for a node without its tensor: one with several outputs, or whose tensor the program never saw."""
        id = f"n{node}"
        width, rows = node_rows(self.trace.nodes[node].name, self._saved(node))
        self.boxes[id] = Box(id, "op", width, height_of(rows), rows, born, node=node)
        self.hub[node] = id
        return id

    def _saved(self, node: int, own: int | None = None) -> Saves:
        """The tensors that a node saved; its `own` result needs no name. Numbers stand in the picture as constants."""
        if self.detail != "full":
            return ()
        return tuple(
            (s.name, None if s.tensor == own else self.name(s.tensor))
            for s in self.trace.nodes[node].saved
            if s.tensor is not None
        )

    def _constants(self, i: int, inputs: tuple[ev.Operand, ...], node: int | None, box: str) -> None:
        if self.detail != "full":
            return
        for operand in inputs:
            if operand.text is None or not is_constant(operand):
                continue
            id = f"c{box if node is None else node}-{operand.name}"
            text = clip(clean(operand.text), LONGEST_CONSTANT)
            width = pixels(max(columns(text), 3), "constant") + 12
            rows = (row_of(Cell("fixed", "constant", width - 4, text)),)
            self.boxes[id] = Box(id, "constant", int(width), height_of(rows) - 4, rows, i, beside=box)
            self.arrow("forward", id, box, 0, i, is_tracked=False)

    def _accumulate(self, node: int, born: int) -> str | None:
        """The box of an AccumulateGrad, beside its leaf."""
        id, leaf = f"a{node}", self.trace.nodes[node].variable
        if id in self.boxes:
            return id
        if leaf is None or leaf not in self.here:
            return None
        record = self.trace.tensors[leaf]
        has_sum = self.detail == "full" and node in self.scene.nodes and is_short(record.shape, record.dtype)
        width, rows = accumulate_rows("AccumulateGrad", record.shape, record.dtype, has_sum)
        first = f"t{leaf}"
        beside = None if self.detail == "pytorch" else first
        height = height_of(rows) - (0 if has_sum else 4)
        self.boxes[id] = Box(id, "accumulate", width, height, rows, born, node=node, beside=beside)
        return id

    # -- what happens

    def _forward(self, i: int, event: ev.Forward) -> None:
        if self.detail == "pytorch":
            self._node_of(i, event)
            return
        made = [self._tensor(t, i, event.op, has_saved=len(event.outputs) == 1) for t in event.outputs]
        target = made[0]
        if event.node is not None and len(made) > 1:
            target = self.alone(event.node, i)
            for k, id in enumerate(made):
                self.arrow("forward", target, id, k, i)
        self._operands(i, event.inputs, target)
        self._constants(i, event.inputs, event.node, target)

    def _node_of(self, i: int, event: ev.Forward) -> None:
        """One box for all outputs of a node; none for what autograd does not track."""
        if event.node is None or not event.outputs:
            return
        first, *others = event.outputs
        id = self._tensor(first, i, event.op)
        for other in others:
            record = self.trace.tensors[other]
            if record.node is not None:
                self.here[other] = id
                self.owner.setdefault(record.node, {}).setdefault(record.output_nr, id)

    def _operands(self, i: int, inputs: tuple[ev.Operand, ...], target: str, skip: int | None = None) -> None:
        if self.detail == "pytorch":
            return
        tracked = self.boxes[target].kind == "op"
        for k, operand in enumerate(inputs):
            if operand.tensor in self.here and operand.tensor != skip:
                tail = self.here[operand.tensor]
                self.arrow("forward", tail, target, k, i, is_tracked=tracked and self.boxes[tail].kind != "untracked")

    def _inplace(self, i: int, event: ev.Inplace) -> None:
        """A tracked in-place operation makes a new box, since it makes a new node; an untracked one a new value."""
        before = dict(self.here)
        for seen in event.seen:
            old = self.here.get(seen.tensor)
            if old is None or seen.node is None:
                continue
            box = self.boxes[old]
            if (box.node, box.output_nr) == (seen.node, seen.output_nr):
                continue
            self.boxes[old] = replace(box, until=i, last=self.values.get(seen.tensor))
            source = (seen.node, seen.output_nr)
            new = self._tensor(seen.tensor, i, event.op, source, seen.version, self.notation.of_inplace(event))
            self.arrow("forward", old, new, 0, i)
        target = self.here.get(event.tensor)
        if target is not None and target != before.get(event.tensor):
            self._operands(i, event.inputs, target, skip=event.tensor)
            self._constants(i, event.inputs, event.node, target)

    def box_of(self, node: int) -> str | None:
        """The box at which a node is shown."""
        if node in self.hub:
            return self.hub[node]
        return next(iter(self.owner.get(node, {}).values()), None)

    # -- gradients

    def shown(self, node: int, nr: int, born: int) -> str | None:
        """Where the gradient for an output of `node` arrives."""
        if nr in self.owner.get(node, ()):
            return self.owner[node][nr]
        if node in self.hub:
            return self.hub[node]
        leaf = self.trace.nodes[node].variable
        if leaf is None:
            return None
        if self.detail != "simple" and (node in self.scene.nodes or self.detail == "pytorch"):
            return self._accumulate(node, born)
        return f"t{leaf}" if f"t{leaf}" in self.boxes else None

    def _gradients(self, node: int) -> None:
        record = self.trace.nodes[node]
        tail = self.box_of(node)
        if tail is None:
            return
        born = self.boxes[tail].born
        if node in self.hub and any((node, slot) in self.departed for slot in range(len(record.edges))):
            for id in self.owner.get(node, {}).values():
                self.arrow("gradient", id, tail, self.boxes[id].output_nr, born, node=node)
        for slot, edge in enumerate(record.edges):
            if edge is None:
                continue
            passes = (node, slot) in self.departed
            if not passes and self.detail != "pytorch":
                continue
            head = self.shown(edge.node, edge.input_nr, born)
            if head is None:
                continue
            if self.detail == "pytorch":
                self.arrow("forward", head, tail, slot, born)
            if passes:
                self.arrow("gradient", tail, head, slot, born, node=node, slot=slot, room=self.departed[node, slot])
            if self.boxes[head].kind == "accumulate":
                self._to_leaf(head, edge.node)

    def _to_leaf(self, box: str, node: int) -> None:
        leaf = f"t{self.trace.nodes[node].variable}"
        if self.detail == "pytorch":
            self.arrow("forward", leaf, box, 0, self.boxes[box].born)
        if node in self.scene.nodes:
            self.arrow("gradient", box, leaf, 0, self.boxes[box].born, node=node)

    # -- common

    def arrow(
        self, kind: str, tail: str, head: str, k: int, born: int, node: int | None = None, slot: int | None = None,
        room: int = 0, is_tracked: bool = True,
    ) -> None:  # fmt: skip
        """Adds an arrow, if it is not there yet."""
        id = f"{kind[0]}:{tail}-{head}-{k}"
        self.arrows.setdefault(id, Arrow(id, kind, tail, head, born, node, slot, room, is_tracked=is_tracked))

    def _needs(self, tensor: int) -> bool:
        switched = self.trace.bindings.required.get(tensor, self.scene.stop)
        return self.trace.tensors[tensor].requires_grad or switched < self.scene.stop

    def name(self, tensor: int) -> str:
        """What the scene calls a tensor."""
        try:
            return self.notation.name(tensor)
        except KeyError:
            return f"t{tensor}"
        except Exception:
            self.faults.note(f"tensor {tensor} has no name")
            return f"t{tensor}"
