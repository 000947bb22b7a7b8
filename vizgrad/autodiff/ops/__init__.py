"""The table of operations, a file for each idea; what they share stands in `common`, `numpy_style` and `textbook`."""

from . import activation, common, elementwise, indexing, matrix, nn, numpy_style, reduction, shape, textbook

__all__ = [
    "activation", "common", "elementwise", "indexing", "matrix", "nn", "numpy_style", "reduction", "shape", "textbook",
]  # fmt: skip
