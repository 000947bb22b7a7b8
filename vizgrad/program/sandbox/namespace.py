"""A frozen stand-in for a module: what programs get when they import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Never

from ..exceptions import NotOffered


class Namespace:
    """Listed names and nothing else; it cannot be changed.

    It has no `__name__`: where that exists, Python's `from torch import hub` looks among the real modules.

    >>> math = Namespace("math", {"pi": 3.14})
    >>> math, math.pi
    (<module 'math'>, 3.14)
    >>> math.tau
    Traceback (most recent call last):
    AttributeError: module 'math' has no attribute 'tau'
    """

    def __new__(cls, label: str, names: Mapping[str, Any]) -> Namespace:
        """Each has a class of its own, so that what may be read of it can be remembered by its class."""
        return object.__new__(type("Namespace", (cls,), {}))

    def __init__(self, label: str, names: Mapping[str, Any]) -> None:
        self.__dict__.update(names)
        self.__dict__["@label"] = label  # a name that no program can spell

    def __getattr__(self, name: str) -> Never:
        raise AttributeError(f"module '{label(self)}' has no attribute '{name}'", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> Never:
        raise NotOffered(f"vizgrad runs a safe part of Python; changing `{label(self)}.{name}` is not in it")

    __delattr__ = __setattr__  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<module '{label(self)}'>"


def label(space: Namespace) -> str:
    """The name of the module it stands for."""
    return space.__dict__["@label"]


def names(space: Namespace) -> dict[str, Any]:
    """What it offers."""
    return {name: value for name, value in space.__dict__.items() if not name.startswith("@")}
