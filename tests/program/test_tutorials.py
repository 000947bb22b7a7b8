"""What people really write: under the policy it prints what plain Python, with real PyTorch, prints."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute
from vizgrad.trace import Trace
from vizgrad.trace.compare import compare

PROGRAMS = sorted((Path(__file__).parent / "tutorials").glob("*.txt"))


@pytest.fixture(params=PROGRAMS, ids=lambda path: path.stem)
def source(request: pytest.FixtureRequest) -> str:
    return request.param.read_text(encoding="utf-8")


def ran(source: str, engine: str) -> Trace:
    """Without hurry: how fast it is on a busy machine is not the question here."""
    return execute(source, engine, limits=Limits(seconds=60))


def plainly(source: str) -> str:
    """What the program prints without any of ours."""
    import random

    import torch

    torch.manual_seed(0)
    random.seed(0)
    out = io.StringIO()
    # torch.testing, which other tests import, lets nobody set a flag of a backend any more, as programs do
    flags_may_be_set = torch.backends.__allow_nonbracketed_mutation()
    with contextlib.redirect_stdout(out), flags_may_be_set:
        exec(compile(source, "<program>", "exec"), {"__name__": "__main__"})
    return out.getvalue()


NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]\d+)?")


def taken_apart(text: str) -> tuple[list[str], list[float]]:
    """The words and the numbers in what was printed."""
    return NUMBER.sub(" ", text).split(), [float(n) for n in NUMBER.findall(text)]


@pytest.mark.torch
def test_prints_what_plain_python_prints(source: str):
    trace = ran(source, "torch")
    assert trace.error is None, trace.error
    assert trace.stdout == plainly(source)


@pytest.mark.torch
def test_both_engines_print_the_same(source: str):
    ours = ran(source, "numpy")
    assert ours.error is None, ours.error
    theirs = ran(source, "torch")
    words, numbers = taken_apart(ours.stdout)
    other_words, other_numbers = taken_apart(theirs.stdout)
    assert words == other_words
    assert numbers == pytest.approx(other_numbers, rel=1e-4, abs=1e-4)


NOT_ALIKE = {
    "custom_functions": "PyTorch makes a view of what setup_context is given",
    "double_backward": "the derivative of an index: written into zeros by PyTorch, one operation of the core's",
    "logistic_regression": "how gradcheck works",
    "xor": "small differences grow over many steps",
}
"""Tutorials whose traces differ, and why; what they print does not."""


@pytest.mark.torch
@pytest.mark.parametrize("path", [p for p in PROGRAMS if p.stem not in NOT_ALIKE], ids=lambda path: path.stem)
def test_both_engines_give_the_same_trace(path: Path):
    source = path.read_text(encoding="utf-8")
    compared = compare(ran(source, "numpy"), ran(source, "torch"))
    assert compared.matches, compared.differences[:5]


def test_there_are_enough():
    assert len(PROGRAMS) >= 40
    assert NOT_ALIKE.keys() < {path.stem for path in PROGRAMS}
