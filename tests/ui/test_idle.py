"""Idle sessions give up what can be made again, and nothing else."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from vizgrad.ui import idle

from .test_page import PATIENCE, program, script, shown, studio_of


@pytest.fixture
def visit() -> AppTest:
    at = AppTest.from_function(script, default_timeout=PATIENCE).run()
    assert not at.exception
    return at


def test_an_idle_session_gives_up_what_it_shows_and_gets_it_back(visit: AppTest):
    program(visit, "import torch\nx = torch.ones(3, requires_grad=True)\nx.sum().backward()\n")
    before = shown(visit)["payload"]
    idle.release(time.monotonic() - 60)  # other sessions of this process may be older
    assert studio_of(visit).shown is not None
    assert idle.release(time.monotonic() + 1) >= 1
    assert studio_of(visit).shown is None and studio_of(visit).job is None
    visit.run()
    assert not visit.exception
    assert shown(visit)["payload"] == before


def test_what_cannot_be_made_again_stays(visit: AppTest):
    studio = studio_of(visit)
    from dataclasses import replace

    studio.shown = replace(studio.shown, is_final=False)
    idle.release(time.monotonic() + 1)
    assert studio.shown is not None
