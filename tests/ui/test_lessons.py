"""The shelf of lessons: what is found, what is drawn, and what pressing a title does."""

from __future__ import annotations

import base64

import pytest
from streamlit.testing.v1 import AppTest

from vizgrad import gallery
from vizgrad.present.request import NotPresented
from vizgrad.ui import session
from vizgrad.ui.header import lessons

PATIENCE = 60


def script() -> None:
    """The page with its shelf open; a test runs whole scripts, so the press that opens it is left out."""
    from vizgrad.ui import page as studio
    from vizgrad.ui.header import lessons

    studio.page()
    lessons.shelf()


@pytest.fixture
def shelf() -> AppTest:
    at = AppTest.from_function(script, default_timeout=PATIENCE).run()
    assert not at.exception
    return at


def titles(at: AppTest) -> list[str]:
    return [b.key.removeprefix("lesson_") for b in at.button if b.key and b.key.startswith("lesson_")]


def test_every_lesson_is_on_the_shelf_under_its_part(shelf: AppTest):
    assert titles(shelf) == [one.slug for one in gallery.lessons()]
    assert {one.part for one in gallery.lessons()} <= {s.value for s in shelf.subheader}


def test_each_lesson_has_a_picture_of_its_own_graph():
    shown = {one.slug: lessons.picture(one.slug, False) for one in gallery.lessons()}
    assert len(set(shown.values())) > len(shown) - 3  # some graphs are alike, like those of two chains of four
    for address in shown.values():
        kind, _, data = address.partition(",")
        assert kind == "data:image/svg+xml;base64" and b"<svg" in base64.b64decode(data)
    assert lessons.picture("mlp", True) != lessons.picture("mlp", False)


def test_a_picture_that_cannot_be_drawn_leaves_the_shelf_usable_and_is_tried_again(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> bytes:
        raise NotPresented("no")

    monkeypatch.setattr(lessons, "_pictures", {})
    with monkeypatch.context() as patch:
        patch.setattr(lessons, "small", fail)
        assert lessons.picture("gates", False) == ""
    assert lessons.picture("gates", False).startswith("data:image/svg+xml")


@pytest.mark.parametrize(
    ("words", "slugs"),
    [("hessian", ["hessian"]), ("SOFTMAX cross", ["softmax-cross-entropy"]), ("no such thing", [])],
)
def test_words_find_lessons(words: str, slugs: list[str]):
    assert [one.slug for one in lessons.found(words)][: len(slugs) or None] == slugs


def test_searching_narrows_the_shelf_and_a_title_opens_its_lesson(shelf: AppTest):
    shelf.text_input(key="lessons_search").set_value("retain_grad()").run()
    assert titles(shelf) == ["retain-grad", "unrolled-rnn"]
    shelf.button(key="lesson_retain-grad").click().run()
    studio = shelf.session_state[session.KEY]
    assert studio.source == gallery.lesson("retain-grad").source
    assert shelf.selectbox(key=session.LESSON).value == "retain-grad"


def page() -> None:
    from vizgrad.ui import page as studio

    studio.page()


def test_the_shelf_stays_open_when_the_page_is_drawn_again_and_closes_with_a_choice():
    at = AppTest.from_function(page, default_timeout=PATIENCE).run()
    assert not titles(at)
    at.button(key="lessons_open").click().run()
    assert len(titles(at)) == len(gallery.lessons())
    at.run()  # such as when the other engine has its answer
    assert len(titles(at)) == len(gallery.lessons())
    at.button(key="lesson_gates").click().run()
    at.run()
    assert not at.exception and not titles(at)
    assert at.session_state[session.KEY].source == gallery.lesson("gates").source
