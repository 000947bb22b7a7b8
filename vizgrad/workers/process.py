"""The app's side of one worker: how it is started, asked, and killed when it is late."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .protocol import Answer

GRACE = 1.25
"""Seconds after a request's limit in which its own process may still end it, say where it was, and write its record."""
BRISK = 0.3
"""Seconds of the processor's time for which a request is served before those that have used more."""
START = 120
"""Seconds within which a kind of work must be loaded."""
KEPT = tuple("PATH HOME XDG_CACHE_HOME LANG LC_ALL LD_LIBRARY_PATH DYLD_LIBRARY_PATH SYSTEMROOT TEMP TMPDIR".split())
"""Environment variables that workers get: the app's own may hold secrets."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: the full name of the module that does it, its variant, and what the page calls it.

    `nice` is how far it stands back behind the app itself, as `nice` counts: the app answers everybody.
    """

    module: str
    variant: str
    name: str
    nice: int = 5


@dataclass(frozen=True, slots=True)
class Job:
    """One request as it is sent, and what may come of it.

    `most` are the bytes of an answer's body; after `brisk` seconds of work it stands back behind those that have begun.
    """

    message: bytes
    nonce: str
    seconds: float
    most: int
    brisk: float


class Overdue(Exception):
    """The worker did not answer in time and has been killed.

    `report` is what faulthandler wrote, `notes` what the worker said before.
    """

    def __init__(self, report: str, notes: Sequence[str] = ()) -> None:
        super().__init__(report)
        self.report, self.notes = report, notes


class Died(Overdue):
    """The worker has ended by itself, or was killed by somebody else."""


class NotStarted(RuntimeError):
    """A kind of work could not be loaded; `said` is all that its process wrote of it."""

    def __init__(self, name: str, said: str) -> None:
        self.said = said
        last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
        super().__init__(f"{name} could not be started: {last}")


class Process(Protocol):
    """One worker, for one request."""

    def ask(self, job: Job) -> Answer:
        """Sends the request and gives the answer; raises Overdue, Died, or ValueError for what is none."""
        ...

    def halt(self) -> None:
        """Ends it from another thread than the one that asks, which then sees that it has died."""

    def kill(self) -> None:
        """Ends it at once."""


class Home(Protocol):
    """What makes the workers of one kind."""

    def process(self, is_ahead: bool = False) -> Process:
        """A new worker, for a request that waits or (`is_ahead`) for the next one; raises NotStarted."""
        ...

    def close(self) -> None:
        """Ends what makes them."""


def can_fork() -> bool:
    """Whether workers are forked; elsewhere than on Linux, what PyTorch and NumPy load does not survive a fork."""
    return sys.platform == "linux" and hasattr(socket, "send_fds")


def environment() -> dict[str, str]:
    """What a worker's process finds in its environment: one thread, a fixed order of sets, and where vizgrad is."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
    home = str(Path(__file__).parents[2])
    return kept | threads | {"PYTHONPATH": home, "PYTHONSAFEPATH": "1", "PYTHONHASHSEED": "0"}


def command(how: str, kind: Kind, *more: str) -> list[str]:
    """How a process of ours is started."""
    return [sys.executable, "-m", "vizgrad.workers.worker", how, kind.module, kind.variant, *more]
