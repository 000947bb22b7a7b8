"""The page's logic: what a visitor does, and what the page then shows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from vizgrad.gallery import FIRST_VISIT, lesson, lessons
from vizgrad.ui import runs, state

ROOT = Path(__file__).parents[2]
PATIENCE = 30
RUNS = itertools.count(1)


def script() -> None:
    """The page, after whatever the test does as a callback would."""
    import streamlit as st

    from vizgrad.ui import studio

    act = st.session_state.pop("act", None)
    if act is not None:
        act()
    studio.page()


@pytest.fixture
def page() -> AppTest:
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
    rev = at.session_state[state.KEY].source_rev
    at.session_state["player"] = {"program": {"text": source, "runs": number, "rev": rev}}
    return act(at, state.submit)


def studio_of(at: AppTest) -> state.Studio:
    return at.session_state[state.KEY]


def shown(at: AppTest) -> dict:
    """What the player was given."""
    (player,) = [e for e in at.main if e.type == "bidi_component"] or at.get("bidi_component")
    return json.loads(player.proto.json)


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


def test_an_unknown_lesson_in_the_address_does_no_harm():
    at = AppTest.from_function(script, default_timeout=PATIENCE)
    at.query_params["lesson"] = "<script>"
    at.run()
    assert not at.exception
    assert studio_of(at).lesson == FIRST_VISIT


@pytest.mark.parametrize("slug", [one.slug for one in lessons()])
def test_choosing_a_lesson_shows_its_program_and_its_question(page: AppTest, slug: str):
    page.selectbox(key=state.LESSON).select(slug).run()
    assert not page.exception
    assert shown(page)["source"] == shown(page)["payload"]["source"] == lesson(slug).source
    assert lesson(slug).question in text_of(page)


def test_a_program_from_the_editor_is_drawn_and_the_editor_left_alone(page: AppTest):
    before = shown(page)["sourceRev"]
    source = lesson(FIRST_VISIT).source.replace("5 *", "7 *")
    program(page, source)
    assert shown(page)["payload"]["source"] == source
    assert shown(page)["sourceRev"] == before
    assert "[28., 28.]" in html_of(page)
    bars = charts(page)[0]["data"][0]
    assert [c[1] for c in bars["customdata"]] == ["14.0", "14.0"]


def test_renamed_variables_are_renamed_everywhere(page: AppTest):
    program(page, "import torch\nweight = torch.ones(2, requires_grad=True)\nloss = weight.sum()\nloss.backward()\n")
    assert "<code>weight</code>" in html_of(page) and "<code>x</code>" not in html_of(page)
    assert "weight.grad" in charts(page)[0]["layout"]["title"]["text"]


def test_a_syntax_error_is_marked_and_the_page_stays(page: AppTest):
    program(page, "import torch\nx = torch.ones(2\n")
    error = shown(page)["payload"]["error"]
    assert error["type"] == "SyntaxError" and error["span"][0] == 2
    assert "<code>o</code>" in html_of(page)  # the tensors of the program before
    assert "the one before" in text_of(page)
    program(page, "import torch\nx = torch.ones(2)\n")
    assert shown(page)["payload"]["error"] is None
    assert "<code>o</code>" not in html_of(page)


def test_a_shape_error_is_marked_and_what_came_before_is_drawn(page: AppTest):
    program(page, "import torch\na = torch.ones(2, requires_grad=True)\nb = torch.ones(3)\nc = a + b\n")
    payload = shown(page)["payload"]
    assert payload["error"]["message"] == (
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"
    )
    assert payload["error"]["span"][0] == 4
    assert "<code>a</code>" in html_of(page) and payload["scenes"][0]["svg"]


def test_an_empty_program_is_a_page_too(page: AppTest):
    program(page, "")
    assert shown(page)["payload"]["error"] is None
    assert "appear after backward" in text_of(page) or "computed nothing" in text_of(page)


@pytest.mark.torch
def test_the_engine_switch_runs_the_other_engine(page: AppTest):
    page.segmented_control(key=state.ENGINE).set_value("torch").run()
    assert not page.exception
    assert shown(page)["payload"]["engine"] == "torch"
    assert "[10., 10.]" in html_of(page)


@pytest.mark.torch
def test_the_badge_says_that_pytorch_agrees(page: AppTest):
    assert studio_of(page).check.wait(PATIENCE).status == "agrees"
    page.run()
    assert "PyTorch agrees" in text_of(page)


def test_a_card_writes_at_the_end_of_what_is_typed_though_not_run(page: AppTest):
    page.session_state["player"] = {"draft": {"text": "import torch\nq = torch.ones(1)\n", "runs": 0, "rev": 0}}
    act(page, lambda: state.append("r = q + 1"))
    assert studio_of(page).source == "import torch\nq = torch.ones(1)\nr = q + 1\n"
    assert shown(page)["sourceRev"] == 1


def test_a_draft_from_before_the_editors_text_was_replaced_is_history(page: AppTest):
    page.session_state["player"] = {"draft": {"text": "old = 1\n", "runs": 0, "rev": 0}}
    act(page, state.start_empty, lambda: state.append("x = torch.ones(2)"))
    assert studio_of(page).source == "import torch\n\nx = torch.ones(2)\n"


def test_undo_brings_back_each_program_in_turn(page: AppTest):
    first = studio_of(page).source
    act(page, lambda: state.append("a = x + 1"), lambda: state.append("b = x + 2"))
    act(page, state.undo, state.undo)
    assert studio_of(page).source == first
    act(page, state.undo)
    assert studio_of(page).source == first


def test_undo_also_brings_back_what_was_typed_and_not_run(page: AppTest):
    page.session_state["player"] = {"draft": {"text": "import torch\nq = 1\n", "runs": 0, "rev": 0}}
    act(page, state.start_empty)
    act(page, state.undo)
    assert studio_of(page).source == "import torch\nq = 1\n"


def test_the_lesson_comes_back(page: AppTest):
    program(page, "import torch\n")
    assert state.is_changed(studio_of(page))
    next(b for b in page.button if b.label == "Back to the lesson").click().run()
    assert shown(page)["source"] == lesson(FIRST_VISIT).source


def test_forgetting_what_was_remembered_loses_nothing(page: AppTest):
    program(page, "import torch\nx = torch.ones(2, requires_grad=True)\n(3 * x).sum().backward()\n")
    before = html_of(page)
    runs._run.cache_clear()
    runs._result.cache_clear()
    page.run()
    assert html_of(page) == before


def test_two_visitors_do_not_see_each_others_programs(page: AppTest):
    other = AppTest.from_function(script, default_timeout=PATIENCE).run()
    program(page, "import torch\nmine = torch.ones(2)\n")
    other.run()
    assert "mine" not in html_of(other)
    assert studio_of(other).source == lesson(FIRST_VISIT).source


def test_what_is_kept_is_bounded():
    assert runs._run.cache_info().maxsize and runs._result.cache_info().maxsize
    one = state.Studio("", FIRST_VISIT)
    for i in range(2 * state.MOST_UNDO):
        state._remember(one, str(i))
    assert len(one.before) == state.MOST_UNDO and one.before[-1] == str(2 * state.MOST_UNDO - 1)
