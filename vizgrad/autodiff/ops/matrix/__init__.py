"""Matrices: products, decompositions, distances."""

from . import decompositions, diagonal, distance, einsum, inverse, products

__all__ = ["decompositions", "diagonal", "distance", "einsum", "inverse", "products"]
