"""Which boxes and arrows a scene has at which detail: a walk over its events that draws nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

from vizgrad.trace import Notation, Scene, State, Trace, Value
from vizgrad.trace import events as ev

from .format import room
from .parts import Arrow, Box, Cell, Row, clip, columns, pixels
from .rows import gradient_note, height_of, node_rows, row_of, tensor_rows

Detail = Literal["full", "simple", "pytorch"]
Direction = Literal["LR", "TB"]

CONSTANT_OPERANDS = frozenset({"self", "other", "exponent", "end", "weight", "value", "min", "max", "threshold"})
"""Operands that enter the arithmetic; the rest (dim, keepdim, size ...) only say how, and stand in the expression."""

LONGEST_CONSTANT = 12


@dataclass(frozen=True)
class Drawing:
    """What a scene's picture consists of, the same for all its steps.

    `boxes` and `arrows` have stable ids: "t<tensor>" (with "v<version>" after a tracked in-place operation), "a<node>"
    for an AccumulateGrad, "n<node>" for a node alone, "c<node>-<operand>" for a constant; "f:<tail>-<head>-<operand>" and
    "g:<tail>-<head>-<slot>".
    """

    scene: int
    detail: Detail
    direction: Direction
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    roots: tuple[int, ...]
    names: dict[int, str]

    @cached_property
    def by_id(self) -> dict[str, Box | Arrow]:
        """Every box and arrow by its id."""
        return {part.id: part for part in (*self.boxes, *self.arrows)}

    @cached_property
    def of_tensor(self) -> dict[int, tuple[Box, ...]]:
        """The boxes of each tensor, in the order of its versions."""
        found: dict[int, tuple[Box, ...]] = {}
        for box in self.boxes:
            if box.tensor is not None and box.kind in ("leaf", "op", "untracked"):
                found[box.tensor] = (*found.get(box.tensor, ()), box)
        return found

    @cached_property
    def of_node(self) -> dict[int, Box]:
        """The box at which each node is shown: alone, or with the tensor that it made."""
        found: dict[int, Box] = {}
        for box in self.boxes:
            if box.node is not None and (box.node not in found or box.tensor is None):
                found[box.node] = box
        return found


def drawing(trace: Trace, scene: Scene, detail: Detail = "full", direction: Direction = "LR") -> Drawing:
    """The boxes and arrows of a scene.

    `detail` is "full" (everything), "simple" (names, values, gradients) or "pytorch" (grad_fn nodes as torchviz draws
    them); `direction` is "LR" or "TB". Raises ValueError for any other word.
    """
    for word, known, what in ((detail, get_args(Detail), "detail"), (direction, get_args(Direction), "direction")):
        if word not in known:
            raise ValueError(f"{what}={word!r}: choose one of {', '.join(known)}")
    return _Builder(trace, scene, detail, direction).build()


class _Builder:
    """Collects the parts of one scene's picture."""

    def __init__(self, trace: Trace, scene: Scene, detail: Detail, direction: Direction) -> None:
        self.trace, self.scene, self.detail, self.direction = trace, scene, detail, direction
        self.notation = Notation(trace, scene)
        self.boxes: dict[str, Box] = {}
        self.arrows: dict[str, Arrow] = {}
        self.here: dict[int, str] = {}  # the box that shows a tensor now
        self.owner: dict[tuple[int, int], str] = {}  # the box of a node's output
        self.values: dict[int, Value] = {}
        self.hub: dict[int, str] = {}  # the box of a node alone
        events = trace.events[scene.start : scene.stop]
        self.events = list(enumerate(events, scene.start))
        self.departed = {
            (e.node, slot): room(d.grad)
            for e in events
            if isinstance(e, ev.Vjp)
            for slot, d in enumerate(e.departures)
            if d is not None
        }
        self.roots = tuple(dict.fromkeys(e.roots[0] for e in events if isinstance(e, ev.Backward) and e.roots))
        self.retained = {e.tensor for e in events if isinstance(e, ev.Accumulate) and e.node is None}
        self.root_names = tuple(dict.fromkeys(self._name(r) for r in self.roots))

    def build(self) -> Drawing:
        if self.scene.start:
            self._inherit(self.trace.at(self.scene.start))
        for i, event in self.events:
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
        self._lonely_nodes()
        for node in sorted({box.node for box in self.boxes.values() if box.node is not None}):
            self._gradients(node)
        self._share()
        self._spine()
        return Drawing(
            self.scene.index,
            self.detail,
            self.direction,
            tuple(self.boxes.values()),
            tuple(self.arrows.values()),
            self.roots,
            {t: self._name(t) for t in self.scene.tensors},
        )

    # -- boxes

    def _inherit(self, state: State) -> None:
        """Boxes for what earlier scenes made and this one uses."""
        self.values.update(state.values)
        for tensor in self.scene.tensors:
            if tensor in state.values and (self.detail != "pytorch" or self._needs(tensor)):
                self._tensor(tensor, -1, "", state.grad_fn.get(tensor))

    def _tensor(
        self,
        tensor: int,
        born: int,
        op: str,
        source: tuple[int, int] | None | Literal["record"] = "record",
        version: int = 0,
    ) -> str:
        record = self.trace.tensors[tensor]
        if source == "record":
            source = None if record.node is None else (record.node, record.output_nr)
        assert source != "record"
        id = f"t{tensor}v{version}" if version else f"t{tensor}"
        name = self._name(tensor)
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
        if self.detail == "pytorch":
            width, rows = self._bare(record.shape, name, title, kind)
        else:
            is_full = self.detail == "full"
            width, rows = tensor_rows(
                record,
                name,
                self.notation.expression(tensor),
                title,
                notes,
                reason=(record.reason or "constant") if kind == "untracked" and is_full else None,
                has_note=is_full,
                version=version,
            )
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
            self.owner.setdefault(source, id)
        return id

    def _bare(self, shape: tuple[int, ...], name: str, title: str, kind: str) -> tuple[int, tuple[Row, ...]]:
        """The one row of a box in the "pytorch" detail: a node's name, or a leaf's name and shape."""
        if kind == "op":
            return node_rows(title, None)
        return node_rows(f"{name} {shape if shape else '()'}", None)

    def _alone(self, node: int, born: int) -> str:
        """A box for a node without its tensor: one with several outputs, or whose tensor the program never saw."""
        id = f"n{node}"
        width, rows = node_rows(self.trace.nodes[node].name, None)
        self.boxes[id] = Box(id, "op", width, height_of(rows), rows, born, node=node)
        self.hub[node] = id
        return id

    def _constants(self, i: int, inputs: tuple[ev.Operand, ...], node: int | None, box: str) -> None:
        if self.detail != "full":
            return
        for operand in inputs:
            if (
                operand.text is None
                or operand.name not in CONSTANT_OPERANDS
                or operand.text in ("None", "True", "False")
            ):
                continue
            id = f"c{box if node is None else node}-{operand.name}"
            text = clip(operand.text, LONGEST_CONSTANT)
            width = pixels(max(columns(text), 3), "constant") + 12
            rows = (row_of(Cell("fixed", "constant", width - 4, text)),)
            self.boxes[id] = Box(id, "constant", int(width), height_of(rows) - 4, rows, i, beside=box)
            self._arrow("forward", id, box, 0, i, is_tracked=False)

    def _accumulate(self, node: int) -> str | None:
        """The box of an AccumulateGrad, beside its leaf."""
        id, leaf = f"a{node}", self.trace.nodes[node].variable
        if id in self.boxes:
            return id
        if leaf is None or leaf not in self.here:
            return None
        width = pixels(16, "accumulate") + 10
        rows = (row_of(Cell("fixed", "accumulate", width - 6, "AccumulateGrad")),)
        first = f"t{leaf}"
        beside = None if self.detail == "pytorch" else first
        self.boxes[id] = Box(
            id, "accumulate", int(width), height_of(rows) - 4, rows, self.boxes[first].born, node=node, beside=beside
        )
        return id

    # -- what happens

    def _forward(self, i: int, event: ev.Forward) -> None:
        if self.detail == "pytorch":
            self._node_of(i, event)
            return
        made = [self._tensor(t, i, event.op) for t in event.outputs]
        target = made[0]
        if event.node is not None and len(made) > 1:
            target = self._alone(event.node, i)
            for k, id in enumerate(made):
                self._arrow("forward", target, id, k, i)
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
                self.owner.setdefault((record.node, record.output_nr), id)

    def _operands(self, i: int, inputs: tuple[ev.Operand, ...], target: str, skip: int | None = None) -> None:
        if self.detail == "pytorch":
            return
        tracked = self.boxes[target].kind == "op"
        for k, operand in enumerate(inputs):
            if operand.tensor in self.here and operand.tensor != skip:
                tail = self.here[operand.tensor]
                self._arrow("forward", tail, target, k, i, is_tracked=tracked and self.boxes[tail].kind != "untracked")

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
            new = self._tensor(seen.tensor, i, event.op, (seen.node, seen.output_nr), seen.version)
            self._arrow("forward", old, new, 0, i)
        target = self.here.get(event.tensor)
        if target is not None and target != before.get(event.tensor):
            self._operands(i, event.inputs, target, skip=event.tensor)
            self._constants(i, event.inputs, event.node, target)

    def _lonely_nodes(self) -> None:
        """Nodes that a backward pass visits and no tensor of the scene stands for, made with the first that leads there."""
        known = {box.node for box in self.boxes.values()}
        lead = {}
        for box in list(self.boxes.values()):
            if box.node is not None:
                lead[box.node] = min(box.born, lead.get(box.node, box.born))
        pending = sorted(lead, reverse=True)
        while pending:
            node = pending.pop(0)
            for edge in self.trace.nodes[node].edges:
                if edge is None or edge.node in known or self.trace.nodes[edge.node].variable is not None:
                    continue
                if edge.node in self.scene.nodes:
                    known.add(edge.node)
                    lead[edge.node] = lead[node]
                    self._alone(edge.node, lead[node])
                    pending.append(edge.node)
        for node in self.hub:
            if all(
                self.owner.get((node, nr)) is None for nr in range(8)
            ):  # a way for the value too, where none is known
                for edge in self.trace.nodes[node].edges:
                    if edge is not None and (tail := self._shown(edge.node, edge.input_nr)):
                        self._arrow("forward", tail, self.hub[node], 0, self.boxes[self.hub[node]].born)

    # -- gradients

    def _shown(self, node: int, nr: int) -> str | None:
        """Where the gradient for an output of `node` arrives."""
        if (node, nr) in self.owner:
            return self.owner[node, nr]
        if node in self.hub:
            return self.hub[node]
        leaf = self.trace.nodes[node].variable
        if leaf is None:
            return None
        if self.detail != "simple" and (node in self.scene.nodes or self.detail == "pytorch"):
            return self._accumulate(node)
        return f"t{leaf}" if f"t{leaf}" in self.boxes else None

    def _gradients(self, node: int) -> None:
        record = self.trace.nodes[node]
        tail = (
            self.hub.get(node)
            or self.owner.get((node, 0))
            or next((id for (n, _), id in self.owner.items() if n == node), None)
        )
        if tail is None:
            return
        born = self.boxes[tail].born
        if node in self.hub:
            for (n, _), id in list(self.owner.items()):
                if n == node and any((node, slot) in self.departed for slot in range(len(record.edges))):
                    self._arrow("gradient", id, tail, self.boxes[id].output_nr, born, node=node)
        for slot, edge in enumerate(record.edges):
            if edge is None:
                continue
            passes = (node, slot) in self.departed
            if not passes and self.detail != "pytorch":
                continue
            head = self._shown(edge.node, edge.input_nr)
            if head is None:
                continue
            if self.detail == "pytorch":
                self._arrow("forward", head, tail, slot, born)
            if passes:
                self._arrow("gradient", tail, head, slot, born, node=node, slot=slot, room=self.departed[node, slot])
            if self.boxes[head].kind == "accumulate":
                self._to_leaf(head, edge.node)

    def _to_leaf(self, box: str, node: int) -> None:
        leaf = f"t{self.trace.nodes[node].variable}"
        if self.detail == "pytorch":
            self._arrow("forward", leaf, box, 0, self.boxes[box].born)
        if node in self.scene.nodes:
            self._arrow("gradient", box, leaf, 0, self.boxes[box].born, node=node)

    def _share(self) -> None:
        """Marks the gradient arrows that arrive where others do."""
        count: dict[str, int] = {}
        for arrow in self.arrows.values():
            if arrow.kind == "gradient":
                count[arrow.head] = count.get(arrow.head, 0) + 1
        for id, arrow in self.arrows.items():
            if arrow.kind == "gradient" and count[arrow.head] > 1 and arrow.slot is not None:
                self.arrows[id] = replace(arrow, is_shared=True)

    # -- common

    def _arrow(
        self, kind: str, tail: str, head: str, k: int, born: int, node: int | None = None, slot: int | None = None,
        room: int = 0, is_tracked: bool = True,
    ) -> None:  # fmt: skip
        id = f"{kind[0]}:{tail}-{head}-{k}"
        self.arrows.setdefault(id, Arrow(id, kind, tail, head, born, node, slot, room, is_tracked=is_tracked))

    def _spine(self) -> None:
        """Marks the longest chain of forward arrows, which the picture keeps straight."""
        order = {id: i for i, id in enumerate(self.boxes)}
        into: dict[str, list[Arrow]] = {}
        for arrow in self.arrows.values():
            if arrow.kind == "forward" and self.boxes[arrow.tail].kind != "constant":
                into.setdefault(arrow.head, []).append(arrow)
        depth: dict[str, int] = {}
        best: dict[str, Arrow] = {}
        for id in sorted(
            self.boxes, key=lambda id: (self.boxes[id].born, self.boxes[id].tensor is not None, order[id])
        ):
            for arrow in into.get(id, ()):
                if depth.get(arrow.tail, 0) + 1 > depth.get(id, 0):
                    depth[id], best[id] = depth.get(arrow.tail, 0) + 1, arrow
        if not depth:
            return
        at = max(depth, key=lambda id: depth[id])
        self.boxes[at] = replace(self.boxes[at], on_spine=True)
        while at in best:
            arrow = best[at]
            self.arrows[arrow.id] = replace(arrow, on_spine=True)
            at = arrow.tail
            self.boxes[at] = replace(self.boxes[at], on_spine=True)

    def _needs(self, tensor: int) -> bool:
        return self.trace.tensors[tensor].requires_grad or tensor in self._required

    @cached_property
    def _required(self) -> set[int]:
        """Tensors whose requires_grad the program switched on after their birth."""
        return {
            e.tensor for e in self.trace.events[: self.scene.stop] if isinstance(e, ev.RequiresGrad) and e.requires_grad
        }

    def _name(self, tensor: int) -> str:
        try:
            return self.notation.name(tensor)
        except KeyError:
            return f"t{tensor}"
