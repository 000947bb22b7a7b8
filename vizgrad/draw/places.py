"""Finds places for the labels of arrows that cover no box and no other label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

MESH = 160.0
"""Side of the squares by which neighbours are found, in pixels."""

ALONG = (0.5, 0.35, 0.65)
ASIDE = (0, 9, -9, 16, -16, 24, -24, 32, -32, 40, -40, 48, -48, 56, -56, 64, -64)


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
        self.bottom = 0.0
        for box in boxes:
            self._take(box)

    def find(self, points: Sequence[tuple[float, float]], width: float, height: float) -> tuple[float, float]:
        """The middle of a free place near an arrow's path, and from now on it is taken.

        >>> Places([]).find([(0, 0), (10, 0), (20, 0), (30, 0)], 20, 10)
        (15.0, 0.0)
        """
        for x, y in _candidates(points):
            rect = Rect(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if self._is_free(rect):
                break
        else:
            x, y = next(_candidates(points))
        self._take(rect)
        self.bottom = max(self.bottom, rect.bottom)
        return x, y

    def _is_free(self, rect: Rect) -> bool:
        return not any(
            other.left < rect.right and rect.left < other.right and other.top < rect.bottom and rect.top < other.bottom
            for square in _squares(rect)
            for other in self.taken.get(square, ())
        )

    def _take(self, rect: Rect) -> None:
        for square in _squares(rect):
            self.taken.setdefault(square, []).append(rect)


def _squares(rect: Rect) -> Iterator[tuple[int, int]]:
    for i in range(int(rect.left // MESH), int(rect.right // MESH) + 1):
        for j in range(int(rect.top // MESH), int(rect.bottom // MESH) + 1):
            yield i, j


def _candidates(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    for share in ALONG:
        x, y = _on(points, share)
        for aside in ASIDE:
            yield x, y + aside


def _on(points: Sequence[tuple[float, float]], share: float) -> tuple[float, float]:
    """A point on a chain of cubic Bézier curves, at a share of their number."""
    curves = (len(points) - 1) // 3
    at = min(int(share * curves), curves - 1)
    t = share * curves - at
    a, b, c, d = points[3 * at : 3 * at + 4]
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return (
        sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
        sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)),
    )
