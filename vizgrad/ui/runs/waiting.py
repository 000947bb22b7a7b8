"""How a page waits: until something is done, or the page is wanted anew, or by looking again and again."""

from __future__ import annotations

import threading

import streamlit as st

SLICE = 0.1
"""Seconds between two looks whether what is waited for is still wanted."""
LOOKS = 10.0
"""How often in a second all pages together may look: each look is a small run of the page in the server's process."""


class Waiting:
    """Counts the pages that look again and again, so that many of them look less often.

    >>> waiting = Waiting()
    >>> waiting.every(0.25)
    0.25
    >>> with waiting:
    ...     waiting.every(0.04)
    0.1
    """

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    def begin(self) -> None:
        """One page more waits."""
        with self._lock:
            self._count += 1

    def end(self) -> None:
        """One page less waits."""
        with self._lock:
            self._count -= 1

    def __enter__(self) -> Waiting:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def every(self, least: float) -> float:
        """Seconds between two looks, at least so many."""
        return max(least, self._count / LOOKS)


waiting = Waiting()
"""Those whose programs run, or whose answers are compared."""


def wait(event: threading.Event, seconds: float) -> bool:
    """Waits for an event, up to so long; ends at once, by Streamlit's own signal, where the page is wanted anew."""
    while seconds > 0:
        if event.wait(min(seconds, SLICE)):
            return True
        seconds -= SLICE
        _ = "wanted" in st.session_state  # each look at the state asks Streamlit whether this run is still wanted
    return event.is_set()
