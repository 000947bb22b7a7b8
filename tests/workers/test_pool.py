"""The pool: a worker for each request, replaced when lost, started again when all are gone, and ended with the app."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from tests.program.test_isolated import HANG, SEED
from vizgrad.program.isolated import Run
from vizgrad.program.limits.limits import Limits
from vizgrad.trace import Trace
from vizgrad.workers import forked, pool, spawned
from vizgrad.workers.pool import Allowed, Died, Kind, NotStarted, Overdue, Pool
from vizgrad.workers.process import environment
from vizgrad.workers.protocol import Answer, encode

NUMPY = Kind("vizgrad.workers.kinds.run", "numpy", "the numpy engine")


def run(own: Pool, source: str, seconds: float = 3.0) -> Trace:
    work = encode(Run(source=source, limits=Limits(seconds=seconds)))
    return Trace.from_json(own.ask(work, b"", Allowed(seconds, 512, 1 << 26)).body)


@pytest.fixture
def own():
    made = Pool(NUMPY, ahead=2)
    yield made
    made.close()


def until(condition) -> bool:
    """Whether a condition comes true before long."""
    pause = threading.Event()
    for _ in range(600):
        if condition():
            return True
        pause.wait(0.05)
    return False


def test_each_request_has_a_process_of_its_own(own: Pool):
    class Noted(forked.Zygote):
        def process(self, is_ahead: bool = False):
            made = super().process(is_ahead)
            pids.append(made.pid)
            return made

    pids: list[int] = []
    own.home = Noted(NUMPY)
    for _ in range(5):
        assert run(own, SEED).stdout == "tensor([10., 10.])\n"
    assert len(pids) >= 5 and len(set(pids)) == len(pids)
    used = pids[:5]
    assert until(lambda: not any(is_alive(pid) for pid in used))


def test_workers_are_made_ahead(own: Pool):
    own.fill()
    assert until(lambda: len(own.ready) == 2)
    assert own.is_warm
    waiting = own.ready[0].pid
    assert run(own, SEED).error is None
    assert until(lambda: len(own.ready) == 2)
    assert waiting not in [process.pid for process in own.ready]


def test_a_program_meets_a_killed_worker_and_is_run_again(own: Pool):
    own.fill()
    assert until(lambda: len(own.ready) == 2)
    os.kill(own.ready[0].pid, signal.SIGKILL)
    assert run(own, SEED).stdout == "tensor([10., 10.])\n"


def test_a_program_whose_worker_is_killed_while_it_runs_is_run_again(own: Pool):
    """An innocent program: nobody but the killer knows."""
    own.fill()
    assert until(lambda: len(own.ready) == 2)
    pid = own.ready[0].pid
    killer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
    killer.start()
    trace = run(own, "total = 0\nfor i in range(3_000_000): total += 1\nprint('done')", seconds=20)
    killer.join()
    assert trace.stdout == "done\n"


def test_a_lost_zygote_is_started_again(own: Pool):
    assert run(own, SEED).error is None
    own.home._popen.kill()
    own.home._popen.wait()
    with pytest.raises(Overdue):
        run(own, HANG, seconds=0.3)
    assert run(own, SEED).stdout == "tensor([10., 10.])\n"
    assert run(own, SEED).stdout == "tensor([10., 10.])\n"


def test_workers_where_there_is_no_fork():
    own = Pool(NUMPY, ahead=1, home=spawned.Spawner(NUMPY))
    try:
        assert run(own, SEED).stdout == "tensor([10., 10.])\n"
        with pytest.raises(Overdue) as late:
            run(own, HANG, seconds=0.5)
        assert 'File "<program>", line 5' in late.value.report
        assert run(own, SEED).stdout == "tensor([10., 10.])\n"
        assert run(own, "open('x')").error.type == "NotOffered"
    finally:
        own.close()


class Sly:
    """A worker that answers with what it likes."""

    pid = 0

    def __init__(self, what) -> None:
        self.what = what

    def process(self, is_ahead: bool = False):
        return self

    def ask(self, job) -> Answer:
        import io

        from vizgrad.workers.protocol import receive_answer

        return receive_answer(io.BytesIO(self.what(job.nonce)).read, job.nonce, job.most, [])

    def halt(self) -> None: ...

    def kill(self) -> None: ...

    def close(self) -> None: ...


def reply(nonce: str, body: bytes = b"") -> bytes:
    from msgspec import Raw

    from vizgrad.workers.protocol import Reply, frame

    return frame(encode(Reply(nonce, Raw(encode("said")))), body)


def note(nonce: str) -> bytes:
    from vizgrad.workers.protocol import Note, frame

    return frame(encode(Note(nonce, "psst")))


def test_an_answer_holds_the_secret_of_its_request():
    assert Pool(NUMPY, home=Sly(reply)).ask(b"\xc0", b"", Allowed(1, 1, 0)).head == encode("said")
    for what in (
        lambda nonce: reply("guessed"),
        lambda nonce: note("guessed") + reply(nonce),
        lambda nonce: reply(nonce, b"too long"),
        lambda nonce: note(nonce) * 100 + reply(nonce),
        lambda nonce: b"\xff" * 100,
        lambda nonce: b"\1\0\0\0\0\0\0\0\xc1",
    ):
        with pytest.raises(ValueError):
            Pool(NUMPY, home=Sly(what)).ask(b"\xc0", b"", Allowed(1, 1, 0))


def test_an_answer_that_breaks_off_is_none():
    with pytest.raises(EOFError):
        Pool(NUMPY, home=Sly(lambda nonce: reply(nonce)[:-1])).ask(b"\xc0", b"", Allowed(1, 1, 0))


def test_a_fault_of_the_work_itself_is_logged_with_its_traceback(own: Pool, caplog):
    with pytest.raises(Died):
        own.ask(b"\xc1 no request at all", b"", Allowed(1, 100, 0))
    assert "Traceback" in caplog.text and "DecodeError" in caplog.text


def test_secrets_of_the_app_do_not_reach_a_worker(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    assert "SECRET_TOKEN" not in environment()


def test_the_numpy_worker_imports_no_torch():
    code = "import sys\nfrom vizgrad.workers.kinds.run import prepare\nprepare('numpy')\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout == "False\n"


def test_no_process_outlives_the_app():
    code = (
        "import time\nfrom vizgrad.program import isolated\nfrom vizgrad.workers import pool\nisolated.run('')\n"
        "place = pool.pool(isolated.kind('numpy'))\n"
        "while len(place.ready) < place.ahead: time.sleep(0.01)\n"
        "print(place.home.pid, *(p.pid for p in place.ready))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    pids = [int(p) for p in done.stdout.split()]
    assert len(pids) >= 2
    assert until(lambda: not any(is_alive(pid) for pid in pids))


def test_no_process_outlives_an_app_that_was_killed():
    code = (
        "import os, signal, time\nfrom vizgrad.program import isolated\nfrom vizgrad.workers import pool\n"
        "isolated.run('')\n"
        "place = pool.pool(isolated.kind('numpy'))\n"
        "while len(place.ready) < place.ahead: time.sleep(0.01)\n"
        "print(place.home.pid, *(p.pid for p in place.ready), flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    pids = [int(p) for p in done.stdout.split()]
    assert len(pids) >= 2
    assert until(lambda: not any(is_alive(pid) for pid in pids))


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("how", [forked, spawned], ids=["forked", "spawned"])
def test_what_cannot_start_says_why(monkeypatch, how):
    failing = [sys.executable, "-c", "raise ImportError('no such engine here')"]
    monkeypatch.setattr(how, "command", lambda *arguments: failing)
    home = forked.Zygote(NUMPY) if how is forked else spawned.Spawner(NUMPY)
    own = Pool(NUMPY, home=home)
    with pytest.raises(NotStarted, match="the numpy engine could not be started: ImportError: no such engine here"):
        own.ask(b"\xc0", b"", Allowed(1, 1, 0))
    own.close()


def test_warm_returns_at_once_and_warms():
    pool.close()
    assert not pool.is_warm(NUMPY)
    pool.warm(NUMPY)
    assert until(lambda: pool.is_warm(NUMPY))
