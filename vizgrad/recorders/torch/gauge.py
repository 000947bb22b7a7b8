"""What runs a program under limits asks of its recorder: to look at operations before they run."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, Protocol


class Gauge(Protocol):
    """Measures what is about to run."""

    def weigh(self, func: Any, args: Any, kwargs: Any) -> Any:
        """An operation of ATen is about to run; raises the limit it would break, and gives what to run for it."""

    def is_small(self, func: Any, args: Any, kwargs: Any) -> bool:
        """Whether a call of the program needs no looking at the operations below it; it is counted, if so."""

    def is_plain(self, kinds: Set[type], count: int) -> bool:
        """The same of a backward pass through so many nodes of these types."""
