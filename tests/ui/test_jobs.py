"""A run that takes long is told, and can be stopped."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from vizgrad.program import pool, stopped
from vizgrad.ui import jobs, runs, state

from .test_page import PATIENCE, act, program, script, shown, studio_of, text_of

LONG = "import torch\nx = torch.ones(2)\nwhile True:\n    pass\n"


@pytest.fixture
def visit() -> AppTest:
    at = AppTest.from_function(script, default_timeout=PATIENCE).run()
    assert not at.exception
    return at


@pytest.fixture
def running(visit: AppTest, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page while a long program runs."""
    monkeypatch.setattr(jobs, "PATIENCE", 0.05)
    return program(visit, LONG)


def test_a_long_run_is_told_while_the_page_stays(running: AppTest):
    assert "Running" in text_of(running)
    assert shown(running)["source"] == LONG
    assert shown(running)["payload"]["source"] != LONG  # the picture from before
    assert shown(running)["runs"] < running.session_state["player"]["program"]["runs"]
    assert studio_of(running).job.wait(PATIENCE).trace.error.type in ("TimeoutError", "LimitReached")
    running.run()
    assert shown(running)["payload"]["source"] == LONG
    assert "Running" not in text_of(running)


def test_the_stop_button_stops_it(running: AppTest):
    running.button(key="stop_run").click().run()
    assert not running.exception
    running.run()
    assert shown(running)["payload"]["error"]["type"] == "KeyboardInterrupt"
    assert "Running" not in text_of(running)


def test_what_was_stopped_is_not_run_for_anything_else(running: AppTest, monkeypatch: pytest.MonkeyPatch):
    running.session_state["section"] = ":material/tune: What if"
    check = studio_of(running).check  # of the program before it
    running.button(key="stop_run").click().run()
    asked: list[str] = []
    monkeypatch.setattr(pool, "run", lambda source, *_: asked.append(source))
    running.run()
    assert not running.exception and not asked and studio_of(running).check is check
    assert "was stopped before its end" in text_of(running) and "differs" not in text_of(running)


def test_a_stopped_program_runs_again_when_it_is_submitted_again(running: AppTest, monkeypatch: pytest.MonkeyPatch):
    running.button(key="stop_run").click().run()
    first = studio_of(running).job
    monkeypatch.setattr(jobs, "PATIENCE", 60)
    program(running, LONG)
    assert studio_of(running).job is not first
    assert shown(running)["payload"]["error"]["type"] in ("TimeoutError", "LimitReached")


def test_another_program_ends_the_one_that_runs(running: AppTest, monkeypatch: pytest.MonkeyPatch):
    first = studio_of(running).job
    monkeypatch.setattr(jobs, "PATIENCE", 60)
    act(running, state.reset)
    assert first.is_done and first.wait(0) is None
    assert shown(running)["payload"]["error"] is None


def test_an_engine_that_does_not_start_is_told(visit: AppTest, monkeypatch: pytest.MonkeyPatch):
    def fails(*arguments: object) -> None:
        raise RuntimeError("the numpy engine could not be started: no")

    monkeypatch.setattr(jobs.runs, "result", fails)
    program(visit, "x = 1\n")
    assert any("could not be started" in error.value for error in visit.error)


FIT = """import torch
w = torch.tensor(1., requires_grad=True)
for i in range(400):
    ((3 * w - 6) ** 2).backward()
"""


def test_a_scene_that_cannot_be_recorded_again_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch):
    recorded = runs.run(FIT, "numpy")
    scene = next(s.index for s in recorded.scenes if not s.is_whole)
    late = stopped.halted(FIT, "numpy")
    assert late.error and late.error.type in runs.PASSING
    with monkeypatch.context() as patch:
        patch.setattr(runs.pool, "run", lambda *what: late)
        shown = runs.result(FIT, "numpy", scene).payload["scenes"][scene]
    assert late.error.message in shown["problem"]
    assert "only the loss" in shown["steps"][0]["sentence"]
    assert len(runs.result(FIT, "numpy", scene).payload["scenes"][scene]["steps"]) > 1
