"""The badge says whether the other engine agrees, and where it does not."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from msgspec.structs import replace

from vizgrad.program.run import execute
from vizgrad.program.whatif import NOTHING, WhatIf
from vizgrad.trace import Trace
from vizgrad.ui import agreement, runs

PROGRAM = "import torch\nx = torch.ones(2, requires_grad=True)\ny = (3 * x).sum()\ny.backward()\n"
FAULTY = "import torch\na = torch.ones(2) + torch.ones(3)\n"


def as_torch(trace: Trace) -> Trace:
    return replace(trace, engine="torch")


def test_the_same_twice_agrees():
    trace = execute(PROGRAM, "numpy")
    found = agreement.judged(trace, as_torch(trace))
    assert (found.status, found.text, found.details) == ("agrees", "PyTorch agrees", ())


def test_a_planted_difference_is_told_with_its_line_and_both_numbers():
    trace = execute(PROGRAM, "numpy")
    other = replace(as_torch(execute(PROGRAM.replace("3", "4"), "numpy")), source=trace.source)
    found = agreement.judged(trace, other)
    assert found.status == "differs"
    told = " ".join(found.details)
    assert "Line 3" in told and "with NumPy core" in told and "with PyTorch" in told


def test_the_same_error_is_agreement():
    trace = execute(FAULTY, "numpy")
    found = agreement.judged(trace, as_torch(trace))
    assert (found.status, found.text) == ("agrees", "PyTorch gives the same error")


def test_what_only_one_engine_can_run_is_said():
    good, bad = execute(PROGRAM, "numpy"), execute(FAULTY, "numpy")
    found = agreement.judged(bad, as_torch(good))
    assert found.status == "unknown" and "PyTorch can run this" in found.text
    assert any("Switch the engine" in line for line in found.details)
    found = agreement.judged(good, as_torch(bad))
    assert found.status == "unknown" and "must match" in found.details[0]


def test_an_engine_that_cannot_start_takes_nothing_down(monkeypatch: pytest.MonkeyPatch):
    def fail(source: str, engine: str, **options: object) -> Trace:
        raise RuntimeError("no such engine here")

    monkeypatch.setattr(runs, "run", fail)
    found = agreement.checked(execute(PROGRAM, "numpy"))
    assert found.status == "unreached" and "no such engine here" in found.details[0]


def test_a_check_is_started_once_for_a_program_and_given_up_for_another(monkeypatch: pytest.MonkeyPatch):
    started: list[str] = []

    class Later:
        def submit(self, function: object, trace: Trace, what_if: WhatIf) -> Future:
            started.append(trace.source)
            return Future()

    monkeypatch.setattr(agreement, "_behind", Later())
    one, two = execute(PROGRAM, "numpy"), execute(FAULTY, "numpy")
    first = agreement.start(one)
    assert agreement.start(one, first) is first
    assert first.agreement is None
    second = agreement.start(two, first)
    assert second is not first and first.future.cancelled() and first.agreement is None
    assert started == [one.source, two.source]


def test_a_check_whose_engine_did_not_start_is_tried_again():
    trace = execute(PROGRAM, "numpy")
    done: Future = Future()
    done.set_result(agreement.Agreement("unreached", "PyTorch could not run"))
    again = agreement.start(trace, agreement.Check(trace.source, trace.engine, NOTHING, done))
    assert again.future is not done
