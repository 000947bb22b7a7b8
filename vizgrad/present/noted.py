"""Faults of ours that a presenter notes come with its answer: it has no log of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

LOG = logging.getLogger("vizgrad")
LONGEST = 16_000
"""Characters of all that one answer notes."""


class Kept(logging.Handler):
    """Keeps what is logged, as text, up to a limit.

    >>> handler = Kept()
    >>> handler.handle(logging.makeLogRecord({"msg": "a fault"}))
    True
    >>> handler.text
    'a fault\\n'
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one record, with its traceback."""
        if len(self.text) < LONGEST:
            self.text = f"{self.text}{self.format(record)}\n"[:LONGEST]


@contextmanager
def noted() -> Iterator[Kept]:
    """Keeps what is logged in the block."""
    handler = Kept()
    LOG.addHandler(handler)
    try:
        yield handler
    finally:
        LOG.removeHandler(handler)


def tell(text: str) -> None:
    """Writes what a presenter noted into the log; the presenter is not trusted, and cannot forge a line of the log.

    >>> from unittest.mock import patch
    >>> with patch.object(LOG, "error") as error:
    ...     tell("one\\n\\x1b[2Jtwo")
    >>> error.call_args.args[1]
    '  | one\\n  | \\\\x1b[2Jtwo'
    """
    lines = text[:LONGEST].splitlines()
    shown = "\n".join("  | " + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line) for line in lines)
    LOG.error("a presenter noted:\n%s", shown)
