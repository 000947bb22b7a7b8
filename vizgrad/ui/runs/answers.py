"""What the sections ask workers for: answers are remembered for everybody, in bounded memory, and faults are told."""

from __future__ import annotations

import contextlib
import hashlib
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, TypeVar, cast

import msgspec
import streamlit as st

from ...present.request import NotNow, NotPresented
from ...program import isolated
from ...program.isolated import Outcomes
from ...program.outcome import MOST_ELEMENTS
from ...program.overrides import NOTHING, WhatIf
from ...workers import turns
from ...workers.cancel import Stop
from ...workers.turns import Busy
from .. import visitor
from . import results, waiting
from .cache import Cache

A = TypeVar("A")

SECONDS = 6.0
"""For how long a program is run again and again: a slow one is looked at in fewer places."""
CUT = "asked_cut"
"""Key of the newest sample for which there was not time enough: the same reader need not wait for it again."""
NUMBERS = 4
"""How many times as large numbers are in memory as they are sent."""

_is_only_remembered: ContextVar[bool] = ContextVar("is_only_remembered", default=False)
_kept: Cache[Any] = Cache(4 * results.MIB)
_hands = ThreadPoolExecutor(64, thread_name_prefix="sections")
"""Threads that only wait for a worker: as many as may be waited for at a time."""


def asked(make: Callable[..., A], *given: Any, keeps: Callable[[A], bool] = lambda _: True) -> A:
    """What a function of `vizgrad.present` gives for these arguments; what it refuses is remembered as well.

    Arguments and answer are plain data; bytes, such as a trace, are remembered by their digest, and an answer only if
    `keeps` says so of it. Raises NotPresented.
    """
    key = _key(make.__module__, make.__qualname__, [*map(_brief, given)])
    found = _kept.get(key)
    if found is None:
        try:
            found = _while_wanted(lambda: make(*given))
        except NotNow:
            raise
        except NotPresented as why:
            found = why
        if isinstance(found, NotPresented) or keeps(found):
            _kept.put(key, found, len(key) + _size(found))
    if isinstance(found, NotPresented):
        raise NotPresented(str(found))
    return cast(A, found)


def forget() -> None:
    """Forgets everything."""
    _kept.clear()


def _brief(given: Any) -> Any:
    return hashlib.blake2b(given, digest_size=16).digest() if isinstance(given, bytes) else given


def _size(found: Any) -> int:
    """Bytes, as far as they can be told: an object takes a few times what it takes as text."""
    return len(str(found)) if isinstance(found, NotPresented) else NUMBERS * len(msgspec.msgpack.encode(found))


def recorded(source: str, engine: str, what_if: WhatIf = NOTHING) -> bytes:
    """The trace's JSON of a run of the program; raises NotPresented."""
    return _while_wanted(lambda: results.run(source, engine, what_if=what_if).trace)


def sampled(source: str, engine: str, points: Sequence[WhatIf], most: int = MOST_ELEMENTS) -> Outcomes:
    """What the program comes to at as many of `points` as there is time for, with its leaves of up to `most` elements.

    Raises NotPresented.
    """
    key = _key(source, engine, points, most)
    found: Outcomes | None = _kept.get(key)
    if found is not None:
        return found
    cut, found = st.session_state.get(CUT, (None, None))
    if found is not None and cut == key:
        return found
    found = _while_wanted(lambda: isolated.sample(source, engine, points, SECONDS, most=most))
    if found is None or not found.found:
        raise NotPresented("With some of the numbers the program had to be ended by force, so this cannot be shown.")
    if len(found.found) == len(points):
        _kept.put(key, found, len(key) + NUMBERS * len(msgspec.msgpack.encode(found)))
    else:
        st.session_state[CUT] = key, found
    return found


@contextlib.contextmanager
def calmly() -> Iterator[None]:
    """What cannot be shown in the block is told in its place."""
    try:
        yield
    except NotPresented as why:
        st.caption(str(why))


@contextlib.contextmanager
def remembered(is_only: bool) -> Iterator[None]:
    """Where `is_only`, what is not remembered is not worked out in the block: the page is soon drawn anew.

    Streamlit would have the drawing wait for it.
    """
    token = _is_only_remembered.set(is_only)
    try:
        yield
    finally:
        _is_only_remembered.reset(token)


def _while_wanted(make: Callable[[], A]) -> A:
    """Work for this visitor, which may find no place; given up where the page is wanted anew."""
    if _is_only_remembered.get():
        raise NotNow("The program is still running.")
    visits, stop = visitor.session(), Stop()

    def work() -> A:
        with turns.on_behalf_of(visits), stop.heeded():
            return make()

    future = _hands.submit(work)
    is_done = threading.Event()
    future.add_done_callback(lambda _: is_done.set())
    try:
        waiting.wait(is_done, math.inf)  # whoever does the work has a clock of its own
    except BaseException:  # Streamlit's signal, or the server's end
        future.cancel()
        stop.set()
        raise
    try:
        return future.result()
    except (Busy, RuntimeError) as why:  # no place, or the engine does not start
        raise NotNow(str(why)) from why


def _key(*parts: Any) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(parts)).digest()
