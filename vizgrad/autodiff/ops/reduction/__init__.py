"""Many elements to fewer: sums, extremes, order."""

from . import argmax, cumulative, minmax, norms, products, sorting, sums, variance

__all__ = ["argmax", "cumulative", "minmax", "norms", "products", "sorting", "sums", "variance"]
