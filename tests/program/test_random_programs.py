"""Random programs: both engines print the same and record the same, fault or no fault."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute
from vizgrad.trace.compare import compare

from .random_programs import programs


@pytest.mark.torch
@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_both_engines_agree(source: str):
    unhurried = Limits(seconds=60)
    compared = compare(execute(source, "numpy", limits=unhurried), execute(source, "torch", limits=unhurried))
    assert compared.matches, f"{source}\n{compared.differences[:5]}"
