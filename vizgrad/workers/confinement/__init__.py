"""Gives up a process's rights by the kernel's means, before it runs what a visitor typed.

Afterwards the process computes, uses the files that it has open, and ends. It opens, names and changes no file, starts
no thread and no process, reaches no network and no other process, and cannot get anything back. Tried on x86-64 Linux;
the table for aarch64 is written but untried. A kernel that lacks a part is held to by the others (see `missing`).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Collection

from . import descriptors, kernel, landlock, privileges, rlimits, seccomp

__all__ = ["confine", "let_go", "lock", "missing", "stay_single_threaded"]

IS_LINUX = sys.platform == "linux"
_NAMES = {"darwin": "macOS", "win32": "Windows"}


def confine(keep: Collection[int], memory: int | None = None) -> None:
    """Closes every descriptor but `keep`, and gives everything up for good: `let_go` and `lock`, one after the other.

    To be called once, in a forked child with a single thread, whose parent has a single thread too: it ends with
    the thread that forked it. Who forks often calls `missing` once before: what it found out is inherited.
    Raises OSError if the system refuses what it should have: then nothing may be run.
    """
    let_go(keep)
    lock(memory)


def let_go(keep: Collection[int]) -> None:
    """Gives up what no request needs, and so before one comes: descriptors but `keep`, user, files and network."""
    if IS_LINUX:  # elsewhere workers are started anew and have inherited nothing
        parent = os.getppid()
        descriptors.close_all_but(keep)
        privileges.give_up()
        _end_with(parent)
        if landlock.version():
            landlock.restrict()


def lock(memory: int | None = None) -> None:
    """Gives up the rest, before anything of a request is run: limits, and all system calls but a few.

    `memory` is the most bytes of address space, with all that is mapped now. A clock by `setitimer` must have been set
    before.
    """
    rlimits.lower(memory)
    if IS_LINUX and seccomp.is_available():
        seccomp.install()


def _end_with(parent: int) -> None:
    """Lets the kernel kill this process when its parent ends; after a change of user, which would undo it."""
    kernel.prctl(kernel.PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        raise ProcessLookupError("the process that has forked this one has ended")


def stay_single_threaded() -> bool:
    """Whether the kernel refuses every further thread, from now on, to this process and to those that it forks.

    For a process that forks: a thread pool that it has started is broken in its children. Most pools do with the thread
    that asks when they get none (rayon's, so Typst). False where there is no seccomp. Raises OSError if the system
    refuses what it should have.
    """
    if not (IS_LINUX and seccomp.is_available()):
        return False
    kernel.prctl(kernel.NO_NEW_PRIVS, 1)
    seccomp.refuse_threads()
    return True


def missing() -> tuple[str, ...]:
    """What this system lacks of all that `confine` would use, a short phrase each; changes nothing.

    >>> isinstance(missing(), tuple)
    True
    """
    if not IS_LINUX:
        name = _NAMES.get(sys.platform, sys.platform)
        return f"no seccomp on {name}", f"no Landlock on {name}"
    return tuple(_missing_on_linux())


def _missing_on_linux() -> list[str]:
    lacking = []
    if seccomp.architecture() is None:
        lacking.append(f"no table of system calls for this architecture ({os.uname().machine})")
    elif not seccomp.is_available():
        lacking.append("no seccomp")
    known = landlock.version()
    if known == 0:
        lacking.append("no Landlock")
    elif known < landlock.LATEST:
        lacking.append(f"an old Landlock (version {known}; {landlock.LATEST} has all that is used)")
    if privileges.is_root() and not privileges.can_become_nobody():
        lacking.append("root may not become another user")
    return lacking
