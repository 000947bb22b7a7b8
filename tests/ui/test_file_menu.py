"""The page with a file that was opened, or a link: what it shows, what replaces it, and the way back."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from vizgrad.gallery import FIRST_VISIT, lesson
from vizgrad.program.run import execute
from vizgrad.trace import Print, Trace
from vizgrad.ui import session
from vizgrad.ui.files import link
from vizgrad.ui.files.open import Opened, read

from .test_page import PATIENCE, act, program, script, shown, studio_of, text_of, visit

__all__ = ["visit"]

OWN = "import torch\nmine = torch.ones(3, requires_grad=True)\n(2 * mine).sum().backward()\n"
OLD = "printed long ago\n"


@pytest.fixture(scope="module")
def record() -> Trace:
    """A run that can be told from the one that the program would give today."""
    trace = execute(OWN, "numpy")
    return replace(trace, events=(*trace.events, Print(text=OLD)))


def written(trace: Trace) -> bytes:
    """A trace as a file."""
    return trace.to_json().encode()


def test_a_program_from_a_file_is_run_and_undo_brings_back_the_lesson(visit: AppTest):
    act(visit, lambda: session.open_file(Opened("mine.py", OWN)))
    assert shown(visit)["source"] == shown(visit)["payload"]["source"] == OWN
    assert "From the file **mine\\.py**." in text_of(visit)
    visit.button(key="undo_open").click().run()
    assert shown(visit)["source"] == lesson(FIRST_VISIT).source
    assert studio_of(visit).opened is None and "From the file" not in text_of(visit)


def test_a_recorded_run_is_shown_without_being_run(visit: AppTest, record: Trace):
    act(visit, lambda: session.open_file(read("run.json", written(record))))
    assert shown(visit)["payload"]["stdout"] == OLD
    assert "as it was recorded" in text_of(visit) and "As it was recorded" in text_of(visit)
    assert "agrees" not in text_of(visit)


def test_running_it_again_replaces_the_record(visit: AppTest, record: Trace):
    act(visit, lambda: session.open_file(read("run.json", written(record))))
    program(visit, OWN)
    assert shown(visit)["payload"]["stdout"] == "" and "as it was recorded" not in text_of(visit)


def test_other_numbers_in_its_leaves_run_it(visit: AppTest, record: Trace):
    act(visit, lambda: session.open_file(read("run.json", written(record))))
    visit.session_state["moved"] = 2.0
    act(visit, lambda: session.change_element(0, (1.0, 1.0, 1.0), 0, "moved"))
    assert shown(visit)["payload"]["stdout"] == ""
    act(visit, session.reset_elements)
    assert shown(visit)["payload"]["stdout"] == OLD


def test_a_record_brings_its_engine_along(visit: AppTest, record: Trace):
    act(visit, lambda: session.open_file(read("run.json", written(replace(record, engine="torch")))))
    assert shown(visit)["payload"]["engine"] == "torch"
    assert visit.segmented_control(key=session.ENGINE).value == studio_of(visit).engine == "torch"
    assert shown(visit)["link"]["engine"] == "torch"


def test_another_lesson_takes_its_place(visit: AppTest, record: Trace):
    act(visit, lambda: session.open_file(read("run.json", written(record))))
    visit.selectbox(key=session.LESSON).select("gates").run()
    assert shown(visit)["payload"]["source"] == lesson("gates").source
    assert lesson("gates").question in text_of(visit)


def test_what_was_left_out_of_a_notebook_is_told(visit: AppTest):
    act(visit, lambda: session.open_file(Opened("a.ipynb", OWN, notes=("Line 1: left out: `%time`",))))
    assert "Line 1: left out: `%time`" in text_of(visit)


def linked(**query: str) -> AppTest:
    at = AppTest.from_function(script, default_timeout=PATIENCE)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def test_a_link_opens_its_program_and_keeps_it_in_the_address():
    packed = link.packed(OWN)
    at = linked(program=packed, lesson="gates")
    assert shown(at)["source"] == shown(at)["home"] == shown(at)["payload"]["source"] == OWN
    assert shown(at)["address"] == {"lesson": "gates", "engine": None, "program": packed}
    assert "This program came with a link." in text_of(at)
    program(at, OWN.replace("2 *", "3 *"))
    assert "it came with a link" in text_of(at)
    assert shown(at)["home"] == OWN and shown(at)["address"]["program"] == packed
    next(b for b in at.button if b.label == "Back to the lesson").click().run()
    assert shown(at)["home"] == lesson("gates").source and shown(at)["address"]["program"] is None


def test_a_broken_link_is_told_until_something_else_is_done():
    at = linked(program="garbage")
    assert [e.value for e in at.error] == [link.BROKEN]
    assert shown(at)["source"] == lesson(FIRST_VISIT).source and shown(at)["address"]["program"] is None
    program(at, OWN)
    assert not at.error


def test_a_program_in_a_link_that_is_wrong_is_an_error_in_it_and_no_more():
    at = linked(program=link.packed("import torch\nx = torch.ones(2\n"))
    assert shown(at)["payload"]["error"]["type"] == "SyntaxError"
    assert json.dumps(shown(at)["payload"]["scenes"])
