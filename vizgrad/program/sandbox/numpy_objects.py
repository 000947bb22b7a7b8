"""Objects of a program's classes in NumPy's hands: it may compute with them, but never keep them in an array.

An array of objects calls the program back while its own memory is being read, and the program could change it then.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from ..data.datasets import Dataset
from ..limits.literals import copied, is_sequence
from .numpy_calls import checked, refuse, stored

HERE = frozenset({str(Path(__file__).with_name("numpy_calls.py")), __file__})
NUMPY = str(Path(np.__file__).parent)
"""Where NumPy's functions in Python are."""


def let_numpy_ask(made: type) -> None:
    """Has NumPy ask us before it takes an object of a program's class for an element or an operand."""
    if issubclass(made, tuple) and "__len__" not in made.__dict__:
        return  # a namedtuple: NumPy takes it for what is in it
    setattr(made, "__array__", _as_array)  # noqa: B010 - mypy knows no such attributes of `type`
    setattr(made, "__array_ufunc__", _as_operand)  # noqa: B010


def boxed(value: Any) -> np.ndarray:
    """One object as NumPy holds it while it computes; no program ever gets this.

    >>> boxed(sum).shape
    ()
    """
    box = np.empty((), object)
    box[()] = value
    return box


def _as_array(self: Any, *settings: Any, **named: Any) -> np.ndarray:
    """An element: for NumPy's functions, whose results are looked at; what operators make nobody would look at."""
    asking = sys._getframe(1).f_code.co_filename
    if is_sequence(self) or not (asking in HERE or asking.startswith(NUMPY)):
        refuse("an array of objects")
    return boxed(self)


def _as_operand(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **named: Any) -> Any:
    """`np.float64(2.0) * value` becomes what Python's own `2.0 * value` is; an array of such results is refused."""
    for out in named.get("out", ()):
        stored(out)
    operands = [boxed(i) if is_of_program(i) else copied(i) if type(i) is list else i for i in inputs]
    return checked(getattr(ufunc, method)(*operands, **named))


def is_of_program(value: Any) -> bool:
    """Whether NumPy asks us about it."""
    return getattr(type(value), "__array_ufunc__", None) is _as_operand


let_numpy_ask(Dataset)  # whose parts are the program's
