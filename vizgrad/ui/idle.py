"""Sessions that nobody uses give up what can be made again: a browser tab may stay open for days."""

from __future__ import annotations

import threading
import time
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .session import Studio

IDLE = 600.0
"""Seconds without a sign of life after which a session is idle."""
PERIOD = 60.0

_seen: weakref.WeakKeyDictionary[Studio, float] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def note(studio: Studio) -> None:
    """The session of this state is in use."""
    with _lock:
        _seen[studio] = time.monotonic()


def release(before: float) -> int:
    """Takes from the sessions last seen before that time what they show; gives how many there were.

    What cannot be made again stays: a run that its reader stopped, or a file that was opened.
    """
    with _lock:
        idle = [studio for studio, seen in _seen.items() if seen < before]
        for studio in idle:
            del _seen[studio]
    released = 0
    for studio in idle:
        shown, job = studio.shown, studio.job
        if shown is not None and shown.is_final and (job is None or job.is_done):
            studio.shown = studio.job = studio.last_good = studio.check = None
            released += 1
    return released


def watch() -> None:
    """Looks after idle sessions as long as the server lives."""
    threading.Thread(target=_watch, name="vizgrad-idle", daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(PERIOD)
        release(time.monotonic() - IDLE)
