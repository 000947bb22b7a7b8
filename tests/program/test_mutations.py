"""Mutated hostile programs: none escapes, none takes its process down, and the next one runs."""

from __future__ import annotations

import pytest

from vizgrad.program import isolated
from vizgrad.program.limits.limits import Limits
from vizgrad.trace import Trace

from .mutations import mutated
from .test_hostile import AFTERWARDS, HARMLESS

SECRETS = ("root:", "/usr/", "/proc/", "<frame ", "<code object", "vizgrad/program")


@pytest.mark.parametrize("seed", range(4))
def test_mutated_programs_are_held(seed: int, engine: str):
    for source in mutated(seed, 25):
        trace = isolated.run(source, engine, Limits(seconds=0.4))
        said = trace.stdout + (trace.error.message if trace.error else "")
        assert not any(secret in said for secret in SECRETS), source
        assert trace.error is None or trace.error.type != "Crashed", source
        assert Trace.from_json(trace.to_json()) == trace
    assert isolated.run(HARMLESS, engine).stdout == AFTERWARDS


def test_the_same_seed_gives_the_same_programs():
    assert list(mutated(3, 5)) == list(mutated(3, 5)) != list(mutated(4, 5))
