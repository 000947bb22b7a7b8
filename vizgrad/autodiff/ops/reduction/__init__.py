"""Many elements to fewer: sums, extremes, order."""

from . import argmax, cumulative, logsumexp, minmax, norms, products, sorting, sums, variance

__all__ = ["argmax", "cumulative", "logsumexp", "minmax", "norms", "products", "sorting", "sums", "variance"]
