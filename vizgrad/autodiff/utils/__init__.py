"""`torch.utils`: what programs about gradients use of it."""

from __future__ import annotations

from . import checkpoint

__all__ = ["checkpoint"]
