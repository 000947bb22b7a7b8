"""The bridge from real PyTorch: nothing of it is replaced, two of its own modes and hooks on nodes watch it."""

from .recorder import Recorder

__all__ = ["Recorder"]
