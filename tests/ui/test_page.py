"""The page's logic: what a visitor does, and what the page then shows."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from vizgrad.gallery import FIRST_VISIT, lesson, lessons
from vizgrad.program import isolated
from vizgrad.program.editing import document
from vizgrad.program.isolated import Recorded
from vizgrad.ui import session
from vizgrad.ui.runs import results

ROOT = Path(__file__).parents[2]
PATIENCE = 90  # the first page of a test process waits until all kinds of workers are loaded
RUNS = itertools.count(1)


def script() -> None:
    """The visit, after whatever the test does as a callback would."""
    import streamlit as st

    from vizgrad.ui import page

    act = st.session_state.pop("act", None)
    if act is not None:
        act()
    page.page()


@pytest.fixture
def visit() -> AppTest:
    at = AppTest.from_function(script, default_timeout=PATIENCE).run()
    assert not at.exception
    return at


def act(at: AppTest, *calls: Callable[[], None]) -> AppTest:
    """Runs callbacks, then the page."""
    at.session_state["act"] = lambda: [call() for call in calls]
    at.run()
    assert not at.exception, at.exception
    return at


def program(at: AppTest, source: str) -> AppTest:
    """Submits a program from the editor, as the player tells it."""
    number = next(RUNS)
    rev = at.session_state[session.KEY].source_rev
    at.session_state["player"] = {"program": {"text": source, "runs": number, "rev": rev}}
    return act(at, session.submit)


def append(statement: str) -> None:
    """Somebody else than the editor adds a line, as a card does."""
    session.replace(document.append(session.text(), statement))


def studio_of(at: AppTest) -> session.Studio:
    return at.session_state[session.KEY]


def shown(at: AppTest) -> dict:
    """What the player was given."""
    (player,) = [e for e in at.main if e.type == "bidi_component"] or at.get("bidi_component")
    options, payload = player.proto.bytes.split(b"\n", 1)
    return json.loads(options) | {"payload": json.loads(payload)}


def html_of(at: AppTest) -> str:
    return "".join(e.proto.body for e in at.get("html"))


def text_of(at: AppTest) -> str:
    return " ".join(e.value for kind in ("markdown", "caption", "code", "text") for e in at.get(kind))


def charts(at: AppTest) -> list[dict]:
    return [json.loads(e.proto.spec) for e in at.get("plotly_chart")]


def test_the_app_itself_opens_on_the_notebooks_example():
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    assert not at.exception
    payload = shown(at)["payload"]
    assert payload["source"] == lesson(FIRST_VISIT).source
    assert len(payload["scenes"][0]["steps"]) == 14  # the empty stage and 13 steps
    assert payload["error"] is None


def test_a_lesson_named_in_the_address_is_opened():
    at = AppTest.from_function(script, default_timeout=PATIENCE)
    at.query_params["lesson"] = "gates"
    at.run()
    assert studio_of(at).source == lesson("gates").source


def test_lesson_and_engine_are_told_to_the_player_which_keeps_the_address(visit: AppTest):
    assert shown(visit)["address"] == {"lesson": None, "engine": None, "program": None}
    visit.selectbox(key=session.LESSON).select("gates").run()
    assert shown(visit)["address"] == {"lesson": "gates", "engine": None, "program": None}
    act(visit, lambda: setattr(session.studio(), "engine", "torch"))
    assert shown(visit)["address"] == {"lesson": "gates", "engine": "torch", "program": None}


@pytest.mark.torch
def test_an_engine_named_in_the_address_is_used():
    at = AppTest.from_function(script, default_timeout=PATIENCE)
    at.query_params["engine"] = "torch"
    at.run()
    assert not at.exception
    assert studio_of(at).engine == at.segmented_control(key=session.ENGINE).value == "torch"


def test_an_unknown_lesson_in_the_address_does_no_harm():
    at = AppTest.from_function(script, default_timeout=PATIENCE)
    at.query_params["lesson"] = "<script>"
    at.query_params["engine"] = "jax"
    at.run()
    assert not at.exception
    assert studio_of(at).lesson == FIRST_VISIT


@pytest.mark.parametrize("slug", [one.slug for one in lessons()])
def test_choosing_a_lesson_shows_its_program_and_its_question(visit: AppTest, slug: str):
    visit.selectbox(key=session.LESSON).select(slug).run()
    assert not visit.exception
    assert shown(visit)["source"] == shown(visit)["payload"]["source"] == lesson(slug).source
    assert lesson(slug).question in text_of(visit)


def test_a_program_from_the_editor_is_drawn_and_the_editor_left_alone(visit: AppTest):
    before = shown(visit)["sourceRev"]
    source = lesson(FIRST_VISIT).source.replace("5 *", "7 *")
    program(visit, source)
    assert shown(visit)["payload"]["source"] == source
    assert shown(visit)["sourceRev"] == before
    assert "[28., 28.]" in html_of(visit)
    bars = charts(visit)[0]["data"][0]
    assert [c[1] for c in bars["customdata"]] == ["14.0", "14.0"]


def test_renamed_variables_are_renamed_everywhere(visit: AppTest):
    program(visit, "import torch\nweight = torch.ones(2, requires_grad=True)\nloss = weight.sum()\nloss.backward()\n")
    assert "<code>weight</code>" in html_of(visit) and "<code>x</code>" not in html_of(visit)
    assert "weight.grad" in charts(visit)[0]["layout"]["title"]["text"]


def test_a_syntax_error_is_marked_and_the_page_stays(visit: AppTest):
    program(visit, "import torch\nx = torch.ones(2\n")
    error = shown(visit)["payload"]["error"]
    assert error["type"] == "SyntaxError" and error["span"][0] == 2
    assert "<code>o</code>" in html_of(visit)  # the tensors of the program before
    assert "the one before" in text_of(visit)
    program(visit, "import torch\nx = torch.ones(2)\n")
    assert shown(visit)["payload"]["error"] is None
    assert "<code>o</code>" not in html_of(visit)


def test_a_shape_error_is_marked_and_what_came_before_is_drawn(visit: AppTest):
    program(visit, "import torch\na = torch.ones(2, requires_grad=True)\nb = torch.ones(3)\nc = a + b\n")
    payload = shown(visit)["payload"]
    assert payload["error"]["message"] == (
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"
    )
    assert payload["error"]["span"][0] == 4
    assert "<code>a</code>" in html_of(visit) and payload["scenes"][0]["svg"]


def test_an_empty_program_is_a_page_too(visit: AppTest):
    program(visit, "")
    assert shown(visit)["payload"]["error"] is None
    assert "appear after backward" in text_of(visit) or "computed nothing" in text_of(visit)


@pytest.mark.torch
def test_the_engine_switch_runs_the_other_engine(visit: AppTest):
    visit.segmented_control(key=session.ENGINE).set_value("torch").run()
    assert not visit.exception
    assert shown(visit)["payload"]["engine"] == "torch"
    assert "[10., 10.]" in html_of(visit)


@pytest.mark.torch
def test_the_badge_says_that_pytorch_agrees(visit: AppTest):
    assert studio_of(visit).check.wait(PATIENCE).status == "agrees"
    visit.run()
    assert "PyTorch agrees" in text_of(visit)


def test_the_first_picture_does_not_wait_for_pytorch(monkeypatch: pytest.MonkeyPatch):
    record, is_there = isolated.record, threading.Event()

    def slow(source: str, engine: str, *options: object) -> Recorded:
        if engine == "torch":
            assert is_there.wait(PATIENCE)
            ours = record(source, "numpy", *options)
            return ours._replace(trace=ours.trace.replace(b'"engine":"numpy"', b'"engine":"torch"'))
        return record(source, engine, *options)

    monkeypatch.setattr(isolated, "record", slow)
    monkeypatch.setattr(isolated, "is_warm", lambda engine: engine == "numpy" or is_there.is_set())
    results.forget()
    at = AppTest.from_function(script, default_timeout=PATIENCE).run()
    try:
        assert not at.exception
        assert shown(at)["payload"]["scenes"][0]["svg"]
        assert "PyTorch is starting" in text_of(at)
    finally:
        is_there.set()
    assert studio_of(at).check.wait(PATIENCE)
    at.run()
    assert "PyTorch agrees" in text_of(at)
    results.forget()


def test_a_card_writes_at_the_end_of_what_is_typed_though_not_run(visit: AppTest):
    visit.session_state["player"] = {"draft": {"text": "import torch\nq = torch.ones(1)\n", "runs": 0, "rev": 0}}
    act(visit, lambda: append("r = q + 1"))
    assert studio_of(visit).source == "import torch\nq = torch.ones(1)\nr = q + 1\n"
    assert shown(visit)["sourceRev"] == 1


def test_a_draft_from_before_the_editors_text_was_replaced_is_history(visit: AppTest):
    visit.session_state["player"] = {"draft": {"text": "old = 1\n", "runs": 0, "rev": 0}}
    act(visit, session.start_empty, lambda: append("x = torch.ones(2)"))
    assert studio_of(visit).source == "import torch\n\nx = torch.ones(2)\n"


def test_a_click_that_is_delivered_twice_counts_once(visit: AppTest):
    rev = studio_of(visit).source_rev
    act(visit, *2 * [lambda: session.once(rev, append, "z = x + 1")])
    assert studio_of(visit).source.count("z = x + 1") == 1


def test_undo_brings_back_each_program_in_turn(visit: AppTest):
    first = studio_of(visit).source
    act(visit, lambda: append("a = x + 1"), lambda: append("b = x + 2"))
    act(visit, session.undo, session.undo)
    assert studio_of(visit).source == first
    act(visit, session.undo)
    assert studio_of(visit).source == first


def test_undo_also_brings_back_what_was_typed_and_not_run(visit: AppTest):
    visit.session_state["player"] = {"draft": {"text": "import torch\nq = 1\n", "runs": 0, "rev": 0}}
    act(visit, session.start_empty)
    act(visit, session.undo)
    assert studio_of(visit).source == "import torch\nq = 1\n"


def test_the_lesson_comes_back(visit: AppTest):
    program(visit, "import torch\n")
    assert session.is_changed(studio_of(visit))
    next(b for b in visit.button if b.label == "Back to the lesson").click().run()
    assert shown(visit)["source"] == lesson(FIRST_VISIT).source


def test_forgetting_what_was_remembered_loses_nothing(visit: AppTest):
    program(visit, "import torch\nx = torch.ones(2, requires_grad=True)\n(3 * x).sum().backward()\n")
    before = html_of(visit)
    results.forget()
    visit.run()
    assert html_of(visit) == before


def test_two_visitors_do_not_see_each_others_programs(visit: AppTest):
    other = AppTest.from_function(script, default_timeout=PATIENCE).run()
    program(visit, "import torch\nmine = torch.ones(2)\n")
    other.run()
    assert "mine" not in html_of(other)
    assert studio_of(other).source == lesson(FIRST_VISIT).source


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(results.recorded, "most", 20_000)
    monkeypatch.setattr(results.results, "most", 100_000)
    for number in range(8):
        results.result(f"import torch\nx = torch.ones({number + 1})\ny = x + {number}\n", "numpy")
    assert 0 < results.recorded.bytes <= 20_000 and 0 < results.results.bytes <= 100_000


def test_so_is_what_a_session_keeps_for_undo():
    one = session.Studio("", FIRST_VISIT)
    for i in range(2 * session.MOST_UNDO):
        session._remember(one, str(i))
    assert len(one.before) == session.MOST_UNDO and one.before[-1] == str(2 * session.MOST_UNDO - 1)
