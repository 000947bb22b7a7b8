"""What an error means, and how to mend it."""

from __future__ import annotations

from typing import Any


def hint(type: str, message: str, error: BaseException | None = None, policy: Any = None) -> str | None:
    """Says in a sentence or two why it happened and what to do; None where the message says it all."""
    return None
