"""What presenters made, asked for on the visitor's behalf and remembered for everybody in bounded memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec

from ..present.request import NotNow, NotPresented
from ..workers import turns
from . import visitor
from .cache import Cache

A = TypeVar("A")

MIB = 1 << 20
_kept: Cache[Any] = Cache(16 * MIB)


def asked(make: Callable[..., A], *given: Any) -> A:
    """What a function of `vizgrad.present` gives for these arguments; what it refuses is remembered as well.

    Arguments and answer are plain data; bytes, such as a trace, are remembered by their digest. Raises NotPresented.
    """
    key = f"{make.__module__}.{make.__qualname__}", msgspec.msgpack.encode([*map(_brief, given)])
    found = _kept.get(key)
    if found is None:
        try:
            with turns.on_behalf_of(visitor.session()):
                found = make(*given)
        except NotNow:
            raise
        except NotPresented as why:
            found = why
        _kept.put(key, found, len(key[1]) + _size(found))
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
    return len(str(found)) if isinstance(found, NotPresented) else 4 * len(msgspec.msgpack.encode(found))
