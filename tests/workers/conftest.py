"""Both engines, and no process left behind."""

from __future__ import annotations

import pytest

from vizgrad.workers import pool


@pytest.fixture(params=["numpy", pytest.param("torch", marks=pytest.mark.torch)])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session", autouse=True)
def processes():
    yield
    pool.close()
