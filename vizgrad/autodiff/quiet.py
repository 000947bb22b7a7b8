"""Switching recording off as PyTorch does inside its own modules: no `no_grad` of the program's, so no event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from . import modes


@contextmanager
def recording(enabled: bool) -> Iterator[None]:
    """Switch the recording of operations on or off inside the block, without telling an observer of a mode."""
    token = modes.change(modes.current()._replace(grad=enabled))
    try:
        yield
    finally:
        modes.restore(token)
