"""The badge says whether the other engine agrees, and where it does not."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from vizgrad.present.agreement import Agreement
from vizgrad.present.request import NotPresented
from vizgrad.program.isolated import Recorded
from vizgrad.ui.runs import agreement, results
from vizgrad.ui.runs.agreement import Asked, Check
from vizgrad.workers import turns
from vizgrad.workers.turns import Busy

PROGRAM = "import torch\nx = torch.ones(2, requires_grad=True)\ny = (3 * x).sum()\ny.backward()\n"
FAULTY = "import torch\na = torch.ones(2) + torch.ones(3)\n"
LONG = """import torch
w = torch.tensor(1.0, requires_grad=True)
for i in range(1500):
    loss = (w * w).sum()
    loss.backward()
"""


def checked(program: str = PROGRAM) -> Agreement:
    return agreement.checked(Asked(program, "numpy"), results.result(program, "numpy"))


@pytest.mark.torch
@pytest.mark.parametrize(("program", "text"), [(PROGRAM, "PyTorch agrees"), (FAULTY, "PyTorch gives the same error")])
def test_the_other_engine_says_the_same(program: str, text: str):
    assert checked(program) == Agreement("agrees", text)


@pytest.mark.torch
def test_of_a_long_run_what_both_recorded_is_compared():
    result = results.result(LONG, "numpy", scene=500)
    assert result.shown.omitted is not None and result.trace != results.run(LONG, "numpy").trace
    assert agreement.checked(Asked(LONG, "numpy"), result).status == "agrees"


def test_a_difference_is_told(monkeypatch: pytest.MonkeyPatch):
    other = results.run(PROGRAM.replace("3", "4"), "numpy").trace
    planted = other.replace(b"(4 * x)", b"(3 * x)").replace(b'"numpy"', b'"torch"')
    mine = results.result(PROGRAM, "numpy")
    monkeypatch.setattr(results, "run", lambda *anything, **more: Recorded(planted))
    found = agreement.checked(Asked(PROGRAM, "numpy"), mine)
    assert (found.status, found.text) == ("differs", "PyTorch differs")
    assert any("Line 3" in line and "with NumPy core" in line for line in found.details)


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        (RuntimeError("no such engine here"), "unreached", "no such engine here"),
        (Busy(), "busy", "Many programs are being run"),
        (NotPresented("This is too large."), "unknown", "This is too large."),
    ],
)
def test_a_fault_takes_nothing_down(monkeypatch: pytest.MonkeyPatch, fault: Exception, status: str, told: str):
    def fail(*anything: object, **more: object) -> None:
        raise fault

    mine = results.result(PROGRAM, "numpy")
    monkeypatch.setattr(results, "run", fail)
    found = agreement.checked(Asked(PROGRAM, "numpy"), mine)
    assert found.status == status and told in found.details[0] and "PyTorch" in found.text


def test_a_presenter_without_a_place_is_busy_too(monkeypatch: pytest.MonkeyPatch):
    def busy(*anything: object) -> None:
        raise NotPresented("Many programs are being run at this moment.") from Busy()

    mine = results.result(PROGRAM, "numpy")
    monkeypatch.setattr(results, "run", lambda *anything, **more: Recorded(mine.trace))
    monkeypatch.setattr(agreement, "compared", busy)
    assert agreement.checked(Asked(PROGRAM, "numpy"), mine).status == "busy"


def test_all_of_it_is_work_in_the_background(monkeypatch: pytest.MonkeyPatch):
    was: list[bool] = []
    mine = results.result(PROGRAM, "numpy")

    def run(*anything: object, **more: object) -> Recorded:
        was.append(turns.is_background())
        return Recorded(mine.trace)

    def compared(*anything: object) -> Agreement:
        was.append(turns.is_background())
        return Agreement("agrees", "")

    monkeypatch.setattr(results, "run", run)
    monkeypatch.setattr(agreement, "compared", compared)
    agreement.checked(Asked(PROGRAM, "numpy"), mine)
    assert was == [True, True] and not turns.is_background()


def test_a_check_is_started_once_for_a_program_and_given_up_for_another(monkeypatch: pytest.MonkeyPatch):
    started: list[Asked] = []

    class Later:
        def submit(self, function: object, asked: Asked, result: results.Result) -> Future:
            started.append(asked)
            return Future()

    monkeypatch.setattr(agreement, "_behind", Later())
    one, two, result = Asked(PROGRAM, "numpy"), Asked(FAULTY, "numpy"), results.result(PROGRAM, "numpy")
    first = agreement.start(one, result)
    assert agreement.start(one, result, first) is first
    assert first.agreement is None
    second = agreement.start(two, result, first)
    assert second is not first and first.future.cancelled() and first.agreement is None
    assert started == [one, two]


@pytest.mark.parametrize(("status", "is_tried"), [("unreached", True), ("busy", True), ("agrees", False)])
def test_what_may_be_otherwise_is_tried_again(monkeypatch: pytest.MonkeyPatch, status: str, is_tried: bool):
    monkeypatch.setattr(agreement, "checked", lambda *anything: Agreement("agrees", ""))
    done: Future = Future()
    done.set_result(Agreement(status, "PyTorch could not run"))
    again = agreement.start(
        Asked(PROGRAM, "numpy"), results.result(PROGRAM, "numpy"), Check(Asked(PROGRAM, "numpy"), done)
    )
    assert (again.future is not done) == is_tried


def script() -> None:
    import streamlit as st

    from vizgrad.ui import session
    from vizgrad.ui.header import badge
    from vizgrad.ui.runs import results

    studio = session.studio()
    badge.render(st.container(), results.result(studio.source, studio.engine))


def badge_of(found: Agreement, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(agreement, "checked", lambda *anything: found)
    at = AppTest.from_function(script, default_timeout=60).run()
    assert not at.exception
    return at


def test_the_badge_tells_what_was_found_and_how_much_more(monkeypatch: pytest.MonkeyPatch):
    at = badge_of(Agreement("differs", "PyTorch differs", ("Line 3: this", "Line 4: that"), more=7), monkeypatch)
    assert [text.value for text in at.text] == ["Line 3: this", "Line 4: that"]
    assert [caption.value for caption in at.caption] == ["… and 7 more"]


def test_a_busy_server_is_told_calmly(monkeypatch: pytest.MonkeyPatch):
    at = badge_of(Agreement("busy", "PyTorch was not asked", ("Many programs are being run.",)), monkeypatch)
    assert [text.value for text in at.text] == ["Many programs are being run."]
    assert not at.error and not at.warning


def test_a_program_that_was_stopped_is_not_run_by_the_other_engine(monkeypatch: pytest.MonkeyPatch):
    started: list[object] = []
    shown = replace(results.result(PROGRAM, "numpy").shown, error="KeyboardInterrupt")
    monkeypatch.setattr(results, "result", lambda *anything: results.Result(b"", b"", shown))
    monkeypatch.setattr(agreement, "start", lambda *anything: started.append(anything))
    assert not AppTest.from_function(script, default_timeout=60).run().exception and not started
