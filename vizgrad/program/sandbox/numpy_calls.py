"""NumPy's functions as programs call them: no arrays of objects by any door, no memory that nobody has written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any, NoReturn

import numpy as np

from ..allowed import numpy as table
from ..exceptions import NotOffered
from ..limits.literals import DEEPEST, is_own, is_sequence, taken

KINDS = frozenset("biufcSU")
"""Numbers, truth values and text."""
WIDEST = 4096
"""Bytes of one element."""
PYTHON_TYPES = (bool, int, float, complex, str)
DTYPE_AT: Mapping[str, int] = {
    **dict.fromkeys("sum prod mean std var cumsum cumprod nansum nanmean nanstd nanvar".split(), 2),
    "trace": 4,
}
"""Where a dtype may stand among the arguments of functions whose result does not tell it."""
REFUSED = frozenset("signature sig like subok".split())
"""Arguments by which a program could choose another loop or another kind of array."""


def refuse(what: str) -> NoReturn:
    """Raises the sentence for what is not offered."""
    raise NotOffered(f"vizgrad runs a safe part of Python; `{what}` is not in it")


def check_dtype(asked: Any) -> None:
    """Raises NotOffered for a dtype that is not one of numbers, truth values or text.

    >>> check_dtype("float32")
    >>> check_dtype("O")
    Traceback (most recent call last):
    vizgrad.program.exceptions.NotOffered: vizgrad runs a safe part of Python; `an array of objects` is not in it
    """
    if asked is None or any(asked is kind for kind in PYTHON_TYPES):
        return
    is_known = type(asked) is str or isinstance(asked, np.dtype)
    if not is_known and not (isinstance(asked, type) and issubclass(asked, np.generic)):
        refuse("an array of objects" if asked is object else "a dtype of this kind")
    check_kind(np.dtype(asked))


def check_kind(dtype: np.dtype[Any]) -> None:
    """Raises NotOffered for what a program's arrays may not hold."""
    if dtype.hasobject:
        refuse("an array of objects")
    if dtype.kind not in KINDS or dtype.itemsize > WIDEST:
        refuse(f"an array of dtype {dtype.name}")


def checked(made: Any) -> Any:
    """What a function gives, if a program may have it."""
    if isinstance(made, np.ndarray):
        if made.dtype.kind not in KINDS:
            check_kind(made.dtype)
    elif type(made) in (tuple, list):
        for part in made:
            checked(part)
    return made


def stored(owner: Any) -> Any:
    """The same owner, if `owner[...] = value` may store what a program chooses."""
    if type(owner) in ARRAYS:
        check_kind(owner.dtype if type(owner) is np.ndarray else owner.base.dtype)
    return owner


ARRAYS = (np.ndarray, np.flatiter)


def given(value: Any) -> Any:
    """What a program gives a function: no array of objects, and sequences of its own classes as lists, read once."""
    if type(value) is np.ndarray:
        check_kind(value.dtype)
    elif type(value) in NESTED and has_own(value):
        return taken(value)
    return taken(value) if is_own(type(value)) and is_sequence(value) else value


def has_own(values: Any) -> bool:
    """Whether an object of a program's class is in a list or tuple, or in those inside of it; shared ones count once.

    >>> row = [1.0]
    >>> has_own([row, row, [2.0]])
    False
    """
    level = [values]
    for _ in range(DEEPEST):
        parts = list(chain.from_iterable(level))
        kinds = set(map(type, parts))
        if any(map(is_own, kinds)):
            return True
        if kinds.isdisjoint(NESTED):
            return False
        level = list({id(part): part for part in parts if type(part) in NESTED}.values())
    return False  # NumPy's own error follows


NESTED = (list, tuple)


def call(name: str, function: Callable[..., Any], values: Any, named: dict[str, Any]) -> Any:
    """Calls a function of NumPy's."""
    if name not in AS_GIVEN:
        values = [given(value) for value in values]
        named = {word: given(value) for word, value in named.items()}
    if named:
        for word in named:
            if word in REFUSED:
                refuse(f"{name}({word}=...)")
        if "dtype" in named:
            check_dtype(named["dtype"])
        if "where" in named and name in WITH_WHERE:
            return blanked(function, values, named)
    if len(values) > (place := DTYPE_AT.get(name, 99)):
        check_dtype(values[place])
    return checked(function(*values, **named))


def blanked(function: Callable[..., Any], values: Any, named: dict[str, Any]) -> Any:
    """`np.sqrt(x, where=...)`: zeros where nothing is computed and nothing was given."""
    where = named["where"] = np.asarray(named["where"])
    out = named.get("out")
    given = [*values, *(out if type(out) is tuple else (out,))]

    def filled(made: Any) -> Any:
        if any(made is each for each in given):
            return made
        left = ~np.broadcast_to(where.astype(bool), np.shape(made))
        if isinstance(made, np.ndarray):
            made[left] = 0
            return made
        return type(made)(0) if left else made

    made = checked(function(*values, **named))
    return tuple(map(filled, made)) if type(made) is tuple else filled(made)


def guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy's as programs are given it."""
    if isinstance(function, np.ufunc):
        return Ufunc(function)

    def calling(*values: Any, **named: Any) -> Any:
        return call(name, function, values, named)

    calling.__name__ = calling.__qualname__ = name
    return calling


class Ufunc:
    """A ufunc as programs are given it.

    >>> sqrt = Ufunc(np.sqrt)
    >>> sqrt([1.0, 4.0], where=[True, False])
    array([1., 0.])
    """

    def __init__(self, ufunc: np.ufunc) -> None:
        self._ufunc, self.__name__ = ufunc, ufunc.__name__

    def __call__(self, *values: Any, **named: Any) -> Any:
        """What the ufunc gives."""
        return call("ufunc", self._ufunc, values, named)

    def outer(self, *values: Any, **named: Any) -> Any:
        """All pairs."""
        return call("ufunc", self._ufunc.outer, values, named)

    def reduce(self, *values: Any, **named: Any) -> Any:
        """Along one axis."""
        return call("sum", self._ufunc.reduce, values, named)

    def accumulate(self, *values: Any, **named: Any) -> Any:
        """Along one axis, step by step."""
        return call("sum", self._ufunc.accumulate, values, named)

    def __repr__(self) -> str:
        return f"<ufunc '{self.__name__}'>"


def pad(array: Any, pad_width: Any, mode: Any = "constant", **named: Any) -> Any:
    """`np.pad`; what is "empty" is zero."""
    return np.pad(array, pad_width, "constant" if isinstance(mode, str) and mode == "empty" else mode, **named)


def method(name: str) -> Callable[[Any], Callable[..., Any]]:
    """The guard of an array's or generator's method that takes a dtype, or says where, or could hold objects."""
    place = METHODS.get(name)

    def of(array: Any) -> Callable[..., Any]:
        own = getattr(stored(array), name)

        def calling(*values: Any, **named: Any) -> Any:
            if place is not None and len(values) > place:
                check_dtype(values[place])
            return call(name if name in ("clip", "shuffle") else "method", own, values, named)

        calling.__name__ = calling.__qualname__ = name
        return calling

    return of


WITH_WHERE = frozenset({"ufunc", "clip"})
"""Functions that leave alone what they are not asked for."""
METHODS: Mapping[str, int | None] = {
    "astype": 0,
    **dict.fromkeys("sum prod mean std var cumsum cumprod".split(), 1),
    "trace": 3,
    **dict.fromkeys("clip dot fill sort".split()),
}
"""The methods of arrays that take a dtype, and where; and those through which an object could come in."""
AS_GIVEN = frozenset({"array", "asarray", "shuffle"})
"""Functions that take copies themselves, or change the list that they are given."""
GUARDS: dict[tuple[type, str], Callable[[Any], Any]] = {
    **{(kind, name): method(name) for kind in (np.ndarray, np.generic) for name in METHODS},
    **{(np.random.Generator, name): method(name) for name in table.GENERATOR},
}
