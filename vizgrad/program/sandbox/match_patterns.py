"""Class patterns of `match`, which Python would let read any attribute: each stands for its class, and asks first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..exceptions import NotOffered
from .attributes import FUNCTIONS, Attributes
from .namespace import Namespace

OF_THEMSELVES = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)
"""The classes whose one positional pattern is the value itself: `case int(n)`."""


class Held:
    """What the patterns of one `match` name, each found when it is its turn."""

    def __init__(self, **makers: Callable[[], Any]) -> None:
        self._makers = makers

    def __getattr__(self, name: str) -> Any:
        return self._makers[name]()


class _Asking(type):
    """The type of classes that stand in a pattern for another one."""

    fits: Callable[[Any], bool]

    def __instancecheck__(cls, value: Any) -> bool:
        return cls.fits(value)


def pattern(attributes: Attributes, kind: Any, positions: int, *names: str) -> Any:
    """What stands for `kind` in a pattern with so many positions, and attributes of these names.

    Raises NotOffered, at a match, for an attribute that the program may not read.
    """
    if not isinstance(kind, type) or not (positions or names):
        return kind  # Python's own TypeError follows if it is no class
    if kind in OF_THEMSELVES:
        if not names:
            return kind
        if positions:
            raise NotOffered(
                f"vizgrad runs a safe part of Python; a pattern of `{kind.__name__}` with both a value and names is "
                "not in it"
            )
    known = getattr(kind, "__match_args__", ())
    read = (*(known[:positions] if isinstance(known, tuple) else ()), *names)

    def fits(value: Any) -> bool:
        return isinstance(value, kind) and all(may_be_read(attributes, value, name) for name in read)

    return _Asking(kind.__name__, (), {"fits": staticmethod(fits), "__match_args__": known})


def may_be_read(attributes: Attributes, value: Any, name: str) -> bool:
    """Whether a value has an attribute; raises NotOffered if it has one that must not be read."""
    plain = not isinstance(value, (type, super, Namespace, *FUNCTIONS))
    if plain and attributes.guarded(type(value), name) is None and attributes.readable(value, type(value), name):
        return True
    if hasattr(value, name):
        attributes.refuse(value, name)
    return False
