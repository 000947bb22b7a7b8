"""Marks the chain that a picture keeps straight, and the arrows that meet others at their head."""

from __future__ import annotations

from dataclasses import replace

from .parts import Arrow, Box


def mark_shared(arrows: dict[str, Arrow]) -> None:
    """Marks the gradient arrows that arrive where others do: contributions to one sum."""
    count: dict[str, int] = {}
    for arrow in arrows.values():
        if arrow.kind == "gradient":
            count[arrow.head] = count.get(arrow.head, 0) + 1
    for id, arrow in arrows.items():
        if arrow.kind == "gradient" and count[arrow.head] > 1 and arrow.slot is not None:
            arrows[id] = replace(arrow, is_shared=True)


def mark_spine(boxes: dict[str, Box], arrows: dict[str, Arrow]) -> None:
    """Marks the longest chain of forward arrows."""
    order = {id: i for i, id in enumerate(boxes)}
    into: dict[str, list[Arrow]] = {}
    for arrow in arrows.values():
        if arrow.kind == "forward" and boxes[arrow.tail].kind != "constant":
            into.setdefault(arrow.head, []).append(arrow)
    depth: dict[str, int] = {}
    best: dict[str, Arrow] = {}
    for id in sorted(boxes, key=lambda id: (boxes[id].born, boxes[id].tensor is not None, order[id])):
        for arrow in into.get(id, ()):
            if depth.get(arrow.tail, 0) + 1 > depth.get(id, 0):
                depth[id], best[id] = depth.get(arrow.tail, 0) + 1, arrow
    if not depth:
        return
    at = max(depth, key=lambda id: depth[id])
    boxes[at] = replace(boxes[at], on_spine=True)
    seen = {at}
    while at in best and best[at].tail not in seen:
        arrow = best[at]
        arrows[arrow.id] = replace(arrow, on_spine=True)
        at = arrow.tail
        seen.add(at)
        boxes[at] = replace(boxes[at], on_spine=True)
