"""The files that a process has open, on Linux."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator

from . import kernel

CLOSE_RANGE = 436
"""The number of the call, the same on every architecture."""
LAST = (1 << 32) - 1


def close_all_but(keep: Collection[int]) -> None:
    """Closes every descriptor that is not kept."""
    try:
        for first, last in gaps(keep):
            kernel.call(CLOSE_RANGE, first, last, 0)
    except OSError:  # before Linux 5.9
        for descriptor in _open_ones():
            if descriptor not in keep:
                with contextlib.suppress(OSError):
                    os.close(descriptor)


def gaps(keep: Collection[int]) -> Iterator[tuple[int, int]]:
    """The ranges of numbers, first and last, between those that are kept.

    >>> list(gaps({4, 3, 9}))
    [(0, 2), (5, 8), (10, 4294967295)]
    """
    first = 0
    for kept in sorted(keep):
        if kept > first:
            yield first, kept - 1
        first = max(first, kept + 1)
    yield first, LAST


def _open_ones() -> list[int]:
    """The descriptors that may be open."""
    with contextlib.suppress(OSError):
        return [int(name) for name in os.listdir("/proc/self/fd")]
    return list(range(os.sysconf("SC_OPEN_MAX")))
