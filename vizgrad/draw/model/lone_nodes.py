"""Nodes of the graph that stand for no tensor of the scene, such as those inside of a library's function."""

from __future__ import annotations

from typing import Protocol

from vizgrad.trace import Scene, Trace
from vizgrad.trace import events as ev

from .parts import Box


class Building(Protocol):
    """A picture that is being built, as far as these nodes need it."""

    trace: Trace
    scene: Scene
    detail: str
    boxes: dict[str, Box]
    here: dict[int, str]
    events: list[tuple[int, ev.Event]]

    def alone(self, node: int, born: int) -> str:
        """The box of a node without a tensor, made where it is missing."""

    def box_of(self, node: int) -> str | None:
        """The box at which a node is shown."""

    def shown(self, node: int, nr: int, born: int) -> str | None:
        """The box that shows one output of a node."""

    def arrow(self, kind: str, tail: str, head: str, k: int, born: int) -> None:
        """Draws an arrow."""


def lonely_nodes(builder: Building) -> None:
    """Nodes that a backward pass visits and no tensor of the scene stands for, with their ways in and out."""
    nodes = builder.trace.nodes
    born: dict[int, int] = {}
    for box in builder.boxes.values():
        if box.node is not None:
            born[box.node] = min(box.born, born.get(box.node, box.born))
    visits = {e.node: i for i, e in reversed(builder.events) if isinstance(e, ev.Vjp)}
    wanted = {n for n in builder.scene.nodes if n not in born and nodes[n].variable is None}
    lonely = set(wanted)
    pending = [*sorted(born, reverse=True), *sorted(wanted, key=lambda n: visits.get(n, 0))]
    for node in pending:  # it grows: made with the first box that leads there
        if node in wanted:
            born.setdefault(node, -1 if builder.scene.start else visits.get(node, -1))
            builder.alone(node, born[node])
            wanted.discard(node)
        for edge in nodes[node].edges:
            if edge is not None and edge.node in wanted and edge.node not in born:
                born[edge.node] = born.get(node, -1)
                pending.append(edge.node)
    for node in born if builder.detail != "pytorch" else ():  # which has an arrow for every edge anyway
        head = builder.box_of(node)
        for slot, edge in enumerate(nodes[node].edges):
            if head is None or edge is None or not {node, edge.node} & lonely:
                continue
            leaf = nodes[edge.node].variable
            tail = builder.shown(edge.node, edge.input_nr, born[node]) if leaf is None else builder.here.get(leaf)
            if tail is not None and tail != head:
                builder.arrow("forward", tail, head, slot, builder.boxes[head].born)
