"""Workers forked in milliseconds by a process that has loaded what their work needs."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import socket
import subprocess
import threading
import time

from .process import GRACE, START, Died, Job, Kind, NotStarted, Overdue, command, environment
from .protocol import AHEAD, NOW, NUMBER, READY, Answer, receive_answer

NICE = 15
"""The priority of a worker that stands back, as `nice` counts."""
LOOK = 0.05
"""Seconds between two looks at what a worker has used."""
CPU = 2
"""The clock of a process, in the numbers that Linux gives to clocks (clock_getcpuclockid)."""


class Zygote:
    """A process that has loaded one kind of work and makes workers of it, each in a few milliseconds."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of its process, None where it does not run."""
        return None if self._popen is None else self._popen.pid

    def process(self, is_ahead: bool = False) -> Forked:
        """A new worker; starts the zygote first if it does not run. Raises NotStarted."""
        with self._lock:
            for attempt in range(2):
                if self._control is None:
                    self._start()
                try:
                    return self._fork(is_ahead)
                except (OSError, EOFError):
                    self._stop()
                    if attempt:
                        raise NotStarted(self.kind.name, "it ended when asked for a worker") from None
        raise AssertionError("unreachable")

    def _start(self) -> None:
        mine, theirs = socket.socketpair()
        with theirs:
            self._popen = subprocess.Popen(
                command("zygote", self.kind, str(theirs.fileno())),
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
            raise NotStarted(self.kind.name, errors.decode(errors="replace"))
        self._control = mine
        if self.kind.nice:
            os.setpriority(os.PRIO_PROCESS, self._popen.pid, self.kind.nice)

    def _fork(self, is_ahead: bool) -> Forked:
        assert self._control is not None
        mine, theirs = socket.socketpair()
        report, fault_file = os.pipe()
        try:
            with theirs:
                socket.send_fds(self._control, [AHEAD if is_ahead else NOW], [theirs.fileno(), fault_file])
            (pid,) = NUMBER.unpack(self._control.recv(NUMBER.size) or b"")
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

    def ask(self, job: Job) -> Answer:
        """Sends the request and gives the answer."""
        began = time.monotonic()
        until = began + job.seconds + GRACE
        connection = self._connection
        notes: list[str] = []
        is_brisk = True

        def read(n: int) -> bytes:
            nonlocal is_brisk
            while is_brisk and (left := min(job.brisk - self._worked(), until - time.monotonic())) > 0:
                connection.settimeout(max(left, LOOK))
                with contextlib.suppress(TimeoutError):
                    return connection.recv(n)
            if is_brisk:
                self._stand_back()
                is_brisk = False
            connection.settimeout(max(until - time.monotonic(), 0.001))
            return connection.recv(n)

        try:
            connection.settimeout(job.seconds + GRACE)
            connection.sendall(job.message)
            return receive_answer(read, job.nonce, job.most, notes)
        except TimeoutError:
            raise Overdue(self._end(), notes) from None
        except (EOFError, OSError):
            raise Died(self._end(), notes) from None

    def _worked(self) -> float:
        """Seconds of the processor's time that the worker has had: on a busy machine far fewer than have passed."""
        try:
            return time.clock_gettime(~self.pid << 3 | CPU)
        except OSError:  # it has ended, or this system cannot tell
            return math.inf

    def _stand_back(self) -> None:
        """Lets whoever asks for little be served before this worker."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, NICE)

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

    def halt(self) -> None:
        """Ends it from another thread: the one that asks finds the connection closed, and ends the process."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def kill(self) -> None:
        """Ends it at once."""
        if self._connection.fileno() >= 0:
            self._signal()
            self._close()
