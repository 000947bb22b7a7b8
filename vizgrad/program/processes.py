"""The app's side of its worker processes: started, asked, and killed when they are late."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from .limits import Limits
from .wire import AFTERWARDS

GRACE = AFTERWARDS + 0.5
"""Seconds after a program's limit in which its own process may still end it, and say where it was."""
START = 120
"""Seconds within which an engine must have started."""
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMPDIR")
"""Environment variables that workers get: the app's own may hold secrets."""


class Overdue(Exception):
    """The worker did not answer in time and has been killed.

    `report` is what faulthandler wrote; `ends` are the lines in which the program had ended before, 0 for a good end.
    """

    def __init__(self, report: str, ends: Sequence[int] = ()) -> None:
        super().__init__(report)
        self.report, self.ends = report, ends


class Died(Overdue):
    """The worker has ended by itself."""


class Process(Protocol):
    """One worker."""

    def ask(self, request: bytes, limits: Limits) -> bytes:
        """Sends a request and gives the answer; raises Overdue, Died, or ValueError for an answer that is too long."""
        ...

    def halt(self) -> None:
        """Ends it from another thread than the one that asks, which then sees that it has died."""

    def kill(self) -> None:
        """Ends it at once."""


def can_fork() -> bool:
    """Whether workers are forked; elsewhere than on Linux, what PyTorch and NumPy load does not survive a fork."""
    return sys.platform == "linux" and hasattr(socket, "send_fds")


def environment() -> dict[str, str]:
    """What a worker's process finds in its environment: one thread, a fixed order of sets, and where vizgrad is."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    home = str(Path(__file__).parents[2])
    return kept | threads | {"PYTHONPATH": home, "PYTHONSAFEPATH": "1", "PYTHONHASHSEED": "0"}


def command(kind: str, engine: str, *more: str) -> list[str]:
    """How a process of ours is started."""
    return [sys.executable, "-m", "vizgrad.program.worker", kind, engine, *more]


class NotStarted(RuntimeError):
    """An engine's process could not be started."""

    def __init__(self, engine: str, said: str) -> None:
        last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
        super().__init__(f"the {engine} engine could not be started: {last}")
