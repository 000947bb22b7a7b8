"""Interactive pictures of the computation graphs that autograd records."""

from . import record as _record  # noqa: F401 - before the function of that name, which would be overwritten by a later import
from .api import Trace, compare, record, run

__all__ = ["Trace", "compare", "record", "run"]
__version__ = "0.1.0"
