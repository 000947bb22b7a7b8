"""Children that give up rights and then do something; imported by small processes without threads, never by pytest."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Collection

from vizgrad.workers.confinement import confine, kernel, landlock, privileges, rlimits, stay_single_threaded

NOBODY = 65534

Lock = Callable[[Collection[int]], object]


def _only_landlock(keep: Collection[int]) -> None:
    kernel.prctl(kernel.NO_NEW_PRIVS, 1)
    if landlock.version():
        landlock.restrict()


def _only_limits(keep: Collection[int]) -> None:
    privileges.give_up()
    rlimits.lower(None)


LOCKS: dict[str, Lock] = {
    "confined": confine,
    "free": lambda keep: None,
    "landlock": _only_landlock,
    "limits": _only_limits,
    "threads": lambda keep: stay_single_threaded(),
}
"""Ways to give up rights; `confined` is all of them, `free` is none."""


def become_ordinary() -> None:
    """Becomes a user without rights, if root; everything must have been imported before."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        kernel.prctl(kernel.DUMPABLE, 1)  # as the processes of an ordinary user are


def outcome(run: Callable[[], object]) -> str:
    """How it ended: the name of an errno, the class of another exception, or "done"."""
    try:
        run()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    except Exception as error:
        return f"{type(error).__name__}"
    return "done"


def in_a_child(run: Callable[[], object], keep: Collection[int], lock: Lock) -> str:
    """How it ended in a forked child, or the name of the signal that ended the child."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.setitimer(signal.ITIMER_REAL, 20)
            lock({*keep, there})
            os.write(there, outcome(run).encode())
        except BaseException as error:
            os.write(there, f"failed: {error!r}".encode())
        finally:
            os._exit(0)
    os.close(there)
    with open(here) as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else said
