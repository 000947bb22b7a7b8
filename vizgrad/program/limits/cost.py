"""What an operation takes, and the arithmetic of shapes that tells it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Cost(NamedTuple):
    """Elements of an operation's result, multiplications on the way, tensors made at once."""

    elements: int = 0
    work: int = 0
    pieces: int = 0


def product(sizes: Iterable[Any]) -> int:
    """The elements of a tensor of this shape, however its sizes are nested.

    >>> product((2, (3, 4)))
    24
    """
    return math.prod(product(n) if isinstance(n, list | tuple) else int(n) for n in sizes)


def widest(a: Sequence[int], b: Sequence[int]) -> Sequence[int]:
    """The shape that two shapes broadcast to; the larger length where they do not fit.

    >>> widest((3, 1), (4,))
    (3, 4)
    """
    if len(a) < len(b):
        a, b = b, a
    lead = len(a) - len(b)
    return (*a[:lead], *(max(m, n) if m and n else 0 for m, n in zip(a[lead:], b, strict=True)))
