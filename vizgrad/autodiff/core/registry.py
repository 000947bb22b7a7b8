"""The registry: every operation by its names. It imports nothing of ours, so that everybody may ask it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

OPS: dict[str, Any] = {}  # Any: an Op is built upon what asks for it here
"""Every operation by its name ("mul", "sum.dim"): PyTorch's, with the overload where there are several."""
NODES: dict[str, Any] = {}
"""Every operation by its node's name ("MulBackward0")."""
FUNCTIONS: dict[str, Callable[..., Any]] = {}
"""What the namespace offers: operations under their public name, and functions composed of them."""


def lookup(name: str) -> Any:
    """Find an operation by its name, or by its node's name; None if there is none."""
    return OPS.get(name) or NODES.get(name)
