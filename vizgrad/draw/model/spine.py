"""The chain that a picture keeps straight, and the arrows that meet others at their head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .parts import Arrow, Box


def shared(arrows: Iterable[Arrow]) -> frozenset[str]:
    """The gradient arrows that arrive where others do: contributions to one sum, to be told apart."""
    at: dict[str, list[Arrow]] = {}
    for arrow in arrows:
        if arrow.kind == "gradient":
            at.setdefault(arrow.joins or arrow.head, []).append(arrow)
    return frozenset(a.id for meeting in at.values() if len(meeting) > 1 for a in meeting if a.slot is not None)


def spine(boxes: Mapping[str, Box], arrows: Iterable[Arrow]) -> frozenset[str]:
    """The boxes and arrows of the longest chain of forward arrows."""
    order = {id: i for i, id in enumerate(boxes)}
    into: dict[str, list[Arrow]] = {}
    for arrow in arrows:
        if arrow.kind == "forward" and boxes[arrow.tail].kind not in ("constant", "again"):
            into.setdefault(arrow.head, []).append(arrow)
    depth: dict[str, int] = {}
    best: dict[str, Arrow] = {}
    for id in sorted(boxes, key=lambda id: (boxes[id].born, boxes[id].tensor is not None, order[id])):
        for arrow in into.get(id, ()):
            if depth.get(arrow.tail, 0) + 1 > depth.get(id, 0):
                depth[id], best[id] = depth.get(arrow.tail, 0) + 1, arrow
    if not depth:
        return frozenset()
    at = max(depth, key=lambda id: depth[id])
    found = {at}
    while at in best and best[at].tail not in found:
        arrow = best[at]
        at = arrow.tail
        found |= {arrow.id, at}
    return frozenset(found)
