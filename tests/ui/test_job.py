"""A run that takes long is told, and can be stopped."""

from __future__ import annotations

import json
import logging

import pytest
from streamlit.testing.v1 import AppTest

from vizgrad.present.request import NotPresented
from vizgrad.program import isolated
from vizgrad.program.errors import killed
from vizgrad.program.isolated import Recorded
from vizgrad.ui import session
from vizgrad.ui.markdown import plain
from vizgrad.ui.runs import job, results
from vizgrad.workers.pool import NotStarted

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
    monkeypatch.setattr(job, "PATIENCE", 0.05)
    return program(visit, LONG)


def test_a_long_run_is_told_while_the_page_stays(running: AppTest):
    assert "Running" in text_of(running)
    assert shown(running)["source"] == LONG
    assert shown(running)["payload"]["source"] != LONG  # the picture from before
    assert shown(running)["runs"] < running.session_state["player"]["program"]["runs"]
    assert studio_of(running).job.wait(PATIENCE).shown.error in ("TimeoutError", "LimitReached")
    running.run()
    assert shown(running)["payload"]["source"] == LONG
    assert "Running" not in text_of(running)


def test_the_stop_button_stops_it(running: AppTest):
    running.button(key="stop_run").click().run()
    assert not running.exception
    assert studio_of(running).job.wait(PATIENCE)
    running.run()
    assert shown(running)["payload"]["error"]["type"] == "KeyboardInterrupt"
    assert "Running" not in text_of(running)


def test_what_was_stopped_is_not_run_for_anything_else(running: AppTest, monkeypatch: pytest.MonkeyPatch):
    running.session_state["section"] = ":material/tune: What if"
    check = studio_of(running).check  # of the program before it
    running.button(key="stop_run").click().run()
    assert studio_of(running).job.wait(PATIENCE)
    asked: list[str] = []
    monkeypatch.setattr(isolated, "record", lambda source, *_: asked.append(source))
    running.run()
    assert not running.exception and not asked and studio_of(running).check is check
    assert "was stopped before its end" in text_of(running) and "differs" not in text_of(running)


def test_a_stopped_program_runs_again_when_it_is_submitted_again(running: AppTest, monkeypatch: pytest.MonkeyPatch):
    running.button(key="stop_run").click().run()
    first = studio_of(running).job
    monkeypatch.setattr(job, "PATIENCE", 60)
    program(running, LONG)
    assert studio_of(running).job is not first
    assert shown(running)["payload"]["error"]["type"] in ("TimeoutError", "LimitReached")


def test_another_program_ends_the_one_that_runs(running: AppTest, monkeypatch: pytest.MonkeyPatch):
    first = studio_of(running).job
    monkeypatch.setattr(job, "PATIENCE", 60)
    act(running, session.reset)
    assert first.is_done and first.wait(0) is None
    assert shown(running)["payload"]["error"] is None


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (NotStarted("the numpy engine", "no"), "could not be started: no"),
        (NotPresented("There was no place."), "There was no place."),
        (KeyError("nobody thought of this"), job.OURS),
    ],
)
def test_why_there_is_no_result_is_told_and_the_page_stands(
    visit: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception, said: str
):
    def fails(*arguments: object) -> None:
        raise fault

    before = shown(visit)["payload"]
    results.forget()
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, "vizgrad"):
        patch.setattr(job.results, "result", fails)
        program(visit, "x = 1\n")
    assert any(plain(said) in warning.value for warning in visit.warning)
    assert "nobody thought of this" not in text_of(visit) + "".join(warning.value for warning in visit.warning)
    assert ("nobody thought of this" in caplog.text) is (said == job.OURS)  # what is ours is noted with its traceback
    assert shown(visit)["source"] == "x = 1\n" and shown(visit)["payload"] == before and "Running" not in text_of(visit)
    visit.button(key="try_again").click().run()
    assert shown(visit)["payload"]["source"] == "x = 1\n" and not visit.warning


FIT = """import torch
w = torch.tensor(1., requires_grad=True)
for i in range(400):
    ((3 * w - 6) ** 2).backward()
"""


def test_a_scene_that_cannot_be_recorded_again_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch):
    recorded = isolated.run(FIT, "numpy")
    scene = next(s.index for s in recorded.scenes if not s.is_whole)
    late = killed.halted(FIT, "numpy")
    results.run(FIT, "numpy")
    with monkeypatch.context() as patch:
        patch.setattr(isolated, "record", lambda *what: Recorded(late.to_json().encode(), is_final=False))
        shown = scenes_of(results.result(FIT, "numpy", scene))[scene]
    assert "could not be recorded" in shown["problem"]
    assert "only the loss" in shown["steps"][0]["sentence"]
    assert len(scenes_of(results.result(FIT, "numpy", scene))[scene]["steps"]) > 1


def scenes_of(result: results.Result) -> list[dict]:
    return json.loads(result.payload)["scenes"]
