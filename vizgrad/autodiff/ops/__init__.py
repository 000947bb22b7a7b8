"""The table of operations."""

from . import contract, conv, elementwise, index, linalg, matrix, nn, pool, reduce, shape

__all__ = ["contract", "conv", "elementwise", "index", "linalg", "matrix", "nn", "pool", "reduce", "shape"]
