"""`x.data = y`: autograd knows nothing of it, so y must be as large as x, or what has kept x would read beyond it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..exceptions import NotOffered


class DataOf:
    """A tensor on the left side of `x.data = ...`."""

    __slots__ = ("_may_become", "_tensor")

    def __init__(self, tensor: Any, may_become: Callable[[Any, Any], bool]) -> None:
        self._tensor, self._may_become = tensor, may_become

    def _read(self) -> Any:
        return self._tensor.data

    def _write(self, value: Any) -> None:
        if not self._may_become(self._tensor, value):
            raise NotOffered(
                "vizgrad runs a safe part of PyTorch; `x.data = ...` with another shape or dtype than x has, or with "
                "an expanded tensor, is not in it"
            )
        self._tensor.data = value

    data = property(_read, _write)
