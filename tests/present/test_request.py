"""Why there is no answer is a sentence for the reader."""

from __future__ import annotations

import pytest

from vizgrad.present import request
from vizgrad.present.request import NotPresented
from vizgrad.present.whatif import Changeable, Leaves
from vizgrad.workers import pool
from vizgrad.workers.pool import Busy, Died, NotStarted, Overdue

FAULTHANDLER = 'Current thread 0x1 (most recent call first):\n  File "table.py", line 6 in table'


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Overdue(""), "not ready after 5 seconds"),
        (Died(FAULTHANDLER), "not ready after 5 seconds"),
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
    with pytest.raises(NotPresented, match=r"not ready after 0\.001 seconds"):
        request.ask(Leaves(), Changeable, b" " * (1 << 24), seconds=0.001)


def test_what_a_worker_refuses_comes_with_its_reason():
    with pytest.raises(NotPresented, match="cannot be read"):
        request.ask(Leaves(), Changeable, b"{}")
