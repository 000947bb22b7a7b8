"""NumPy's names of arguments, which PyTorch takes too: `x.sum(axis=0, keepdims=True)`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from typing import Any

OURS = {"axis": "dim", "keepdims": "keepdim"}


def renamed(arguments: dict[str, Any], params: Collection[str]) -> dict[str, Any]:
    """Named arguments under the names that a function gives its parameters.

    >>> renamed({"axis": 0}, ["self", "dim"])
    {'dim': 0}
    """
    return {
        (OURS[name] if name in OURS and name not in params and OURS[name] in params else name): value
        for name, value in arguments.items()
    }


def offered(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as programs may call it: with NumPy's names where it has parameters of PyTorch's."""
    params = inspect.signature(function).parameters
    if not any(ours in params and theirs not in params for theirs, ours in OURS.items()):
        return function

    @functools.wraps(function)
    def taking_both(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **renamed(kwargs, params)) if kwargs else function(*args)

    return taking_both
