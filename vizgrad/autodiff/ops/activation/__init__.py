"""Activations."""

from . import relu, smooth, softmax

__all__ = ["relu", "smooth", "softmax"]
