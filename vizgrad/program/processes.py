"""The app's side of its worker processes: started, asked, and killed when they are late."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Protocol

from . import memory
from .limits import Limits
from .wire import AFTERWARDS, HEAD, READY, frame, receive

GRACE = AFTERWARDS + 0.5
"""Seconds after a program's limit in which its own process may still end it, and say where it was."""
START = 120
"""Seconds within which an engine must have started."""
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMPDIR")
"""Environment variables that workers get: the app's own may hold secrets."""


class Overdue(Exception):
    """The worker did not answer in time and has been killed; `report` says where it was, if that is known."""

    def __init__(self, report: str) -> None:
        super().__init__(report)
        self.report = report


class Died(Overdue):
    """The worker has ended by itself."""


class Process(Protocol):
    """One worker."""

    def ask(self, request: bytes, limits: Limits) -> bytes:
        """Sends a request and gives the answer; raises Overdue, Died, or ValueError for an answer that is too long."""
        ...

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


# -- with fork


class Zygote:
    """A process that has loaded an engine and makes workers of it, each in a few milliseconds."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._popen: subprocess.Popen[bytes] | None = None

    def process(self) -> Forked:
        """A new worker; starts the zygote first if it does not run. Raises NotStarted."""
        with self._lock:
            for attempt in range(2):
                if self._control is None:
                    self._start()
                try:
                    return self._fork()
                except (OSError, EOFError):
                    self._stop()
                    if attempt:
                        raise NotStarted(self.engine, "it ended when asked for a worker") from None
        raise AssertionError("unreachable")

    def _start(self) -> None:
        mine, theirs = socket.socketpair()
        with theirs:
            self._popen = subprocess.Popen(
                command("zygote", self.engine, str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment(),
            )
        mine.settimeout(START)
        try:
            said = mine.recv(len(READY))
        except OSError:
            said = b""
        if said != READY:
            mine.close()
            self._popen.kill()
            _, errors = self._popen.communicate()
            self._popen = None
            raise NotStarted(self.engine, errors.decode(errors="replace"))
        self._control = mine

    def _fork(self) -> Forked:
        assert self._control is not None
        mine, theirs = socket.socketpair()
        report, fault_file = os.pipe()
        try:
            with theirs:
                socket.send_fds(self._control, [b"w"], [theirs.fileno(), fault_file])
            (pid,) = HEAD.unpack(self._control.recv(HEAD.size) or b"")
        except BaseException as error:
            mine.close()
            os.close(report)
            raise EOFError from error
        finally:
            os.close(fault_file)
        return Forked(pid, mine, report)

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._popen is not None:
            self._popen.kill()
            self._popen.communicate()
            self._popen = None

    def close(self) -> None:
        """Ends the zygote."""
        with self._lock:
            self._stop()


class Forked:
    """A worker forked by a zygote."""

    def __init__(self, pid: int, connection: socket.socket, report: int) -> None:
        self.pid, self._connection, self._report = pid, connection, report
        self._handle: int | None = None
        with contextlib.suppress(OSError):  # so that no other process of the same number is ever killed
            self._handle = os.pidfd_open(pid)

    def ask(self, request: bytes, limits: Limits) -> bytes:
        """Sends a request and gives the answer."""
        until = time.monotonic() + limits.seconds + GRACE
        connection = self._connection
        try:
            connection.settimeout(limits.seconds + GRACE)
            connection.sendall(frame(request))

            def read(n: int) -> bytes:
                connection.settimeout(max(until - time.monotonic(), 0.001))
                return connection.recv(n)

            return receive(read, 2 * limits.answer * memory.MIB)
        except TimeoutError:
            raise Overdue(self._end()) from None
        except (EOFError, OSError):
            raise Died(self._end()) from None

    def _end(self) -> str:
        """Ends the worker and reads what it said of its end."""
        self._signal()
        parts = []
        while part := os.read(self._report, 1 << 16):
            parts.append(part)
        self._close()
        return b"".join(parts).decode(errors="replace")

    def _signal(self) -> None:
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def _close(self) -> None:
        self._connection.close()
        os.close(self._report)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def kill(self) -> None:
        """Ends it at once."""
        if self._connection.fileno() >= 0:
            self._signal()
            self._close()


# -- without


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
        try:
            with late:
                self._popen.stdin.write(frame(request))
                self._popen.stdin.flush()
                return receive(self._out.read, 2 * limits.answer * memory.MIB)
        except (EOFError, OSError):
            report = self._end()
            raise (Overdue if late.struck else Died)(report) from None

    def _killed_after(self, seconds: float) -> _Deadline:
        return _Deadline(self._popen, seconds)

    def _end(self) -> str:
        self._popen.kill()
        _, errors = self._popen.communicate()
        return errors.decode(errors="replace")

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
