"""Runs programs in worker processes: one for each core and engine, replaced when one is lost.

The app's process runs nothing of a program and imports no engine.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import threading

import msgspec

from ..trace import Trace
from . import stopped
from .alone import Alone
from .engines import NAMES
from .forked import Zygote
from .limits import Limits
from .processes import Died, NotStarted, Overdue, Process, can_fork
from .stop import is_stopped, stoppable
from .whatif import NOTHING, WhatIf
from .wire import Answer, Request, encode

_pools: dict[str, Pool] = {}
_lock = threading.Lock()


def run(
    source: str, engine: str = "numpy", limits: Limits | None = None, scene: int = -1, what_if: WhatIf = NOTHING
) -> Trace:
    """Runs a program in a worker process and gives its record; waits for a free worker.

    A fault in the program ends in `trace.error`; so does a program that had to be killed, whose record is then that
    error alone. Of a long run, `scene` (-1: the last) is recorded whole. `what_if` changes numbers. Raises ValueError
    for an engine that there is not, RuntimeError if its process cannot be started.

    >>> run("print(6 * 7)").stdout
    '42\\n'
    """
    return _pool(engine).run(source, limits or Limits(), scene, what_if)


def warm(engine: str) -> None:
    """Starts the engine's processes in the background, and returns at once."""
    pool = _pool(engine)
    if not pool.is_warm:
        threading.Thread(target=pool.warm, name=f"vizgrad-warm-{engine}", daemon=True).start()


def is_warm(engine: str) -> bool:
    """Whether a program would start at once."""
    return engine in _pools and _pools[engine].is_warm


def close() -> None:
    """Ends all processes; they start again when they are needed."""
    with _lock:
        pools = list(_pools.values())
        _pools.clear()
    for pool in pools:
        pool.close()


atexit.register(close)


def _pool(engine: str) -> Pool:
    if engine not in NAMES:
        raise ValueError(f"there is no engine {engine!r}: choose one of {', '.join(map(repr, NAMES))}")
    with _lock:
        if engine not in _pools:
            _pools[engine] = Pool(engine)
        return _pools[engine]


class Pool:
    """The workers of one engine, handed out through a queue; an empty place in it is a worker to be made."""

    def __init__(self, engine: str, size: int | None = None, home: Zygote | Alone | None = None) -> None:
        self.engine = engine
        self.size = size or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._home = home or (Zygote(engine) if can_fork() else Alone(engine))
        self._free: queue.LifoQueue[Process | None] = queue.LifoQueue()
        for _ in range(self.size):
            self._free.put(None)
        self.is_warm = False

    def run(self, source: str, limits: Limits, scene: int = -1, what_if: WhatIf = NOTHING) -> Trace:
        """Runs one program in the next free worker."""
        process = self._free.get()
        try:
            if process is None:
                process = self._home.process()
                self.is_warm = True
            trace, process = self._run_in(process, source, limits, scene, what_if)
            return trace
        except BaseException:
            if process is not None:
                process.kill()
            process = None
            raise
        finally:
            self._free.put(process)

    def _run_in(
        self, process: Process, source: str, limits: Limits, scene: int, what_if: WhatIf
    ) -> tuple[Trace, Process | None]:
        """The record, and the worker if it can be used again."""
        source = source.encode("utf-8", "backslashreplace").decode()
        request = encode(Request(source=source, limits=limits, scene=scene, what_if=what_if))
        try:
            with stoppable(process):
                said = process.ask(request, limits)
            answer = msgspec.json.decode(said, type=Answer)
            trace = Trace.from_json(bytes(answer.trace))
        except Died as death:
            if is_stopped():
                return stopped.halted(source, self.engine), None
            return stopped.crashed(source, self.engine, limits, death.report, death.ends), None
        except Overdue as late:
            return stopped.out_of_time(source, self.engine, limits, late.report, late.ends), None
        except ValueError:  # whatever wrote this, it was not our worker any more
            process.kill()
            return stopped.crashed(source, self.engine, limits, ""), None
        if not answer.fit:
            process.kill()
            return trace, None
        return trace, process

    def warm(self) -> None:
        """Makes the workers; that an engine cannot start is told to whoever runs a program."""
        with contextlib.suppress(NotStarted):
            self.fill()

    def fill(self) -> None:
        """Makes the workers that are not there yet."""
        for _ in range(self.size):
            process = self._free.get()
            try:
                process = process or self._home.process()
                self.is_warm = True
            finally:
                self._free.put(process)

    def close(self) -> None:
        """Ends the workers that are free, and what makes new ones; the others notice."""
        while True:
            try:
                process = self._free.get_nowait()
            except queue.Empty:
                break
            if process is not None:
                process.kill()
        self._home.close()
