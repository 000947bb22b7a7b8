"""Reading and writing some of a tensor's elements."""

from . import advanced, copy, gather, getitem, index_select, take

__all__ = ["advanced", "copy", "gather", "getitem", "index_select", "take"]
