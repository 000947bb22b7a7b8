"""A run can be stopped while somebody waits for it."""

from __future__ import annotations

import threading
import time

from tests.program.test_isolated import HANG, SEED
from vizgrad.program import isolated
from vizgrad.program.limits.limits import Limits
from vizgrad.trace import Trace
from vizgrad.workers.cancel import Stop, is_stopped

LONG = Limits(seconds=60)


def test_a_run_is_stopped_from_another_thread(engine: str):
    stop, made = Stop(), []

    def run() -> None:
        with stop.heeded():
            made.append(isolated.run(HANG, engine, LONG))

    thread = threading.Thread(target=run)
    thread.start()
    while stop._halt is None and thread.is_alive():
        time.sleep(0.01)
    stop.set()
    thread.join(30)
    (trace,) = made
    assert isinstance(trace, Trace)
    assert (trace.error.type, trace.source, trace.engine) == ("KeyboardInterrupt", HANG, engine)
    assert trace.error.hint
    assert isolated.run(SEED, engine).stdout == "tensor([10., 10.])\n"


def test_a_run_that_was_stopped_before_it_began_does_not_begin(engine: str):
    stop = Stop()
    stop.set()
    with stop.heeded():
        assert isolated.run(HANG, engine, LONG).error.type == "KeyboardInterrupt"
    assert not is_stopped()
    assert isolated.run(SEED, engine).stdout == "tensor([10., 10.])\n"
