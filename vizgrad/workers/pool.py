"""The workers of one kind: some are always made ahead, each serves one request, and who waits is served fairly."""

from __future__ import annotations

import atexit
import contextlib
import logging
import secrets
import threading
from collections import deque
from typing import NamedTuple

import msgspec

from . import turns
from .cancel import is_stopped, stoppable
from .clock import SHARED
from .forked import Zygote
from .process import BRISK, Died, Home, Job, Kind, NotStarted, Overdue, Process, can_fork
from .protocol import MIB, Answer, Request, encode, frame
from .spawned import Spawner
from .turns import Busy, cores

log = logging.getLogger("vizgrad.workers")
_pools: dict[Kind, Pool] = {}
_lock = threading.Lock()


def ask(
    kind: Kind,
    work: object,
    body: bytes = b"",
    *,
    seconds: float,
    memory: int,
    most: int = 64 * MIB,
    brisk: float = BRISK,
) -> Answer:
    """Lets a fresh worker do some work; waits for a free place.

    `seconds` (of the processor's time) and `memory` (MiB) are what it may use, `most` the bytes of the answer's body.
    After `brisk` seconds it stands back behind others. A worker that somebody else ended is replaced, and asked once
    more. Raises Overdue, Died, NotStarted, Busy where there is no place, and ValueError for what is no answer.
    """
    return pool(kind).ask(encode(work), body, Allowed(seconds, memory, most, brisk))


def pool(kind: Kind) -> Pool:
    """The workers of this kind."""
    with _lock:
        if kind not in _pools:
            _pools[kind] = Pool(kind)
        return _pools[kind]


def warm(kind: Kind) -> None:
    """Starts the processes of this kind in the background, and returns at once."""
    pool(kind).fill()


def is_warm(kind: Kind) -> bool:
    """Whether some work of this kind would start at once."""
    return kind in _pools and _pools[kind].is_warm


def close() -> None:
    """Ends all processes; they start again when they are needed."""
    with _lock:
        pools = list(_pools.values())
        _pools.clear()
    for one in pools:
        one.close()


atexit.register(close)


class Allowed(NamedTuple):
    """What one request may use: seconds of the processor's time (`brisk` of them before others), MiB, and bytes."""

    seconds: float
    memory: int
    most: int
    brisk: float = BRISK


class Pool:
    """The workers of one kind that wait for a request, and what makes new ones."""

    def __init__(self, kind: Kind, ahead: int | None = None, home: Home | None = None) -> None:
        self.kind = kind
        self.ahead = ahead or cores()
        self.home: Home = home or (Zygote(kind) if can_fork() else Spawner(kind))
        self.ready: deque[Process] = deque()
        self.is_warm = False
        self._wanted = threading.Event()
        self._is_closed = False
        self._filler: threading.Thread | None = None

    def ask(self, work: bytes, body: bytes, allowed: Allowed) -> Answer:
        """As `ask` of this module."""
        with turns.place(f"{self.kind.module} {self.kind.variant}", stands_back=not allowed.brisk):
            for attempt in (1, 2):
                try:
                    return self._asked(work, body, allowed)
                except Died as death:
                    if death.report.startswith("Traceback"):
                        log.error("a worker for %s failed\n%s", self.kind.name, death.report)
                    if death.report or death.notes or is_stopped() or attempt == 2:
                        raise
        raise AssertionError("unreachable")

    def _asked(self, work: bytes, body: bytes, allowed: Allowed) -> Answer:
        process = self._take()
        nonce = secrets.token_hex(16)
        request = Request(nonce, allowed.seconds, allowed.memory, msgspec.Raw(work))
        late, brisk = SHARED * allowed.seconds, 0.0 if turns.is_background() else allowed.brisk
        try:
            with stoppable(process.halt):
                return process.ask(Job(frame(encode(request), body), nonce, late, allowed.most, brisk))
        finally:
            process.kill()
            self.fill()

    def _take(self) -> Process:
        with contextlib.suppress(IndexError):
            return self.ready.popleft()
        process = self.home.process()
        self.is_warm = True
        return process

    def fill(self) -> None:
        """Has workers made ahead, in the background."""
        self._wanted.set()
        with _lock:
            if self._filler is None and not self._is_closed:
                self._filler = threading.Thread(target=self._fill, name=f"workers-{self.kind.name}", daemon=True)
                self._filler.start()

    def _fill(self) -> None:
        while not self._is_closed:
            self._wanted.wait()
            self._wanted.clear()
            try:
                while len(self.ready) < self.ahead and not self._is_closed:
                    self.ready.append(self.home.process(is_ahead=True))
                    self.is_warm = True
            except NotStarted as error:  # whoever asks next is told
                log.error("%s\n%s", error, error.said)
        self._drain()

    def _drain(self) -> None:
        with contextlib.suppress(IndexError):
            while True:
                self.ready.popleft().kill()

    def close(self) -> None:
        """Ends the workers that wait, and what makes new ones; the others end with their answer."""
        self._is_closed = True
        self._wanted.set()
        self._drain()
        self.home.close()


__all__ = ["BRISK", "Busy", "Died", "Kind", "NotStarted", "Overdue", "Pool", "ask", "close", "is_warm", "pool", "warm"]
