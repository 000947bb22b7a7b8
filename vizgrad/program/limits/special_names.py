"""Names that are registered from text: none may be a special name of Python's, which others would look up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..exceptions import not_python


def is_special(name: str) -> bool:
    """Whether it is a `__name__`."""
    return name.startswith("__") and name.endswith("__")


def registered(owner: Any, name: str, value: Any) -> None:
    """A module, parameter or buffer is about to be registered; raises NotOffered for a special name.

    >>> registered(None, "weight", None)
    >>> registered(None, "__array__", None)
    Traceback (most recent call last):
    vizgrad.program.exceptions.NotOffered: vizgrad runs a safe part of Python; `NoneType.__array__` is not in it
    """
    if is_special(name):
        raise not_python(f"{type(owner).__name__}.{name}")


def method(name: str) -> Callable[[Any], Callable[..., Any]]:
    """The guard of a module's method whose first argument is a name."""

    def of(owner: Any) -> Callable[..., Any]:
        register = getattr(owner, name)

        def registering(*values: Any, **named: Any) -> Any:
            given = values[0] if values else named.get("name")
            if isinstance(given, str):
                registered(owner, given, None)
            return register(*values, **named)

        registering.__name__ = registering.__qualname__ = name
        return registering

    return of


METHODS = ("add_module", "register_module", "register_buffer", "register_parameter")
