"""The worker processes: replaced when lost, apart from each other, and gone at the end."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from vizgrad.program import alone, forked, pool, worker
from vizgrad.program.limits import Limits
from vizgrad.program.processes import Overdue
from vizgrad.program.wire import Request, frame, receive_answer

SEED = (
    "import torch\nx = torch.ones(2, requires_grad=True)\no = (5 * (x + 1) ** 2).sum() / 2\no.backward()\nprint(x.grad)"
)
HANG = "a, b = [], []\nfor i in range(60): a, b = [a, a], [b, b]\nprint('before')\n\nx = (a ==\n     b)\n"
CRASH = "x = [1]\nfor i in range(200_000): x = zip(x)\nlist(x)\n"


def test_a_call_that_nothing_can_interrupt_is_killed_with_its_line(engine: str):
    trace = pool.run(HANG, engine, Limits(seconds=0.5))
    assert trace.error.type == "TimeoutError"
    assert trace.error.line == 5
    assert "0.5 seconds" in trace.error.message
    assert (trace.source, trace.engine) == (HANG, engine)
    assert pool.run(SEED, engine).stdout == "tensor([10., 10.])\n"


@pytest.mark.parametrize(
    "source, line", [("x = 1\nfor i in range(10):\n    pass\n", 0), ("x = 1\n\nx.y\n", 3), ("while True: pass", 1)]
)
def test_a_worker_says_where_a_program_ended_before_it_frees_and_writes(source: str, line: int, monkeypatch):
    said = []
    monkeypatch.setattr(worker, "BRIEF", -1.0)
    monkeypatch.setattr(worker, "AFTERWARDS", -10.0)
    worker.record(Request(source=source, limits=Limits(seconds=0.2)), "numpy", 2, said.append)
    assert said == [b"ended %d" % line]


@pytest.mark.parametrize(
    "ends, line, words",
    [
        ([], None, "ran for too long"),
        ([2], 2, "ran for too long"),
        ([0], None, "its record takes too long"),
        ([0, 2], 2, "ran for too long"),
    ],
)
def test_what_is_killed_after_its_end_is_told_with_its_line(ends: list[int], line: int | None, words: str):
    frames = [frame(b"ended %d" % end) for end in ends]

    class Late:
        def ask(self, request: bytes, limits: Limits) -> bytes:
            heard: list[int] = []
            stream = io.BytesIO(b"".join(frames))
            with pytest.raises(EOFError):
                receive_answer(stream.read, 100, heard)
            raise Overdue("Timeout (0:00:01)!", heard)

        def kill(self) -> None: ...

    class Home:
        def process(self) -> Late:
            return Late()

        def close(self) -> None: ...

    error = pool.Pool("numpy", size=1, home=Home()).run("x = 1\ny = 2\n", Limits()).error
    assert (error.type, error.line) == ("TimeoutError", line)
    assert words in error.message
    assert "3 seconds" in error.message


def test_a_crash_is_told_and_hurts_nobody(engine: str):
    trace = pool.run(CRASH, engine)
    assert trace.error.type in ("Crashed", "TimeoutError")
    assert trace.error.line in (2, 3)
    assert trace.error.hint
    assert pool.run(SEED, engine).stdout == "tensor([10., 10.])\n"


def test_two_programs_at_once_do_not_touch_each_other(engine: str):
    def program(i: int) -> str:
        return (
            f"import torch, random\ntorch.manual_seed({i})\nrandom.seed({i})\ntorch.set_grad_enabled({i % 2 == 0})\n"
            "r = [torch.rand(1).item() for _ in range(20)]\n"
            "y = torch.ones(1, requires_grad=True) * 2\nprint(r, y.requires_grad, random.random())"
        )

    by_itself = [pool.run(program(i), engine).stdout for i in range(6)]
    with ThreadPoolExecutor(12) as threads:
        together = list(threads.map(lambda i: pool.run(program(i % 6), engine).stdout, range(36)))
    assert together == by_itself * 6
    assert len(set(by_itself)) == 6


def test_many_threads_while_some_programs_are_killed(engine: str):
    def one(i: int) -> str:
        if i % 8 == 0:
            return pool.run(HANG, engine, Limits(seconds=0.3)).error.type
        return pool.run(SEED, engine).stdout

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(one, range(24)))
    assert found == ["TimeoutError" if i % 8 == 0 else "tensor([10., 10.])\n" for i in range(24)]


def test_a_worker_killed_from_outside_is_replaced(engine: str):
    pool.run(SEED, engine)
    place = pool._pools[engine]
    for process in list(place._free.queue):
        if process is not None:
            os.kill(process.pid, 9)
    first = pool.run(SEED, engine)
    assert first.error is None or first.error.type == "Crashed"
    for _ in range(place.size + 1):
        last = pool.run(SEED, engine)
    assert last.stdout == "tensor([10., 10.])\n"


def test_a_lost_zygote_is_started_again():
    own = pool.Pool("numpy", size=1)
    try:
        assert own.run(SEED, Limits()).error is None
        own._home._popen.kill()
        own._home._popen.wait()
        own.run(HANG, Limits(seconds=0.3))
        assert own.run(SEED, Limits()).stdout == "tensor([10., 10.])\n"
    finally:
        own.close()


def test_workers_where_there_is_no_fork():
    own = pool.Pool("numpy", size=1, home=alone.Alone("numpy"))
    try:
        assert own.run(SEED, Limits()).stdout == "tensor([10., 10.])\n"
        late = own.run(HANG, Limits(seconds=0.5))
        assert (late.error.type, late.error.line) == ("TimeoutError", 5)
        assert own.run(SEED, Limits()).stdout == "tensor([10., 10.])\n"
        assert own.run("open('x')", Limits()).error.type == "NotOffered"
    finally:
        own.close()


def test_a_killed_program_cannot_write_or_read_files(tmp_path, engine: str):
    """Even with every guard gone: the system holds the worker."""
    from vizgrad.program.processes import environment

    code = (
        "import os, resource, sys\nfrom vizgrad.program import worker\nworker.confine()\n"
        "try:\n    os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY)\nexcept OSError as e:\n    print(e.errno)\n"
        "try:\n    os.pipe()\nexcept OSError as e:\n    print(e.errno)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x")], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "24\n24\n"


def test_secrets_of_the_app_do_not_reach_a_worker(monkeypatch):
    from vizgrad.program.processes import environment

    monkeypatch.setenv("SECRET_TOKEN", "x")
    assert "SECRET_TOKEN" not in environment()


def test_warm_returns_at_once_and_warms():
    pool.close()
    assert not pool.is_warm("numpy")
    pool.warm("numpy")
    done = threading.Event()

    def wait() -> None:
        while not pool.is_warm("numpy"):
            done.wait(0.05)

    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join(60)
    assert pool.is_warm("numpy")


def test_the_app_imports_no_engine():
    code = (
        "import sys\nfrom vizgrad.program import pool\npool.run('import torch\\nx = torch.ones(2)')\n"
        "print([m for m in ('torch', 'vizgrad.autodiff', 'vizgrad.program.run', 'streamlit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_numpy_worker_imports_no_torch():
    from vizgrad.program.processes import environment

    code = "import sys\nfrom vizgrad.program.worker import prepare\nprepare('numpy')\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout == "False\n"


def test_no_process_outlives_the_app():
    code = (
        "from vizgrad.program import pool\npool.run('')\nplace = pool._pools['numpy']\n"
        "print(place._home._popen.pid, *(p.pid for p in place._free.queue if p is not None))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    pids = [int(p) for p in done.stdout.split()]
    assert len(pids) >= 2
    gone = threading.Event()
    for _ in range(100):
        if not any(is_alive(pid) for pid in pids):
            break
        gone.wait(0.05)
    assert not any(is_alive(pid) for pid in pids)


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("kind", [forked, alone], ids=["forked", "alone"])
def test_an_engine_that_cannot_start_says_why(monkeypatch, kind):
    failing = [sys.executable, "-c", "raise ImportError('no such engine here')"]
    monkeypatch.setattr(kind, "command", lambda *arguments: failing)
    home = forked.Zygote("numpy") if kind is forked else alone.Alone("numpy")
    own = pool.Pool("numpy", size=1, home=home)
    with pytest.raises(RuntimeError, match="the numpy engine could not be started: ImportError: no such engine here"):
        own.run("", Limits())
    own.close()


def test_an_unknown_engine_is_named():
    with pytest.raises(ValueError, match="there is no engine 'jax'"):
        pool.run("", "jax")


def test_a_record_that_is_too_long_is_an_error():
    trace = pool.run("import torch\nx = torch.ones(2)\nfor i in range(5000): x = x + 1\n", "numpy", Limits(answer=1))
    assert trace.error.type == "MemoryError"
    assert "1 MiB" in trace.error.message


@pytest.mark.parametrize("depth", [50_000, 150_000, 250_000, 400_000])
def test_what_a_brief_program_leaves_behind_harms_nobody_after_it(depth: int, engine: str):
    # freed by one call for each level: as soon as it is collected, and it is made in a few milliseconds
    source = (
        f"import functools, itertools\nx = functools.reduce(slice, itertools.repeat(0, {depth}), 1)\n"
        "l = [x]\nl.append(l)\ndel x, l\nprint('left')"
    )
    for _ in range(3):
        first = pool.run(source, engine)
        assert first.error is None or first.error.type == "Crashed"
        after = pool.run(SEED, engine)
        assert (after.error, after.stdout) == (None, "tensor([10., 10.])\n")


def test_a_generator_that_is_freed_late_keeps_nobody_waiting(engine: str):
    source = (
        "import itertools\ndef g():\n    try: yield\n    finally: max(itertools.count())\n"
        "x = g()\nnext(x)\nl = [x]\nl.append(l)\ndel x, l"
    )
    for _ in range(2):
        first = pool.run(source, engine, Limits(seconds=0.5))
        assert first.error is None or first.error.type == "TimeoutError"
        after = pool.run(SEED, engine)
        assert (after.error, after.stdout) == (None, "tensor([10., 10.])\n")


def test_names_may_be_in_any_script():
    assert pool.run("損失 = 2\nprint(損失)\n").stdout == "2\n"
