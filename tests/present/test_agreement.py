"""Two engines' runs are compared in a presenter, and told in a few sentences."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from vizgrad.present import agreement
from vizgrad.present.agreement import Compare, compared, judged
from vizgrad.present.request import NotPresented
from vizgrad.program.run import execute
from vizgrad.trace import Trace
from vizgrad.workers.protocol import encode

PROGRAM = "import torch\nx = torch.ones(2, requires_grad=True)\ny = (3 * x).sum()\ny.backward()\n"
FAULTY = "import torch\na = torch.ones(2) + torch.ones(3)\n"
NAMES = "NumPy core", "PyTorch"


def as_torch(trace: Trace) -> Trace:
    return replace(trace, engine="torch")


def planted() -> tuple[Trace, Trace]:
    """Two traces of one program, in the second of which a number is another."""
    trace = execute(PROGRAM, "numpy")
    return trace, replace(as_torch(execute(PROGRAM.replace("3", "4"), "numpy")), source=trace.source)


def bodies(*traces: Trace) -> list[bytes]:
    return [trace.to_json().encode() for trace in traces]


def test_the_same_twice_agrees():
    trace = execute(PROGRAM, "numpy")
    found = judged(trace, as_torch(trace), *NAMES)
    assert (found.status, found.text, found.details) == ("agrees", "PyTorch agrees", ())


def test_a_planted_difference_is_told_with_its_line_and_both_numbers():
    found = judged(*planted(), *NAMES)
    assert found.status == "differs"
    told = " ".join(found.details)
    assert "Line 3" in told and "with NumPy core" in told and "with PyTorch" in told


def test_the_same_error_is_agreement():
    trace = execute(FAULTY, "numpy")
    found = judged(trace, as_torch(trace), *NAMES)
    assert (found.status, found.text) == ("agrees", "PyTorch gives the same error")


def test_what_only_one_engine_can_run_is_said():
    good, bad = execute(PROGRAM, "numpy"), execute(FAULTY, "numpy")
    found = judged(bad, as_torch(good), *NAMES)
    assert found.status == "unknown" and "PyTorch can run this" in found.text
    assert any("Switch the engine" in line for line in found.details)
    found = judged(good, as_torch(bad), *NAMES)
    assert found.status == "unknown" and "must match" in found.details[0]


def test_only_so_much_is_told(monkeypatch: pytest.MonkeyPatch):
    everything = judged(*planted(), *NAMES)
    monkeypatch.setattr(agreement, "MOST_TOLD", 1)
    found = judged(*planted(), *NAMES)
    assert len(found.details) == 1 and found.more == len(everything.details) + everything.more - 1 > 0
    good, bad = execute(PROGRAM, "numpy"), execute(f"{PROGRAM}raise ValueError('a' * 100_000)\n", "numpy")
    (told,) = judged(good, bad, *NAMES).details
    assert len(told) == agreement.LONGEST_TOLD + 2 and told.endswith("…")


def test_the_records_must_be_of_the_program():
    first, second = bodies(*planted())
    with pytest.raises(NotPresented, match="another program"):
        Compare("x = 1", *NAMES).answer(encode((first, second)))


def test_too_long_a_run_is_not_compared(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(agreement, "LONGEST", 100)
    with pytest.raises(NotPresented, match="too long to be compared"):
        compared(*bodies(*planted()), PROGRAM, *NAMES)


def test_a_worker_says_the_same():
    first, second = planted()
    assert compared(*bodies(first, second), PROGRAM, *NAMES) == judged(first, second, *NAMES)
