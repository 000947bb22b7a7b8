"""Workers that are processes of their own, where there is no fork."""

from __future__ import annotations

import subprocess
import threading
from typing import IO

from .process import GRACE, START, Died, Job, Kind, NotStarted, Overdue, command, environment
from .protocol import READY, Answer, receive_answer


class Spawner:
    """Makes workers that are processes of their own; one is always being started ahead."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._lock = threading.Lock()
        self._spare: Spawned | None = None

    def process(self, is_ahead: bool = False) -> Spawned:
        """A new worker: the spare one, if there is. Raises NotStarted."""
        with self._lock:
            made = self._spare or Spawned(self.kind)
            self._spare = Spawned(self.kind)
        made.wait()
        return made

    def close(self) -> None:
        """Ends the spare."""
        with self._lock:
            if self._spare is not None:
                self._spare.kill()
                self._spare = None


class Spawned:
    """A worker that is a process of its own and talks through its standard streams."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._popen = subprocess.Popen(
            command("spawned", kind),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        self.pid = self._popen.pid

    @property
    def _out(self) -> IO[bytes]:
        assert self._popen.stdout is not None
        return self._popen.stdout

    def wait(self) -> None:
        """Waits until it has loaded what its work needs."""
        with _Deadline(self._popen, START):
            said = self._out.read(len(READY))
        if said != READY:
            raise NotStarted(self.kind.name, self._end())

    def ask(self, job: Job) -> Answer:
        """Sends the request and gives the answer."""
        assert self._popen.stdin is not None
        late = _Deadline(self._popen, job.seconds + GRACE)
        notes: list[str] = []
        try:
            with late:
                self._popen.stdin.write(job.message)
                self._popen.stdin.flush()
                return receive_answer(self._out.read, job.nonce, job.most, notes)
        except (EOFError, OSError):
            report = self._end()
            raise (Overdue if late.struck else Died)(report, notes) from None

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
