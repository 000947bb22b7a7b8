"""Finds places for the labels of arrows that cover no box and no other label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

MESH = 160.0
"""Side of the squares by which neighbours are found, in pixels."""

THICKNESS = 3.0
"""Half of what an arrow's line takes, in pixels."""

SAMPLES = 16
"""Points at which an arrow's line is taken at most; a very long one is taken here and there."""

ALONG = (0.5, 0.35, 0.65)
EVERYWHERE = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)
ASIDE = (0, 9, -9, 18, -18, 30, -30, 42, -42, 54, -54, 66, -66)


class Rect(NamedTuple):
    """A rectangle on the picture."""

    left: float
    top: float
    right: float
    bottom: float


class Places:
    """What is taken on one picture."""

    def __init__(self, boxes: Iterable[Rect]) -> None:
        self.taken: dict[tuple[int, int], list[Rect]] = {}
        self.labels: list[Rect] = []
        for box in boxes:
            self._take(box)

    def cross(self, points: Sequence[tuple[float, float]]) -> None:
        """Takes the line of an arrow: no label is to lie on it."""
        (left, top), (right, bottom) = points[0], points[-1]
        across, down = abs(right - left), abs(bottom - top)
        if min(across, down) < THICKNESS and len(points) == 4:  # nearly all arrows of a chain
            self._take(
                Rect(
                    min(left, right) - THICKNESS,
                    min(top, bottom) - THICKNESS,
                    max(left, right) + THICKNESS,
                    max(top, bottom) + THICKNESS,
                )
            )
            return
        steps = min(max(int((across + down) / THICKNESS / 3), 1), SAMPLES)
        for i in range(steps + 1):
            x, y = _on(points, i / steps)
            self._take(Rect(x - THICKNESS, y - THICKNESS, x + THICKNESS, y + THICKNESS))

    def find(
        self, points: Sequence[tuple[float, float]], width: float, height: float, is_empty: bool = False
    ) -> tuple[float, float]:
        """The middle of a free place near an arrow's path, and from now on it is taken.

        A path that `is_empty` is no arrow's line, but a way along which the label may stand.

        >>> Places([]).find([(0, 0), (10, 0), (20, 0), (30, 0)], 20, 10)
        (15.0, 0.0)
        """
        candidates = [_on(points, share) for share in EVERYWHERE] if is_empty else []
        for x, y in (*candidates, *_candidates(points, width)):
            rect = Rect(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if self._is_free(rect):
                break
        else:
            x, y = next(_candidates(points, width))
        self._take(rect)
        self.labels.append(rect)
        return x, y

    def around(self, rect: Rect) -> Rect:
        """A rectangle widened so that all labels lie in it."""
        every = [rect, *self.labels]
        return Rect(
            min(r.left for r in every),
            min(r.top for r in every),
            max(r.right for r in every),
            max(r.bottom for r in every),
        )

    def _is_free(self, rect: Rect) -> bool:
        left, top, right, bottom = rect
        for square in _squares(rect):
            for a, b, c, d in self.taken.get(square, ()):
                if a < right and left < c and b < bottom and top < d:
                    return False
        return True

    def _take(self, rect: Rect) -> None:
        for square in _squares(rect):
            self.taken.setdefault(square, []).append(rect)


def _squares(rect: Rect) -> Sequence[tuple[int, int]]:
    left, top, right, bottom = (int(edge // MESH) for edge in rect)
    if left == right and top == bottom:
        return ((left, top),)
    return [(i, j) for i in range(left, right + 1) for j in range(top, bottom + 1)]


def _candidates(points: Sequence[tuple[float, float]], width: float) -> Iterator[tuple[float, float]]:
    """Places on the arrow, then beside it: below and above a flat one, right and left of a steep one."""
    (left, top), (right, bottom) = points[0], points[-1]
    is_steep = abs(bottom - top) > abs(right - left)
    for share in ALONG:
        x, y = _on(points, share)
        for aside in ASIDE:
            if not is_steep or not aside:
                yield x, y + aside
            else:
                yield x + aside + (width / 2 if aside > 0 else -width / 2), y


def _on(points: Sequence[tuple[float, float]], share: float) -> tuple[float, float]:
    """A point on a chain of cubic Bézier curves, at a share of their number."""
    curves = (len(points) - 1) // 3
    at = min(int(share * curves), curves - 1)
    t = share * curves - at
    a, b, c, d = points[3 * at : 3 * at + 4]
    u = 1 - t
    k, l, m, n = u * u * u, 3 * t * u * u, 3 * t * t * u, t * t * t
    return k * a[0] + l * b[0] + m * c[0] + n * d[0], k * a[1] + l * b[1] + m * c[1] + n * d[1]
