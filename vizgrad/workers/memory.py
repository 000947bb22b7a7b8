"""How much memory this process uses now."""

from __future__ import annotations

import os
import sys

MIB = 1 << 20
_PAGE = os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else 4096
try:  # opened once, at import: a worker may not open files later
    _STATM: int | None = os.open("/proc/self/statm", os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
except OSError:
    _STATM = None


def reopen() -> None:
    """Opens the process's own figures again: a forked process has inherited its parent's."""
    global _STATM
    if _STATM is not None:
        os.close(_STATM)
        _STATM = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)


def figures_file() -> int | None:
    """The open file that `resident` and `mapped` read, None where the platform has none."""
    return _STATM


def resident() -> int:
    """Bytes of memory that are really in use; 0 where the platform does not say.

    >>> resident() >= 0
    True
    """
    return _figure(1)


def mapped() -> int:
    """Bytes of address space, used or not: what RLIMIT_AS counts; 0 where the platform does not say."""
    return _figure(0)


def _figure(column: int) -> int:
    if _STATM is not None:
        return int(os.pread(_STATM, 128, 0).split()[column]) * _PAGE
    if column == 1 and sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # the peak: the nearest that there is
    return 0
