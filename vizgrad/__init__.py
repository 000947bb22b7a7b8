"""Interactive pictures of the computation graphs that autograd records."""

from .api import Trace, compare, record, run

__all__ = ["Trace", "compare", "record", "run"]
__version__ = "0.1.0"
