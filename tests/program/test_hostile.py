"""Hostile programs: each ends as it should, and the next one runs as if nothing had happened."""

from __future__ import annotations

import pytest

from vizgrad.program import isolated

from .corpus import Hostile, everything

HARMLESS = """\
import torch
x = torch.ones(2, requires_grad=True)
o = (5 * (x + 1) ** 2).sum()
o.backward()
print(x.grad, torch.is_grad_enabled(), torch.rand(1).dtype)
"""
AFTERWARDS = "tensor([20., 20.]) True torch.float32\n"
KILLED = {"TimeoutError", "MemoryError", "LimitReached", "NotOffered"}


@pytest.mark.parametrize("hostile", everything(), ids=lambda h: f"{h.group}-{h.name}")
def test_hostile(hostile: Hostile, engine: str):
    trace = isolated.run(hostile.source, engine, hostile.limits)
    assert hostile.failure(trace) is None
    if trace.error is not None and trace.error.type in KILLED:
        if trace.error.line is None:
            assert "its record takes too long" in trace.error.message
            assert any(kind == "OK" for kind, _ in hostile.expected)
        else:
            assert 1 <= trace.error.line <= hostile.source.count("\n") + 1
    assert trace.source == hostile.source
    after = isolated.run(HARMLESS, engine)
    assert after.error is None
    assert after.stdout == AFTERWARDS


TOO_MUCH_TEXT = {
    "too_long": ("x = 1\n" * 10_000, "LimitReached", "the limit is 50,000 characters"),
    "parentheses": ("(" * 300 + ")" * 300, "SyntaxError", "parentheses"),
    "minus": ("-" * 20_000 + "1", "SyntaxError", "too deeply"),
    "sum": ("+".join(["1"] * 9_000), "SyntaxError", "too deeply"),
    "attributes": ("x" + ".x" * 9_000, "SyntaxError", "too deeply"),
    "blocks": (
        "".join(" " * i + "if 1:\n" for i in range(120)) + " " * 120 + "pass",
        "IndentationError",
        "indentation",
    ),
    "elif": ("if 1: pass\n" + "elif 1: pass\n" * 3_000, "SyntaxError", "too deeply"),
    "digits": ("9" * 5_000, "SyntaxError", "limit"),
    "null": ("x = 1\0", "SyntaxError", "null bytes"),
    "surrogate": ("x = '\ud800'", "OK", ""),
}


@pytest.mark.parametrize("name", TOO_MUCH_TEXT)
def test_text_that_cannot_be_read(name: str, engine: str):
    source, kind, words = TOO_MUCH_TEXT[name]
    trace = isolated.run(source, engine)
    if kind == "OK":
        assert trace.error is None
    else:
        assert trace.error is not None
        assert (trace.error.type, words in trace.error.message) == (kind, True), trace.error
    assert isolated.run(HARMLESS, engine).stdout == AFTERWARDS
