"""Why there is no answer is a sentence for the reader."""

from __future__ import annotations

import logging

import msgspec
import pytest

from vizgrad.contained import Faults
from vizgrad.present import request
from vizgrad.present.request import Given, NotPresented
from vizgrad.present.whatif import Changeable, Leaves
from vizgrad.workers import pool
from vizgrad.workers.kinds import present
from vizgrad.workers.pool import Busy, Died, NotStarted, Overdue
from vizgrad.workers.protocol import Answer, decode, encode

NOTHING = Changeable((), has_scalar=False)
FAULTHANDLER = 'Current thread 0x1 (most recent call first):\n  File "table.py", line 6 in table'


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Overdue(""), "not ready in time"),
        (Died(FAULTHANDLER), "not ready in time"),
        (Died("Fatal Python error: Segmentation fault\n\n" + FAULTHANDLER), "beyond what can be shown"),
        (Died(""), "needs more memory"),
        (Died("Traceback (most recent call last):\nZeroDivisionError: planted"), "Something in vizgrad failed"),
        (Busy(), "Many programs are being run"),
        (NotStarted("the process that draws", "no wheel"), "could not be started: no wheel"),
        (ValueError("an answer to another request"), "This cannot be shown."),
    ],
)
def test_each_fault_is_told(monkeypatch: pytest.MonkeyPatch, fault: Exception, said: str):
    def fail(*anything: object, **more: object) -> None:
        raise fault

    monkeypatch.setattr(pool, "ask", fail)
    with pytest.raises(NotPresented, match=said) as caught:
        request.ask(Leaves(), Changeable)
    assert "planted" not in str(caught.value)


def test_a_worker_that_is_late_says_so():
    with pytest.raises(NotPresented, match="not ready in time"):
        request.ask(Leaves(), Changeable, b" " * (1 << 24), seconds=0.001)


def test_what_a_worker_refuses_comes_with_its_reason():
    with pytest.raises(NotPresented, match="cannot be read"):
        request.ask(Leaves(), Changeable, b"{}")


def test_what_a_presenter_notes_reaches_the_log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    head = encode(Given(msgspec.Raw(encode(NOTHING)), "step 3 cannot be explained\nKeyError: planted"))
    monkeypatch.setattr(pool, "ask", lambda *anything, **more: Answer(head, b""))
    with caplog.at_level(logging.ERROR, "vizgrad"):
        assert request.ask(Leaves(), Changeable)[0] == NOTHING
    assert "step 3 cannot be explained\n  | KeyError: planted" in caplog.text


class Faulty(Leaves, frozen=True, tag="faulty"):
    def answer(self, body: bytes) -> tuple[Changeable, bytes]:
        Faults().attempt("the half", lambda: 1 / 0, None)
        return NOTHING, b""


def test_a_presenter_notes_faults_with_their_traceback(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(present, "decode", lambda work, type: Faulty())
    head, _ = present.answer("picture", b"", b"", lambda note: None)
    said = decode(head, type=Given)
    assert "the half: a fault" in said.noted and "Traceback" in said.noted and "ZeroDivisionError" in said.noted
    assert not logging.getLogger("vizgrad").handlers
