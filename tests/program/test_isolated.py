"""Programs in worker processes: ended with their line, apart from each other, and harmless to whoever comes next."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from vizgrad.program import isolated
from vizgrad.program.errors.killed import stopped
from vizgrad.program.limits.limits import Limits
from vizgrad.program.overrides import NOTHING, WhatIf
from vizgrad.trace import Trace
from vizgrad.workers import clock, pool
from vizgrad.workers.kinds import run as kind
from vizgrad.workers.pool import Busy, Died, Overdue
from vizgrad.workers.protocol import Answer

SEED = (
    "import torch\nx = torch.ones(2, requires_grad=True)\no = (5 * (x + 1) ** 2).sum() / 2\no.backward()\nprint(x.grad)"
)
HANG = "a, b = [], []\nfor i in range(60): a, b = [a, a], [b, b]\nprint('before')\n\nx = (a ==\n     b)\n"
CRASH = "x = [1]\nfor i in range(200_000): x = zip(x)\nlist(x)\n"


def test_a_call_that_nothing_can_interrupt_is_killed_with_its_line(engine: str):
    trace = isolated.run(HANG, engine, Limits(seconds=0.5))
    assert trace.error.type == "TimeoutError"
    assert trace.error.line == 5
    assert "0.5 seconds" in trace.error.message
    assert (trace.source, trace.engine) == (HANG, engine)
    assert isolated.run(SEED, engine).stdout == "tensor([10., 10.])\n"


@pytest.mark.parametrize(
    "source, line", [("x = 1\nfor i in range(10):\n    pass\n", 0), ("x = 1\n\nx.y\n", 3), ("while True: pass", 1)]
)
def test_a_worker_says_where_a_program_ended_before_it_frees_and_writes(source: str, line: int, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(kind, "BRIEF", -1.0)
    monkeypatch.setattr(clock, "hand_over", lambda: said.append("handed over"))
    kind.record(isolated.Run(source=source, limits=Limits(seconds=0.2)), "numpy", said.append)
    assert said == [str(line), "handed over"]


@pytest.mark.parametrize(
    "notes, line, words",
    [
        ([], None, "ran for too long"),
        (["2"], 2, "ran for too long"),
        (["0"], None, "its record takes too long"),
        (["0", "2"], 2, "ran for too long"),
        (["2", "not a line", "9" * 50], 2, "ran for too long"),
    ],
)
def test_what_is_killed_after_its_end_is_told_with_its_line(
    notes: list[str], line: int | None, words: str, monkeypatch
):
    def late(*arguments: object, **more: object) -> Answer:
        raise Overdue("Timeout (0:00:01)!", notes)

    monkeypatch.setattr(pool, "ask", late)
    recorded = isolated.record("x = 1\ny = 2\n")
    error = Trace.from_json(recorded.trace).error
    assert (error.type, error.line, recorded.is_final) == ("TimeoutError", line, False)
    assert words in error.message
    assert "3 seconds" in error.message


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[" * 100_000, b"\xff\xfe", stopped("print('another')", "numpy", "X", "x").to_json().encode()]
)
def test_what_is_no_record_of_the_program_is_told_as_a_crash(body: bytes, monkeypatch):
    monkeypatch.setattr(pool, "ask", lambda *a, **k: Answer(b"\xc0", body))
    assert isolated.run("print('mine')").error.type == "Crashed"


def test_a_program_is_run_with_other_numbers_in_one_process(engine: str):
    source = "import torch\nx = torch.tensor([3.0, 4.0], requires_grad=True)\n(x ** 3).sum().backward()\n"
    points = [NOTHING, WhatIf.of({0: (1.0, 2.0)}), WhatIf.of({0: (float("inf"), 0.0)})]
    made = isolated.sample(source, engine, points, 5.0)
    assert [leaf.labels() for leaf in made.leaves] == [["x[0]", "x[1]"]]
    assert [found.value for found in made.found] == [91.0, 9.0, float("inf")]
    assert [found.gradients[0] for found in made.found[:2]] == [(27.0, 48.0), (3.0, 12.0)]


def test_many_runs_end_with_their_time(engine: str):
    slow = "import torch\nx = torch.ones(1, requires_grad=True)\nfor i in range(3000): pass\n(2 * x).sum().backward()"
    made = isolated.sample(slow, engine, [NOTHING] * 100_000, 0.3)
    assert 1 <= len(made.found) < 100_000
    assert isolated.sample(HANG, engine, [NOTHING] * 3, 0.1, Limits(seconds=0.3)) is None


def test_nobody_is_told_of_a_place_that_is_not_there(monkeypatch):
    def full(*arguments: object, **more: object) -> Answer:
        raise Busy

    monkeypatch.setattr(pool, "ask", full)
    with pytest.raises(Busy, match="try again"):
        isolated.run("x = 1")


def test_a_worker_that_dies_without_a_word_is_told_as_a_crash(monkeypatch):
    def dead(*arguments: object, **more: object) -> Answer:
        raise Died("")

    monkeypatch.setattr(pool, "ask", dead)
    assert isolated.run("x = 1").error.type == "Crashed"


def test_a_crash_is_told_and_hurts_nobody(engine: str):
    trace = isolated.run(CRASH, engine)
    assert trace.error.type in ("Crashed", "TimeoutError")
    assert trace.error.line in (2, 3)
    assert trace.error.hint
    assert isolated.run(SEED, engine).stdout == "tensor([10., 10.])\n"


def test_two_programs_at_once_do_not_touch_each_other(engine: str):
    def program(i: int) -> str:
        return (
            f"import torch, random\ntorch.manual_seed({i})\nrandom.seed({i})\ntorch.set_grad_enabled({i % 2 == 0})\n"
            "r = [torch.rand(1).item() for _ in range(20)]\n"
            "y = torch.ones(1, requires_grad=True) * 2\nprint(r, y.requires_grad, random.random())"
        )

    by_itself = [isolated.run(program(i), engine).stdout for i in range(6)]
    with ThreadPoolExecutor(12) as threads:
        together = list(threads.map(lambda i: isolated.run(program(i % 6), engine).stdout, range(36)))
    assert together == by_itself * 6
    assert len(set(by_itself)) == 6


def test_many_threads_while_some_programs_are_killed(engine: str):
    def one(i: int) -> str:
        if i % 8 == 0:
            return isolated.run(HANG, engine, Limits(seconds=0.3)).error.type
        return isolated.run(SEED, engine).stdout

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(one, range(24)))
    assert found == ["TimeoutError" if i % 8 == 0 else "tensor([10., 10.])\n" for i in range(24)]


def test_the_app_imports_no_engine():
    code = (
        "import sys\nfrom vizgrad.program import isolated\nisolated.run('import torch\\nx = torch.ones(2)')\n"
        "print([m for m in ('torch', 'vizgrad.autodiff', 'vizgrad.program.run', 'streamlit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_unknown_engine_is_named():
    with pytest.raises(ValueError, match="there is no engine 'jax'"):
        isolated.run("", "jax")


def test_a_record_that_is_too_long_is_an_error():
    trace = isolated.run(
        "import torch\nx = torch.ones(2)\nfor i in range(5000): x = x + 1\n", "numpy", Limits(answer=1)
    )
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
        first = isolated.run(source, engine)
        assert first.error is None or first.error.type == "Crashed"
        after = isolated.run(SEED, engine)
        assert (after.error, after.stdout) == (None, "tensor([10., 10.])\n")


def test_a_generator_that_is_freed_late_keeps_nobody_waiting(engine: str):
    source = (
        "import itertools\ndef g():\n    try: yield\n    finally: max(itertools.count())\n"
        "x = g()\nnext(x)\nl = [x]\nl.append(l)\ndel x, l"
    )
    for _ in range(2):
        first = isolated.run(source, engine, Limits(seconds=0.5))
        assert first.error is None or first.error.type == "TimeoutError"
        after = isolated.run(SEED, engine)
        assert (after.error, after.stdout) == (None, "tensor([10., 10.])\n")


def test_names_may_be_in_any_script():
    assert isolated.run("損失 = 2\nprint(損失)\n").stdout == "2\n"
