"""The named tuples that some functions return, printed as PyTorch prints them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

FIELDS: dict[type, frozenset[str]] = {}
"""The classes that were made, with the names of what they hold."""
_TYPES: dict[str, Any] = {}


def _repr(self: Any) -> str:
    fields = ",\n".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
    return f"torch.return_types.{type(self).__name__}(\n{fields})"


def named(function: str, fields: str, values: Any) -> Any:
    """Name a function's results.

    >>> named("max", "values indices", (1, 0)).values
    1
    """
    if function not in _TYPES:
        kind = namedtuple(function, fields)  # type: ignore[misc]
        kind.__repr__ = _repr  # type: ignore[method-assign]
        _TYPES[function] = kind
        FIELDS[kind] = frozenset(kind._fields)
    return _TYPES[function](*values)
