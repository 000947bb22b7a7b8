"""The places that all work shares: for whom a thread asks, and how long it waits for its turn."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from contextvars import ContextVar

from .cancel import is_stopped, stoppable
from .fairness import Busy, Turns, limits_from

PATIENCE, BRIEFLY = 20.0, 5.0
"""Seconds that a visitor's work waits for a place, and work in the background."""
LOOK = 0.1
"""Seconds between two looks whether visitors wait."""
FOR_EVER = 1e6
"""Seconds that a script of one's own waits."""

limits = limits_from(os.environ)
"""What the host of a public server has set; an error in it is told at the start."""


def cores() -> int:
    """How many processes can work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_own = Turns(size=cores(), at_once=cores())
_background = Turns(size=1, at_once=1)
_visitors: dict[str, Turns] = {}
"""By the kind of work, so that a program that runs keeps nobody's picture waiting. Half of the places are for those who
have used little of late; the system shares the cores among them, and puts those who began first behind."""

_visitor: ContextVar[str | None] = ContextVar("visitor", default=None)
_is_background: ContextVar[bool] = ContextVar("is_background", default=False)


@contextlib.contextmanager
def on_behalf_of(visitor: str) -> Iterator[None]:
    """What this thread asks for in the block is for this visitor; without it, it is a script of one's own."""
    token = _visitor.set(visitor)
    try:
        yield
    finally:
        _visitor.reset(token)


@contextlib.contextmanager
def background() -> Iterator[None]:
    """What this thread asks for in the block can wait: it is done one at a time, and given up early."""
    token = _is_background.set(True)
    try:
        yield
    finally:
        _is_background.reset(token)


def is_background() -> bool:
    """Whether this thread's work can wait."""
    return _is_background.get()


def is_crowded() -> bool:
    """Whether visitors wait because all places are held."""
    return any(turns.is_crowded for turns in [*_visitors.values()])


@contextlib.contextmanager
def place(kind: str, stands_back: bool = False) -> Iterator[None]:
    """Holds a place for work of this kind while the block runs; raises Busy if there is none in time, or on a stop.

    Work that stands back begins when no visitor waits for other work.
    """
    visitor = _visitor.get()
    if stands_back or is_background():
        _wait_for_calm(BRIEFLY if is_background() else PATIENCE)
    if is_background():
        turns, patience = _background, BRIEFLY
    elif visitor is None:
        turns, patience = _own, FOR_EVER
    else:
        if kind not in _visitors:
            _visitors.setdefault(kind, Turns(size=2 * cores(), at_once=limits.runs_at_once, kept=cores()))
        turns, patience = _visitors[kind], PATIENCE
    ticket = turns.join(visitor or "")
    try:
        with stoppable(lambda: None if turns.is_served(ticket) else turns.leave(ticket)):
            if not ticket.wait(patience) and not turns.is_served(ticket):
                raise Busy
        yield
    finally:
        turns.leave(ticket)


def _wait_for_calm(patience: float) -> None:
    until = time.monotonic() + patience
    while is_crowded():
        if is_stopped() or time.monotonic() > until:
            raise Busy
        time.sleep(LOOK)


__all__ = ["Busy", "background", "cores", "on_behalf_of", "place"]
