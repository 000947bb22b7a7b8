"""Whose work begins when: what stands back waits until no visitor does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from vizgrad.workers import turns
from vizgrad.workers.cancel import Stop
from vizgrad.workers.turns import Busy

WAIT = 30


@pytest.fixture
def crowd() -> Iterator[threading.Event]:
    """A visitor waits for a place until this is set: all are held by others."""
    kind, over, begun = "tests.crowd", threading.Event(), threading.Semaphore(0)

    def hold(visitor: str) -> None:
        with turns.on_behalf_of(visitor), turns.place(kind):
            begun.release()
            over.wait(WAIT)

    places = 2 * turns.cores()
    threads = [threading.Thread(target=hold, args=(f"visitor {i}",)) for i in range(places)]
    for thread in threads:
        thread.start()
    assert all(begun.acquire(timeout=WAIT) for _ in range(places))
    threads.append(threading.Thread(target=hold, args=("one more",)))
    threads[-1].start()
    until = time.monotonic() + WAIT
    while not turns.is_crowded() and time.monotonic() < until:
        time.sleep(0.01)
    assert turns.is_crowded()
    yield over
    over.set()
    for thread in threads:
        thread.join()


def test_what_stands_back_begins_when_nobody_waits(crowd: threading.Event) -> None:
    begun = threading.Event()

    def work() -> None:
        with turns.on_behalf_of("bob"), turns.place("tests.chart", stands_back=True):
            begun.set()

    thread = threading.Thread(target=work)
    thread.start()
    with turns.on_behalf_of("eve"), turns.place("tests.picture"):  # other work is not kept waiting
        assert not begun.wait(3 * turns.LOOK)
    crowd.set()
    assert begun.wait(WAIT)
    thread.join()
    assert not turns.is_crowded()


def test_who_stands_back_gives_up_in_the_end_or_when_told_to(
    crowd: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "BRIEFLY", 0.01)
    with pytest.raises(Busy), turns.background(), turns.place("tests.chart"):
        pass
    stop = Stop()
    stop.set()
    with pytest.raises(Busy), stop.heeded(), turns.place("tests.chart", stands_back=True):
        pass
