"""The app as a process of its own on this machine, for as long as something is measured."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import processes

ROOT = Path(__file__).parents[2]
FORGET = 5
"""Seconds after which the server forgets a visitor who left: Streamlit's own are 120, too long to wait for here."""


@dataclass
class Server:
    """A server of our own."""

    port: int
    pid: int
    log: Path
    engine: str

    def tell(self, what: str, value: str, wanted: str = "", is_met: bool = True) -> None:
        """One row of the table, printed at once."""
        wanted += "" if is_met else "   MISSED"
        print(f"  {what:<54} {value:>16}   {wanted}".rstrip(), flush=True)


@contextlib.contextmanager
def serving(engine: str, cores: int) -> Iterator[Server]:
    """The app on a free port of the loopback interface, in a session of its own, on so many cores; ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true"]
    options += [f"--server.disconnectedSessionTTL={FORGET}"]
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as out:
            popen = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", *options],
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "VIZGRAD_RUNS_PER_ADDRESS": "1000000"},  # all our visitors share one
                preexec_fn=lambda: os.sched_setaffinity(0, allowed),
            )
        try:
            _wait_until_it_listens(port, popen, log)
            yield Server(port, popen.pid, log, engine)
        finally:
            _end(popen)


def _wait_until_it_listens(port: int, popen: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and popen.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    raise RuntimeError(f"the app did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _end(popen: subprocess.Popen[bytes]) -> None:
    """Ends the server, and whatever of its session is left after it."""
    popen.terminate()
    try:
        popen.wait(10)
    except subprocess.TimeoutExpired:
        popen.kill()
        popen.wait()
    for left in processes.family(popen.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(left.pid, signal.SIGKILL)
