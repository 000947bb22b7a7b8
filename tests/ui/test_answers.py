"""What a section asks for: given up where the page is wanted anew, and not begun for a page that is soon drawn anew."""

from __future__ import annotations

import threading

import pytest

from vizgrad.present.request import NotNow
from vizgrad.ui.runs import answers, waiting
from vizgrad.workers.cancel import is_stopped, stoppable


class Wanted(Exception):
    """Stands for Streamlit's signal that the page is wanted anew."""


def test_what_is_not_remembered_waits_for_the_next_page():
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number

    with answers.remembered(is_only=True), pytest.raises(NotNow):
        answers.asked(make, 7)
    assert not made
    assert answers.asked(make, 7) == 7
    with answers.remembered(is_only=True):
        assert answers.asked(make, 7) == 7
    assert made == [7]


def test_work_for_a_page_that_is_wanted_anew_is_stopped(monkeypatch: pytest.MonkeyPatch):
    begun, halted, ended = threading.Event(), threading.Event(), threading.Event()

    def make() -> int:
        with stoppable(halted.set):
            begun.set()
            assert halted.wait(30) and is_stopped()
        ended.set()
        return 1

    def wait(event: threading.Event, seconds: float) -> bool:
        assert begun.wait(30)
        raise Wanted

    monkeypatch.setattr(waiting, "wait", wait)
    with pytest.raises(Wanted):
        answers.asked(make)
    assert ended.wait(30)
