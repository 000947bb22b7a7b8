"""The cards' logic: what opens, what is written, and what becomes of it when the text changes under them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import pytest
from streamlit.testing.v1 import AppTest

from vizgrad import present
from vizgrad.gallery import FIRST_VISIT, lesson
from vizgrad.present.cards import Opened
from vizgrad.present.request import NotNow, NotPresented
from vizgrad.ui import session
from vizgrad.ui.builder import builder, editing, preview

from .test_page import PATIENCE, act, append, program, script, studio_of, text_of

FIRST = lesson(FIRST_VISIT).source
SHORT = "import torch\n\nx = torch.ones(2, requires_grad=True)\ny = 2 * x  # twice\n"


@pytest.fixture
def visit() -> AppTest:
    """The page with its cards open."""
    at = AppTest.from_function(script, default_timeout=PATIENCE)
    at.session_state[builder.OPEN] = True
    at.run()
    assert not at.exception
    return at


def here(at: AppTest) -> editing.Desk:
    return at.session_state[editing.KEY]


def do(at: AppTest, *calls: Callable[[], None]) -> AppTest:
    return act(at, *calls)


def press(at: AppTest, key: str) -> AppTest:
    at.button(key=f"builder_{key}").click().run()
    assert not at.exception, at.exception
    return at


def cards(at: AppTest) -> list[str]:
    return [button.label for button in at.button if (button.key or "").startswith("builder_line_")]


def fill(at: AppTest, **fields: object) -> AppTest:
    for name, value in fields.items():
        at.session_state[f"desk_{here(at).serial}_{name}"] = {"text": value} if name in CODE else value
    at.run()
    assert not at.exception, at.exception
    return at


CODE = ("formula", "body", "code", "what")


def test_every_statement_is_a_card_and_says_its_shape(visit: AppTest):
    assert len(cards(visit)) == len([line for line in FIRST.split("\n") if line.strip()])
    assert any("y = 5 * (x + 1) ** 2" in label and "\\(2,\\)" in label for label in cards(visit))


def test_a_tensor_is_added_at_the_end(visit: AppTest):
    act(visit, session.start_empty)
    press(visit, "new_tensor")
    assert "x = torch.ones(2, requires_grad=True)" in text_of(visit)
    assert "shape" in text_of(visit)
    press(visit, "write")
    assert studio_of(visit).source == "import torch\n\nx = torch.ones(2, requires_grad=True)\n"
    assert here(visit).making is None


def test_a_random_tensor_with_a_seed_writes_two_cards(visit: AppTest):
    act(visit, session.start_empty)
    press(visit, "new_tensor")
    fill(visit, fill="randn", shape="2, 2")
    press(visit, "write")
    assert studio_of(visit).source.endswith("torch.manual_seed(0)\nx = torch.randn((2, 2), requires_grad=True)\n")
    assert len(cards(visit)) == 3


@pytest.mark.parametrize("kind", ["tensor", "expression", "reduce", "backward", "zero", "no_grad", "print", "other"])
def test_every_form_opens_for_a_new_card(visit: AppTest, kind: str):
    press(visit, f"new_{kind}")
    assert here(visit).making == kind
    press(visit, "cancel")
    assert here(visit).making is None and studio_of(visit).source == FIRST


@pytest.mark.parametrize(
    ("kind", "fields", "line"),
    [
        ("expression", {"name": "q", "formula": "x.exp()"}, "q = x.exp()"),
        ("reduce", {"name": "m", "function": "mean", "of": "y", "dim": "0"}, "m = y.mean(dim=0)"),
        ("no_grad", {"body": "q = 2 * x\nr = q"}, "with torch.no_grad():\n    q = 2 * x\n    r = q"),
        ("zero", {"of": ["x"], "how": "fill"}, "x.grad.zero_()"),
        ("print", {"what": "x.grad"}, "print(x.grad)"),
        ("other", {"code": "n = 1; m = 2"}, "n = 1; m = 2"),
    ],
)  # fmt: skip
def test_a_new_card_writes_its_line(visit: AppTest, kind: str, fields: dict, line: str):
    press(visit, f"new_{kind}")
    fill(visit, **fields)
    press(visit, "write")
    assert studio_of(visit).source == FIRST + line + "\n"


def test_a_second_backward_is_told_to_fail_before_it_is_added(visit: AppTest):
    press(visit, "new_backward")
    assert "Trying to backward through the graph a second time" in text_of(visit)


def test_saving_a_card_keeps_its_comment_and_every_other_line(visit: AppTest):
    program(visit, SHORT)
    press(visit, "line_2")
    fill(visit, formula="3 * x")
    press(visit, "write")
    assert studio_of(visit).source == SHORT.replace("2 * x", "3 * x")
    assert here(visit).chosen is None


def test_an_edit_that_breaks_a_later_line_says_so(visit: AppTest):
    program(visit, "import torch\na = torch.ones(2)\nb = torch.ones(2)\nc = a + b\n")
    press(visit, "line_1")
    fill(visit, shape="3")
    assert "stops at line 4" in text_of(visit)


@pytest.mark.parametrize("index", range(12))
def test_every_card_of_the_lesson_opens_and_would_write_what_it_says(visit: AppTest, index: int):
    press(visit, f"line_{index}")
    assert here(visit).chosen == index
    written = here(visit).form
    codes = [button for button in visit.button if button.key == "builder_write"]
    assert written is not None and codes[0].disabled  # nothing to save yet


def test_moving_takes_the_open_form_along(visit: AppTest):
    program(visit, SHORT)
    press(visit, "line_2")
    press(visit, "icon_up")
    assert here(visit).chosen == 1
    assert [card.text for card in here(visit).cards][1] == "y = 2 * x"
    press(visit, "icon_down")
    assert studio_of(visit).source == SHORT


def test_removing_and_undoing_and_redoing(visit: AppTest):
    program(visit, SHORT)
    press(visit, "line_2")
    press(visit, "icon_remove")
    gone = studio_of(visit).source
    assert "y =" not in gone
    press(visit, "icon_undo")
    assert studio_of(visit).source == SHORT
    press(visit, "icon_redo")
    assert studio_of(visit).source == gone


def test_a_new_change_ends_what_could_be_redone(visit: AppTest):
    act(visit, lambda: append("q = 1"), session.undo, lambda: append("r = 1"))
    assert visit.button(key="builder_icon_redo").disabled


def test_a_new_card_goes_below_the_open_one_and_the_next_below_that(visit: AppTest):
    program(visit, SHORT)
    press(visit, "line_1")
    for name in "ab":
        press(visit, "icon_new_expression")
        fill(visit, name=name, formula="x + 1")
        press(visit, "write")
    assert studio_of(visit).source == SHORT.replace("y =", "a = x + 1\nb = x + 1\ny =")


def test_text_typed_by_hand_becomes_cards_and_the_open_form_stays_with_its_own(visit: AppTest):
    program(visit, SHORT)
    press(visit, "line_2")
    program(visit, SHORT.replace("x = ", "w = torch.ones(1)\nx = "))
    assert here(visit).chosen == 3
    program(visit, "import torch\n")
    assert here(visit).chosen is None
    assert len(cards(visit)) == 1


def test_a_text_that_cannot_be_read_greys_the_cards_and_says_why(visit: AppTest):
    program(visit, SHORT)
    program(visit, SHORT + "z = (\n")
    assert any("Line 5" in error.value.replace("\\", "") and "never closed" in error.value for error in visit.error)
    assert len(cards(visit)) == 3
    assert all(button.disabled for button in visit.button if (button.key or "").startswith("builder_line_"))
    program(visit, SHORT + "z = 1\n")
    assert len(cards(visit)) == 4 and not visit.error


def test_a_form_of_a_text_that_is_gone_writes_nothing(visit: AppTest):
    program(visit, SHORT)
    press(visit, "new_expression")
    fill(visit, formula="x + 1")
    form = here(visit).form
    assert form is not None
    act(visit, lambda: editing.write(form), lambda: editing.write(form))
    assert studio_of(visit).source.count("x + 1") == 1


def test_a_statement_that_nobody_finished_is_not_written(visit: AppTest):
    press(visit, "new_expression")
    form = here(visit).form
    assert form is not None
    act(visit, lambda: editing.write(form))
    assert studio_of(visit).source == FIRST
    assert any("Type a formula" in warning.value for warning in visit.warning)


def test_a_long_program_shows_some_of_its_cards(visit: AppTest):
    program(visit, "import torch\n" + "".join(f"x{i} = {i}\n" for i in range(300)))
    assert len(cards(visit)) == builder.MOST
    assert "241 more above" in text_of(visit)


def test_code_is_shown_as_it_is_whatever_signs_it_has(visit: AppTest):
    program(visit, 'import torch\ns = "`*$:red[x]"\n')
    assert any('s = "`*$:red[x]"' in label for label in cards(visit))


def test_what_libcst_never_ends_with_is_said_in_the_cards_place(visit: AppTest):
    program(visit, f"match 1:\n    case {'(' * 40}1{')' * 40}: pass\n")
    assert any("too deeply nested" in error.value for error in visit.error)
    program(visit, SHORT)
    assert len(cards(visit)) == 3 and not visit.error


def test_a_card_that_cannot_be_worked_out_says_so_and_the_others_stand(visit: AppTest, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> Opened:
        raise NotPresented("This is too large.")

    program(visit, SHORT)
    monkeypatch.setattr(present.cards, "opened", refuse)
    press(visit, "line_2")
    assert "This is too large" in text_of(visit).replace("\\", "") and len(cards(visit)) == 3


def test_an_open_form_stays_where_the_program_before_it_cannot_be_run_now(
    visit: AppTest, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> NoReturn:
        raise NotNow("The server is busy.")

    program(visit, SHORT)
    press(visit, "new_expression")
    name = f"desk_{here(visit).serial}_name"
    visit.text_input(key=name).set_value("q").run()
    monkeypatch.setattr(preview, "known", refuse)
    visit.run()
    assert visit.text_input(key=name).value == "q" and [*here(visit).known] == ["x", "y"]
    monkeypatch.undo()
    fill(visit, formula="x + 1")
    press(visit, "write")
    assert studio_of(visit).source == SHORT + "q = x + 1\n"


def test_what_stands_in_an_open_form_comes_back_with_the_cards(visit: AppTest):
    program(visit, SHORT)
    press(visit, "new_expression")
    name = f"desk_{here(visit).serial}_name"
    visit.text_input(key=name).set_value("q").run()
    fill(visit, formula="x + 1")
    program(visit, SHORT + "z = (\n")
    assert name not in [one.key for one in visit.text_input]
    program(visit, SHORT)
    assert visit.text_input(key=name).value == "q"
    press(visit, "write")
    assert studio_of(visit).source == SHORT + "q = x + 1\n"


def test_what_stood_in_a_form_is_forgotten_with_it(visit: AppTest):
    program(visit, SHORT)
    press(visit, "new_expression")
    before = [f"desk_{here(visit).serial}_{field}_kept" for field in ("name", "formula")]
    assert all(key in visit.session_state for key in before)
    press(visit, "cancel")
    assert not any(key in visit.session_state for key in before)


def test_a_change_that_cannot_be_made_is_told_and_changes_nothing(visit: AppTest, monkeypatch: pytest.MonkeyPatch):
    program(visit, SHORT)
    press(visit, "line_2")
    monkeypatch.setattr(present.cards, "change", lambda request: present.cards.Changed(advice="Not at this moment."))
    press(visit, "icon_up")
    assert studio_of(visit).source == SHORT and here(visit).chosen == 2
    assert any("Not at this moment" in warning.value for warning in visit.warning)


def test_the_shapes_are_those_of_the_program_on_show_alone(visit: AppTest):
    program(visit, SHORT)
    assert any("\\(2,\\)" in label for label in cards(visit))
    program(visit, SHORT.replace("ones(2,", "ones(3,"))
    assert any("\\(3,\\)" in label for label in cards(visit))
    assert not any("\\(2,\\)" in label for label in cards(visit))
