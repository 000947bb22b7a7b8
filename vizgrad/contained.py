"""Faults of ours while explaining or drawing: the log gets the traceback, the reader a calm word in that place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

LOG = logging.getLogger("vizgrad")

WITH_TRACEBACK = 3
"""Of many faults in one picture or scene so many are logged with their traceback: the rest is seldom another."""

T = TypeVar("T")
U = TypeVar("U")


class Faults:
    """Notes what went wrong in one piece of work.

    >>> faults = Faults()
    >>> faults.attempt("the half", lambda: 1 / 2, 0.0)
    0.5
    """

    def __init__(self) -> None:
        self.count = 0

    def note(self, what: str) -> None:
        """Logs the exception that is being handled, and what could not be done for it."""
        self.count += 1
        LOG.error("%s: a fault", what, exc_info=self.count <= WITH_TRACEBACK)

    def attempt(self, what: str, work: Callable[[], T], otherwise: U) -> T | U:
        """What `work` gives or, where it fails, `otherwise`."""
        try:
            return work()
        except Exception:
            self.note(what)
            return otherwise
