"""What people really write: under the policy it prints what plain Python, with real PyTorch, prints."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from vizgrad.program.run import execute
from vizgrad.trace.compare import compare

PROGRAMS = sorted((Path(__file__).parent / "tutorials").glob("*.txt"))


@pytest.fixture(params=PROGRAMS, ids=lambda path: path.stem)
def source(request: pytest.FixtureRequest) -> str:
    return request.param.read_text(encoding="utf-8")


def plainly(source: str) -> str:
    """What the program prints without any of ours."""
    import random

    import torch

    torch.manual_seed(0)
    random.seed(0)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "<program>", "exec"), {"__name__": "__main__"})
    return out.getvalue()


NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]\d+)?")


def taken_apart(text: str) -> tuple[list[str], list[float]]:
    """The words and the numbers in what was printed."""
    return NUMBER.sub(" ", text).split(), [float(n) for n in NUMBER.findall(text)]


@pytest.mark.torch
def test_prints_what_plain_python_prints(source: str):
    trace = execute(source, "torch")
    assert trace.error is None, trace.error
    assert trace.stdout == plainly(source)


@pytest.mark.torch
def test_both_engines_print_the_same(source: str):
    ours = execute(source, "numpy")
    assert ours.error is None, ours.error
    theirs = execute(source, "torch")
    words, numbers = taken_apart(ours.stdout)
    other_words, other_numbers = taken_apart(theirs.stdout)
    assert words == other_words
    assert numbers == pytest.approx(other_numbers, rel=1e-4, abs=1e-4)
    if "torch.Tensor(" not in source:  # PyTorch tells nobody of that one: it is seen where it is first used
        assert compare(ours, theirs).matches, compare(ours, theirs).differences[:5]
