"""Workers that are processes of their own, where there is no fork."""

from __future__ import annotations

import subprocess
import threading
from typing import IO

from . import memory
from .limits import Limits
from .processes import GRACE, START, Died, NotStarted, Overdue, command, environment
from .wire import READY, frame, receive_answer


class Alone:
    """Makes workers that are processes of their own; one is always being started ahead."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self._lock = threading.Lock()
        self._spare: Started | None = None

    def process(self) -> Started:
        """A new worker: the spare one, if there is. Raises NotStarted."""
        with self._lock:
            made = self._spare or Started(self.engine)
            self._spare = Started(self.engine)
        made.wait()
        return made

    def close(self) -> None:
        """Ends the spare."""
        with self._lock:
            if self._spare is not None:
                self._spare.kill()
                self._spare = None


class Started:
    """A worker that is a process of its own and talks through its standard streams."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self._is_ready = False
        self._popen = subprocess.Popen(
            command("alone", engine),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )

    @property
    def _out(self) -> IO[bytes]:
        assert self._popen.stdout is not None
        return self._popen.stdout

    def wait(self) -> None:
        """Waits until it has loaded its engine."""
        if self._is_ready:
            return
        with self._killed_after(START):
            said = self._out.read(len(READY))
        if said != READY:
            raise NotStarted(self.engine, self._end())
        self._is_ready = True

    def ask(self, request: bytes, limits: Limits) -> bytes:
        """Sends a request and gives the answer."""
        assert self._popen.stdin is not None
        late = self._killed_after(limits.seconds + GRACE)
        ends: list[int] = []
        try:
            with late:
                self._popen.stdin.write(frame(request))
                self._popen.stdin.flush()
                return receive_answer(self._out.read, 2 * limits.answer * memory.MIB, ends)
        except (EOFError, OSError):
            report = self._end()
            raise (Overdue if late.struck else Died)(report, ends) from None

    def _killed_after(self, seconds: float) -> _Deadline:
        return _Deadline(self._popen, seconds)

    def _end(self) -> str:
        self._popen.kill()
        _, errors = self._popen.communicate()
        return errors.decode(errors="replace")

    def halt(self) -> None:
        """Ends it from another thread."""
        self._popen.kill()

    def kill(self) -> None:
        """Ends it at once."""
        self._end()


class _Deadline:
    """Kills a process if the block takes too long: a pipe cannot be read with a time limit everywhere."""

    def __init__(self, popen: subprocess.Popen[bytes], seconds: float) -> None:
        self.struck = False
        self._popen = popen
        self._timer = threading.Timer(seconds, self._strike)
        self._timer.daemon = True

    def _strike(self) -> None:
        self.struck = True
        self._popen.kill()

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *fault: object) -> None:
        self._timer.cancel()
