"""How the server's process takes memory from the system."""

from __future__ import annotations

import ctypes
import sys

ARENAS = 2
M_ARENA_MAX = -8
"""The number of that setting in glibc's malloc.h."""


def keep_together() -> bool:
    """Lets all threads take their memory from a few heaps.

    glibc gives a heap of its own to each of many threads, and what is freed in one is not used by the others: after
    many visits the process would be some 40 MiB larger than what it holds. False where this cannot be set.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
        if mallopt is not None:
            return bool(mallopt(M_ARENA_MAX, ARENAS))
    return False
