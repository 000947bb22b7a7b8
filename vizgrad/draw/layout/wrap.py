"""Folds a picture that is too wide to be read into rows, as text is: cut between ranks, each row below the one before.

Graphviz has no such layout. Boxes keep their places within their row; an arrow that a cut goes through is carried from
the end of one row to the beginning of the next, like the carriage of a typewriter, and arrows carried side by side
never cross each other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from .label_placement import Point, Rect

WIDEST = 1400 * 12 / 11
"""Pixels of a row: where it is shown 1400 pixels wide, text of 12 is 11 pixels high."""

MARGIN = 6
LANE = 8
"""Pixels between arrows that are carried side by side."""

GUTTER = 20
"""Pixels that a row keeps from the arrows below and above it."""

MOST = 8
"""Arrows that may be carried over from one row to the next; a picture with more of them is left as it is."""

ROUND = 6
TITLE = 24
"""Pixels that a frame around boxes keeps for its title."""

LABELLED = 600
"""Pixels at the end of a row along which the label of a carried arrow is put."""


class Carried(NamedTuple):
    """An arrow's line, a chain of cubic Bézier curves; where it is carried, a free way along which its label fits."""

    points: list[Point]
    near: list[Point] | None


class Row(NamedTuple):
    """A stretch of the picture between two cuts, and by how much it moves."""

    left: float
    right: float
    dx: float
    dy: float


class Fold(NamedTuple):
    """How a picture is folded."""

    rows: tuple[Row, ...]
    lines: dict[str, Carried]
    groups: list[list[Rect]]
    frame: Rect

    def shift(self, x: float) -> Point:
        """By how much what stands at `x` moves."""
        row = next((row for row in self.rows if x < row.right), self.rows[-1])
        return row.dx, row.dy

    def rect(self, rect: Rect) -> Rect:
        """A box's place."""
        middle = (rect.left + rect.right) / 2
        return _moved(rect, next((row for row in self.rows if middle < row.right), self.rows[-1]))


def fold(
    boxes: Sequence[Rect], lines: Mapping[str, list[Point]], frame: Rect, groups: Sequence[Rect] = ()
) -> Fold | None:
    """The picture in rows of at most `WIDEST` pixels, or None where it is not wider, or has no place for a cut.

    `groups` are frames around several boxes; each is drawn in every row that has some of them.

    >>> boxes = [Rect(200 * i, 0, 200 * i + 150, 60) for i in range(10)]
    >>> lines = {"a": [(1350 + 50 * i / 3, 30) for i in range(4)]}
    >>> made = fold(boxes, lines, Rect(-4, -4, 1954, 64))
    >>> len(made.rows), made.rect(boxes[9])[:2] > made.rect(boxes[0])[:2], made.frame.right < 1100
    (2, True, True)
    """
    if frame.right - frame.left <= WIDEST or not boxes:
        return None
    columns = _columns(boxes)
    cuts = _cuts(columns, list(lines.values()))
    if not cuts:
        return None
    edges = [frame.left, *cuts, frame.right]
    pieces = {id: _pieces(points, cuts) for id, points in lines.items()}
    carried = [_carried(pieces, k) for k in range(len(cuts))]
    indent = max(map(len, carried)) * LANE + ROUND + MARGIN
    gap = min(column[0] for column in columns if column[0] > cuts[0]) - cuts[0]
    rows: list[Row] = []
    gutters: list[float] = []
    frames: list[list[Rect]] = [[] for _ in groups]
    y = frame.top + MARGIN
    for k, (left, right) in enumerate(pairwise(edges)):
        inside = [b for b in boxes if left <= (b.left + b.right) / 2 < right]
        heights = [p[1] for parts in pieces.values() for row, points in parts if row == k for p in points]
        framed = [(n, part) for n, g in enumerate(groups) if (part := _part(g, inside, left, right))]
        top = min([b.top for b in [*inside, *(part for _, part in framed)]] + heights)
        bottom = max([b.bottom for b in [*inside, *(part for _, part in framed)]] + heights)
        start = left if k else columns[0][0] - gap  # so that the boxes of the first two rows begin at one place
        rows.append(Row(left, right, frame.left + indent - start, y - top))
        for n, part in framed:
            frames[n].append(_moved(part, rows[-1]))
        y += bottom - top + GUTTER
        gutters.append(y)
        if k < len(cuts):
            y += max(len(carried[k]) - 1, 0) * LANE + GUTTER
    moved = {id: _joined(id, parts, rows, gutters, carried) for id, parts in pieces.items()}
    right = max(p[0] for line in moved.values() for p in line.points)
    right = max(right, *(row.dx + column[1] for row in rows for column in columns if row.left <= column[0] < row.right))
    return Fold(tuple(rows), moved, frames, Rect(frame.left, frame.top, right + MARGIN, y - GUTTER + MARGIN))


def _moved(rect: Rect, row: Row) -> Rect:
    return Rect(rect.left + row.dx, rect.top + row.dy, rect.right + row.dx, rect.bottom + row.dy)


def _part(group: Rect, boxes: Sequence[Rect], left: float, right: float) -> Rect | None:
    """The part of a frame between two cuts, no higher than the boxes in it ask for; None if none of them is there."""
    held = [b for b in boxes if group.left <= b.left and b.right <= group.right]
    held = [b for b in held if group.top <= b.top and b.bottom <= group.bottom]
    if not held:
        return None
    top = max(group.top, min(b.top for b in held) - TITLE)
    bottom = min(group.bottom, max(b.bottom for b in held) + LANE)
    return Rect(max(group.left, left), top, min(group.right, right), bottom)


def _columns(boxes: Sequence[Rect]) -> list[tuple[float, float]]:
    """The stretches from left to right in which boxes stand."""
    found: list[tuple[float, float]] = []
    for box in sorted(boxes):
        if found and box.left <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], box.right))
        else:
            found.append((box.left, box.right))
    return found


def _cuts(columns: Sequence[tuple[float, float]], lines: Sequence[list[Point]]) -> list[float]:
    """Where to cut: as few rows as possible, of equal width, with few arrows going over; none if that is impossible."""
    gaps = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    crossing = _crossings(gaps, lines)
    whole = columns[-1][1] - columns[0][0]
    wanted = whole / (whole // (WIDEST - 100) + 1)
    best: list[tuple[float, list[int]]] = [(0.0, [])]  # the cost and cuts of everything before column j
    for j in range(1, len(columns) + 1):
        ways = []
        for i in reversed(range(j)):
            width = columns[j - 1][1] - columns[i][0]
            if width > WIDEST - 100 and j - i > 1:
                break
            over = crossing[i - 1] if i else 0
            if over is None or over > MOST:
                continue
            cost, cuts = best[i]
            ways.append((cost + 10 + over + 8 * (width / wanted - 1) ** 2, [*cuts, i - 1] if i else cuts))
        best.append(min(ways, default=(float("inf"), [])))
    return [gaps[i] for i in best[-1][1]]


def _crossings(gaps: Sequence[float], lines: Sequence[list[Point]]) -> list[int | None]:
    """How many arrows a cut at each of the gaps goes through; None where one of them would be cut twice.

    >>> _crossings([1.0, 5.0], [[(0, 0), (1, 0), (2, 0), (3, 0)]])
    [1, 0]
    """
    counts: list[int | None] = [0] * len(gaps)
    for points in lines:
        xs = [p[0] for p in points[::3]]
        for k in range(bisect_right(gaps, min(xs)), bisect_left(gaps, max(xs))):
            before = counts[k]
            once = len(xs) == 2 or sum((a < gaps[k]) != (b < gaps[k]) for a, b in pairwise(xs)) == 1
            counts[k] = before + 1 if once and before is not None else None
    return counts


def _pieces(points: list[Point], cuts: Sequence[float]) -> list[tuple[int, list[Point]]]:
    """An arrow's line cut up: the row of each piece, and its curves."""
    row = bisect_left(cuts, points[0][0])
    out: list[tuple[int, list[Point]]] = [(row, [points[0]])]
    for start in range(0, len(points) - 1, 3):
        curve = points[start : start + 4]
        end = bisect_left(cuts, curve[3][0])
        while row != end:
            step = 1 if end > row else -1
            cut = cuts[row if step > 0 else row - 1]
            before, curve = _split(curve, cut)
            out[-1][1].extend(before[1:])
            row += step
            out.append((row, [curve[0]]))
        out[-1][1].extend(curve[1:])
    return out


def _split(curve: Sequence[Point], x: float) -> tuple[list[Point], list[Point]]:
    """A cubic Bézier curve in two, where it comes to `x`."""
    low, high, rises = 0.0, 1.0, curve[3][0] > curve[0][0]
    for _ in range(30):
        t = (low + high) / 2
        if (_halves(curve, t)[0][3][0] < x) == rises:
            low = t
        else:
            high = t
    return _halves(curve, (low + high) / 2)


def _halves(curve: Sequence[Point], t: float) -> tuple[list[Point], list[Point]]:
    def between(p: Point, q: Point) -> Point:
        return p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t

    a, b, c, d = curve
    ab, bc, cd = between(a, b), between(b, c), between(c, d)
    abc, bcd = between(ab, bc), between(bc, cd)
    middle = between(abc, bcd)
    return [a, ab, abc, middle], [middle, bcd, cd, d]


def _carried(pieces: Mapping[str, Sequence[tuple[int, list[Point]]]], cut: int) -> list[str]:
    """The arrows that go over from row `cut` to the next, from the top."""
    heights = {}
    for id, parts in pieces.items():
        for (a, points), (b, _) in pairwise(parts):
            if min(a, b) == cut:
                heights[id] = points[-1][1]
    return sorted(heights, key=lambda id: (heights[id], id))


def _joined(
    id: str,
    parts: Sequence[tuple[int, list[Point]]],
    rows: Sequence[Row],
    gutters: Sequence[float],
    carried: Sequence[Sequence[str]],
) -> Carried:
    """The pieces of one arrow at their new places, with the ways between them."""
    moved = [[(x + rows[row].dx, y + rows[row].dy) for x, y in points] for row, points in parts]
    line = list(moved[0])
    near = None
    for k, ((a, _), (b, _)) in enumerate(pairwise(parts)):
        upper = min(a, b)
        ids = carried[upper]
        place, last = ids.index(id), len(ids) - 1
        one, other = (moved[k][-1], moved[k + 1][0]) if a < b else (moved[k + 1][0], moved[k][-1])
        # The topmost goes farthest right, lowest below, and turns down again first: so none crosses another.
        end, level = one[0] + ROUND + (last - place) * LANE, gutters[upper] + (last - place) * LANE
        begin = other[0] - ROUND - place * LANE
        corners = [one, (end, one[1]), (end, level), (begin, level), (begin, other[1]), other]
        line += list(_rounded(corners if a < b else corners[::-1]))[1:] + moved[k + 1][1:]
        near = [(end - LABELLED * i / 3, gutters[upper] - GUTTER / 2) for i in range(4)]  # above all that are carried
    return Carried(line, near)


def _rounded(corners: Sequence[Point]) -> Iterator[Point]:
    """A way by straight lines with rounded corners, as curves."""
    at = corners[0]
    yield at
    for corner, after in zip(corners[1:], [*corners[2:], None], strict=True):
        if after is None:
            yield from _straight(at, corner)
            return
        turn, on = _toward(corner, at), _toward(corner, after)
        yield from _straight(at, turn)
        yield from (corner, corner, on)
        at = on


def _toward(corner: Point, other: Point) -> Point:
    """The point on the way from a corner at which its curve ends."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = max(abs(dx), abs(dy))
    share = min(ROUND / length, 0.5) if length else 0.0
    return corner[0] + dx * share, corner[1] + dy * share


def _straight(a: Point, b: Point) -> Iterator[Point]:
    for t in (1 / 3, 2 / 3, 1.0):
        yield a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t
