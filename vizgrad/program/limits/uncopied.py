"""What belongs to a run and not to its program: a copy of it would count anew, so it has none."""

from __future__ import annotations

from typing import Any, Self


class Uncopied:
    """An object whose copy is itself: `copy.deepcopy(print)` would copy what `print` is a method of.

    >>> import copy
    >>> guard = Uncopied()
    >>> copy.deepcopy([guard])[0] is guard
    True
    """

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self
