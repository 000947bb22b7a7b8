"""Other shapes of the same elements."""

from . import cat, clone, expand, inplace, permute, repeat, slicing, split, squeeze, view

__all__ = ["cat", "clone", "expand", "inplace", "permute", "repeat", "slicing", "split", "squeeze", "view"]
