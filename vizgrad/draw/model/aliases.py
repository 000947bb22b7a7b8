"""A tensor that is used again and again far from where it stands: named anew beside each far use, not tied to it.

Weights of an unrolled loop would otherwise pull the whole picture together with arrows over all of its width. Books
draw them so, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .parts import Arrow, Box, Cell, clean, clip, columns, pixels
from .rows import height_of, row_of

FAR = 3
"""Steps of the graph that an arrow may span before its end counts as far."""

MANY = {"leaf": 3, "untracked": 3, "op": 8, "accumulate": 8}
"""Far uses from which on what stands in a box of each kind is named where it is used."""

LONGEST = 14


def with_names(
    boxes: Mapping[str, Box], arrows: Mapping[str, Arrow], names: Mapping[str, str]
) -> tuple[dict[str, Box], dict[str, Arrow]]:
    """The boxes and arrows, with all uses but the nearest by name where many are far.

    `names` are those of the boxes.

    A box of kind "again" stands for one use: the value comes from it, and the contribution to the gradient goes to it.
    """
    forward = [a for a in arrows.values() if a.kind == "forward"]
    ranks = _ranks(boxes, forward)
    uses: dict[str, list[str]] = {}
    for arrow in forward:
        if boxes[arrow.tail].kind in MANY and boxes[arrow.head].kind in ("op", "untracked"):
            uses.setdefault(arrow.tail, []).append(arrow.head)
    here: dict[tuple[str, str], str] = {}  # the box that stands for a source at a use
    out = dict(boxes)
    for source, heads in uses.items():
        users = dict.fromkeys(heads)
        first = min(ranks[head] for head in users)
        if sum(ranks[head] - first >= FAR for head in users) < MANY[boxes[source].kind]:
            continue
        for head in (head for head in users if ranks[head] > first):
            box = _again(source, names[source], boxes[head])
            out[box.id] = box
            here[source, head] = box.id
    if not here:
        return out, dict(arrows)
    stands_for = {box.id: box.beside or box.id if box.kind == "accumulate" else box.id for box in boxes.values()}
    moved = {}
    sums: dict[str, int] = {}
    for arrow in arrows.values():
        if arrow.kind == "gradient" and arrow.slot is not None and boxes[arrow.head].kind == "accumulate":
            sums[arrow.head] = sums.get(arrow.head, 0) + 1
        new = _moved(arrow, here, stands_for)
        moved[new.id] = new
    by_name = {arrow.joins for arrow in moved.values()}
    for id, count in sums.items():
        if id in by_name and count > 1:
            out[id] = _summing(out[id], count)
    return out, moved


def _ranks(boxes: Mapping[str, Box], forward: Iterable[Arrow]) -> dict[str, int]:
    """How far from the first box each one is, as late as what uses it allows."""
    after: dict[str, list[str]] = {}
    before: dict[str, int] = dict.fromkeys(boxes, 0)
    for arrow in forward:
        after.setdefault(arrow.head, []).append(arrow.tail)
        before[arrow.tail] += 1
    ends = [id for id, count in before.items() if not count]
    to_end = dict.fromkeys(boxes, 0)
    while ends:
        head = ends.pop()
        for tail in after.get(head, ()):
            to_end[tail] = max(to_end[tail], to_end[head] + 1)
            before[tail] -= 1
            if not before[tail]:
                ends.append(tail)
    most = max(to_end.values(), default=0)
    return {id: most - distance for id, distance in to_end.items()}


def _again(source: str, name: str, user: Box) -> Box:
    text = clip(clean(name), LONGEST)
    width = pixels(max(columns(text), 3), "again") + 14
    rows = (row_of(Cell("fixed", "again", width - 4, text)),)
    return Box(
        f"u{source}-{user.id}", "again", int(width), height_of(rows) - 4, rows, user.born, beside=user.id,
        made_by=user.made_by,
    )  # fmt: skip


def _moved(arrow: Arrow, here: Mapping[tuple[str, str], str], stands_for: Mapping[str, str]) -> Arrow:
    """An arrow of a far use at the box that stands for the source there."""
    *_, k = arrow.id.rpartition("-")
    if arrow.kind == "forward" and (arrow.tail, arrow.head) in here:
        tail = here[arrow.tail, arrow.head]
        return replace(arrow, id=f"f:{tail}-{arrow.head}-{k}", tail=tail)
    if arrow.kind == "gradient" and arrow.slot is not None:
        source = stands_for.get(arrow.head, "")
        if (source, arrow.tail) in here:
            head = here[source, arrow.tail]
            return replace(arrow, id=f"g:{arrow.tail}-{head}-{k}", head=head, joins=arrow.head)
    return arrow


def _summing(box: Box, count: int) -> Box:
    """An AccumulateGrad that tells how many contributions it gets, since not all of them arrive by arrows."""
    text = f"AccumulateGrad \N{GREEK CAPITAL LETTER SIGMA}{count}"
    width = int(max(box.width, pixels(columns(text) + 2, "accumulate") + 10))
    first = row_of(Cell("fixed", "accumulate", width - 6, text))
    return replace(box, width=width, rows=(first, *box.rows[1:]))
