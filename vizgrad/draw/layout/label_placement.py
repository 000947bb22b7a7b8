"""Finds places for the labels of arrows: near the middle of their arrow, on no box, on no other label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import hypot
from typing import NamedTuple

MESH = 160.0
"""Side of the squares by which neighbours are found, in pixels."""

THICKNESS = 3.0
"""Half of what an arrow's line takes, in pixels."""

SAMPLES = 16
"""Points at which an arrow's line is taken at most; a very long one is taken here and there."""

CROWD = 250
"""Pieces of lines that are looked at: where there are more, no label can keep clear of them."""

AIR = 1.0
"""Pixels between a label and a box."""

HIDDEN = 24.0
"""Pixels of an arrow that a label on its line leaves to be seen."""

COVERED, CROSSED, BROKEN = 10000.0, 26.0, 30.0
"""What it costs, in pixels of distance, to cover a box or a label, to cross another's line, to hide one's own arrow."""

SHARES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
ASIDE = (0, 5, 11, 18, 26, 35, 45, 56, 68, 82, 98)


_NOBODY: tuple[str, ...] = ()


Point = tuple[float, float]


class Rect(NamedTuple):
    """A rectangle on the picture."""

    left: float
    top: float
    right: float
    bottom: float


class Way(NamedTuple):
    """One candidate: what it costs by itself, where along the arrow, on which side, and how far from it."""

    cost: float
    share: float
    side: int
    aside: float


WAYS = sorted(
    (
        Way(45 * abs(share - 0.5) + aside + (4 if side else 0), share, side, aside)
        for share in SHARES
        for side in (0, 1, -1)
        for aside in (ASIDE if side else (0,))
    ),
    key=lambda way: way.cost,
)


class Places:
    """What is taken on one picture.

    A label with a `group` is seen only together with those of its group, and so need not keep clear of others that have
    one; those without are always seen.
    """

    def __init__(self, boxes: Iterable[Rect]) -> None:
        self.taken: dict[tuple[int, int], list[tuple[Rect, str | None]]] = {}  # None: nothing may lie there
        self.labels: list[tuple[Rect, str | None]] = []
        for left, top, right, bottom in boxes:
            self._take(Rect(left - AIR, top - AIR, right + AIR, bottom + AIR), None)

    def cross(self, id: str, points: Sequence[Point]) -> None:
        """Takes the line of an arrow: no other's label is to lie on it."""
        (left, top), (right, bottom) = points[0], points[-1]
        across, down = abs(right - left), abs(bottom - top)
        if min(across, down) < THICKNESS and len(points) == 4:  # nearly all arrows of a chain
            self._take(
                Rect(
                    min(left, right) - THICKNESS,
                    min(top, bottom) - THICKNESS,
                    max(left, right) + THICKNESS,
                    max(top, bottom) + THICKNESS,
                ),
                id,
                is_line=True,
            )
            return
        steps = min(max(int((across + down) / THICKNESS / 3), 1), SAMPLES)
        for i in range(steps + 1):
            x, y = _on(points, i / steps)
            self._take(Rect(x - THICKNESS, y - THICKNESS, x + THICKNESS, y + THICKNESS), id, is_line=True)

    def find(self, id: str, points: Sequence[Point], width: float, height: float, group: str | None = None) -> Point:
        """The middle of the best place near an arrow's path, and from now on it is taken.

        >>> Places([]).find("a", [(0, 0), (30, 0), (60, 0), (90, 0)], 20, 10)
        (45.0, 0.0)
        >>> Places([]).find("a", [(0, 0), (10, 0), (20, 0), (30, 0)], 20, 10)
        (15.0, 9.0)
        """
        length = hypot(points[-1][0] - points[0][0], points[-1][1] - points[0][1])
        on_line: dict[float, tuple[float, float, float, float]] = {}
        near = self._near(points, width, height, group)
        half_width, half_height = width / 2, height / 2
        least, best = float("inf"), (0.0, 0.0)
        for cost, share, side, aside in WAYS:  # some seventy of them a label: this loop makes no objects
            if cost >= least:
                break
            if share not in on_line:
                on_line[share] = _along(points, share)
            x, y, nx, ny = on_line[share]
            if side:
                reach = abs(nx) * half_width + abs(ny) * half_height + (THICKNESS + 1 + aside)
                x, y = x + side * nx * reach, y + side * ny * reach
            elif length < 2 * (abs(ny) * half_width + abs(nx) * half_height) + HIDDEN:
                cost += BROKEN
            left, top, right, bottom = x - half_width, y - half_height, x + half_width, y + half_height
            alone, crossed = cost, _NOBODY
            for (a, b, c, d), owner in near:
                if a >= right or left >= c or b >= bottom or top >= d:
                    continue
                if owner is None:
                    cost = alone + COVERED
                    break
                if (side or owner != id) and owner not in crossed:
                    crossed = (*crossed, owner)
                    cost += CROSSED
                    if cost >= least:
                        break
            if cost < least:
                least, best = cost, (x, y)
        x, y = best
        found = Rect(x - half_width, y - half_height, x + half_width, y + half_height)
        self.labels.append((found, group))
        self._take(found, "" if group is None else f"={group}")
        return best

    def around(self, rect: Rect) -> Rect:
        """A rectangle widened so that all labels lie in it."""
        every = [rect, *(label for label, _ in self.labels)]
        return Rect(
            min(r.left for r in every),
            min(r.top for r in every),
            max(r.right for r in every),
            max(r.bottom for r in every),
        )

    def _near(
        self, points: Sequence[Point], width: float, height: float, group: str | None
    ) -> list[tuple[Rect, str | None]]:
        """What a label of the arrow could lie on, wherever it stands; an owner of None is never to be covered."""
        reach = ASIDE[-1] + THICKNESS + 1 + width + height
        xs, ys = [x for x, _ in points], [y for _, y in points]
        around = [Rect(min(xs) - reach, min(ys) - reach, max(xs) + reach, max(ys) + reach)]
        if max(around[0].right - around[0].left, around[0].bottom - around[0].top) > 2 * len(SHARES) * reach:
            # A very long arrow: what lies beside it where no label of it can stand does not count.
            middles = [_on(points, share) for share in SHARES]
            around = [Rect(x - reach, y - reach, x + reach, y + reach) for x, y in middles]
        found: dict[int, tuple[Rect, str | None]] = {}
        for left, top, right, bottom in around:
            for square in _squares(Rect(left, top, right, bottom)):
                for entry in self.taken.get(square, ()):
                    (a, b, c, d), owner = entry
                    if a >= right or left >= c or b >= bottom or top >= d:
                        continue
                    if owner and owner[0] == "=":  # a label that is seen with some others
                        if group is not None and owner[1:] != group:
                            continue
                        owner = None
                    found[id(entry)] = (entry[0], owner or None)
        settling = [entry for entry in found.values() if entry[1] is None]
        lines = [entry for entry in found.values() if entry[1] is not None]
        return settling + lines[:CROWD]  # what settles it comes first

    def _take(self, rect: Rect, owner: str | None, is_line: bool = False) -> None:
        for square in _squares(rect):
            taken = self.taken.setdefault(square, [])
            if not is_line or len(taken) < CROWD:
                taken.append((rect, owner))


def _squares(rect: Rect) -> Sequence[tuple[int, int]]:
    left, top, right, bottom = (int(edge // MESH) for edge in rect)
    if left == right and top == bottom:
        return ((left, top),)
    return [(i, j) for i in range(left, right + 1) for j in range(top, bottom + 1)]


def _along(points: Sequence[Point], share: float) -> tuple[float, float, float, float]:
    """A point on a path, and the direction there that leads away from it, downwards rather than up."""
    x, y = _on(points, share)
    (ax, ay), (bx, by) = _on(points, max(share - 0.05, 0)), _on(points, min(share + 0.05, 1))
    nx, ny = ay - by, bx - ax
    size = hypot(nx, ny) or 1.0
    if ny < 0 or (ny == 0 and nx < 0):
        size = -size
    return x, y, nx / size, ny / size


def _on(points: Sequence[Point], share: float) -> Point:
    """A point on a chain of cubic Bézier curves, at a share of their number."""
    curves = (len(points) - 1) // 3
    at = min(int(share * curves), curves - 1)
    t = share * curves - at
    a, b, c, d = points[3 * at : 3 * at + 4]
    u = 1 - t
    k, l, m, n = u * u * u, 3 * t * u * u, 3 * t * t * u, t * t * t
    return k * a[0] + l * b[0] + m * c[0] + n * d[0], k * a[1] + l * b[1] + m * c[1] + n * d[1]
