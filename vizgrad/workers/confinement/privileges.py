"""Who a process is: nobody, without capabilities, and never more than that again."""

from __future__ import annotations

import os
from functools import cache

from . import kernel

NOBODY = 65534
"""The user and the group that own nothing, by convention."""
NEEDED = 1 << 5 | 1 << 6 | 1 << 7
"""The capabilities to become another user (SETGID, SETUID) whom the parent can still end (KILL)."""


def is_root() -> bool:
    """Whether this process is root in any way."""
    return 0 in os.getresuid()


@cache
def can_become_nobody() -> bool:
    """Whether this process may become a user without rights; changes nothing.

    Root may not in a container that has dropped the capabilities, or whose users are those of an ordinary user.
    """
    try:
        return (
            kernel.capabilities() & NEEDED == NEEDED
            and _is_mapped("uid_map")
            and _is_mapped("gid_map")
            and _read("setgroups").strip() == "allow"
        )
    except OSError:
        return False


def _is_mapped(map: str) -> bool:
    """Whether this process's user namespace knows nobody's number: each line maps `count` numbers from `first` on."""
    lines = [[int(word) for word in line.split()] for line in _read(map).splitlines()]
    return any(first <= NOBODY < first + count for first, _, count in lines)


def _read(name: str) -> str:
    file = os.open(f"/proc/self/{name}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, 1 << 14).decode()
    finally:
        os.close(file)


def give_up() -> None:
    """Becomes nobody, if root and possible, and drops all capabilities; others cannot trace it or read its memory.

    Raises OSError if the system refuses.
    """
    if is_root() and can_become_nobody():
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    kernel.drop_capabilities()
    kernel.prctl(kernel.NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.DUMPABLE, 0)
