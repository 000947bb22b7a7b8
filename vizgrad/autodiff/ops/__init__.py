"""The table of operations."""

from . import elementwise, index, linalg, nn, reduce, shape

__all__ = ["elementwise", "index", "linalg", "nn", "reduce", "shape"]
