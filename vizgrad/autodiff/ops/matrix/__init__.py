"""Matrices: products, decompositions, distances."""

from . import decompositions, diagonal, distance, einsum, inverse, matrix_norms, products

__all__ = ["decompositions", "diagonal", "distance", "einsum", "inverse", "matrix_norms", "products"]
