"""How modules and messages name things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.tensor import Tensor

UNMADE = "cannot assign {} before Module.__init__() call"
registration_hooks: list[Callable[[Any, str, Any], object]] = []
"""Told of each module, parameter and buffer that is registered: its owner, its name and itself."""


def typename(value: Any) -> str:
    """Name a value's type as PyTorch's messages do.

    >>> from vizgrad.autodiff import float64, ones
    >>> typename(3), typename(ones(2, dtype=float64))
    ('int', 'torch.DoubleTensor')
    """
    if type(value) is Tensor:
        return f"torch.{value.dtype.long_name}Tensor"
    kind = type(value)
    module = kind.__module__
    if module in ("builtins", "__builtin__"):
        return kind.__qualname__
    return f"{module}.{kind.__qualname__}"


def check_name(module: Any, kind: str, name: Any, known: dict[str, Any] | None) -> None:
    """Refuse a name that no parameter or buffer of a module can have."""
    if known is None:
        raise AttributeError(UNMADE.format(kind))
    if not isinstance(name, str):
        raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
    if "." in name:
        raise KeyError(f'{kind} name can\'t contain "."')
    if not name:
        raise KeyError(f'{kind} name can\'t be empty string ""')
    if hasattr(module, name) and name not in known:
        raise KeyError(f"attribute '{name}' already exists")


def tell(module: Any, name: str, value: Any) -> None:
    """Tell the registration hooks of what is about to be registered."""
    for hook in registration_hooks:
        hook(module, name, value)


def indented(text: str) -> str:
    r"""Indent all lines but the first by two, and leave blank ones blank.

    >>> indented("a\nb\n\nc")
    'a\n  b\n\n  c'
    """
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"  {line}" if line.strip() else "" for line in rest)])
