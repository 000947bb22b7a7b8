"""Short numbers for boxes: PyTorch-like, in a width that the shape and dtype alone decide."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from vizgrad.trace import Value

COLUMNS = 4
"""Vectors and matrices of up to this many columns are written out."""

ROWS = 4
"""Matrices of up to this many rows are written out."""

CELL = {0: 7, 1: 7, 2: 6, 3: 6, 4: 6}
"""Characters that one number may take, by how many stand in a row."""

BLANK = "\N{NO-BREAK SPACE}"
"""An empty row's text: a row is never without text, since rows are addressed by their order."""


class Extent(NamedTuple):
    """The room that a value's text needs: characters in the longest line, and lines."""

    characters: int
    lines: int


@lru_cache(4096, typed=True)  # True == 1 == 1.0
def short(number: Any, width: int = 7) -> str:
    """One number in at most `width` (6 or more) characters, as PyTorch writes it but shorter.

    >>> short(1.0), short(0.5), short(-0.000012), short(float("nan")), short(1234567.0), short(True), short(12)
    ('1.', '0.5', '-1.2e-5', 'nan', '1.235e6', 'True', '12')
    """
    if isinstance(number, bool | np.bool_):
        return str(bool(number))
    if isinstance(number, complex | np.complexfloating):
        real, imaginary = short(float(number.real), width), short(float(number.imag), width)
        return f"{real}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    if isinstance(number, int | np.integer):
        text = str(int(number))
        return text if len(text) <= width else _scientific(float(number), width)
    number = float(number)
    if not math.isfinite(number):
        return "nan" if math.isnan(number) else "inf" if number > 0 else "-inf"
    if number == 0:
        return "0."
    return _fixed(number, width) or _scientific(number, width)


def _fixed(number: float, width: int) -> str | None:
    """Plain notation with up to four significant digits, or None where it would not fit or not tell enough."""
    size = abs(number)
    if size < 1e-3:
        return None
    for digits in (4, 3, 2):
        decimals = max(digits - 1 - math.floor(math.log10(size)), 0)
        text = f"{number:.{decimals}f}"
        text = text.rstrip("0") if "." in text else text + "."
        if len(text) <= width:
            return text
    return None


def _scientific(number: float, width: int) -> str:
    for digits in (3, 2, 1, 0):
        mantissa, exponent = f"{number:.{digits}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = f"{mantissa}e{int(exponent)}"
        if len(text) <= width:
            return text
    return "-0."  # a negative number of 1e-100 or less in six characters: its sign is all there is room for


@lru_cache(4096)
def extent(shape: tuple[int, ...], dtype: str) -> Extent:
    """The room for any value of this shape and dtype.

    >>> [tuple(extent(shape, "float32")) for shape in [(), (2,), (2, 3), (64, 784)]]
    [(7, 1), (16, 1), (26, 2), (21, 1)]
    """
    columns, rows = _grid(shape, dtype)
    if rows == 0:
        return Extent(21, 1)
    cell = CELL[columns] if not dtype.startswith("complex") else 2 * CELL[columns] + 2
    inner = max(columns, 1) * cell + max(columns - 1, 0) * 2
    return Extent(inner + 2 * len(shape), rows)


def _grid(shape: tuple[int, ...], dtype: str) -> tuple[int, int]:
    """Columns and rows of a value that is written out; no rows for one that is summed up."""
    columns = shape[-1] if shape else 0
    rows = shape[0] if len(shape) == 2 else 1
    most = 1 if dtype.startswith("complex") else COLUMNS
    if len(shape) > 2 or columns > most or not 0 < rows <= ROWS:
        return 0, 0
    return columns, rows


def is_summed(shape: tuple[int, ...], dtype: str) -> bool:
    """Whether values of this shape and dtype are too many to be written out.

    >>> is_summed((2, 3), "float32"), is_summed((64, 784), "float32")
    (False, True)
    """
    return _grid(shape, dtype)[1] == 0


def lines(value: Value) -> tuple[str, ...]:
    """A value's text, one entry for each line that its `extent` has.

    >>> lines(Value.of(np.array([10.0, 10.0])))
    ('[10., 10.]',)
    >>> for line in lines(Value.of(np.array([[0.5, -1.0], [2.0, 3.25]]))): print(line.replace(BLANK, " "))
    [[0.5,  -1.],
     [ 2., 3.25]]
    """
    columns, rows = _grid(value.shape, value.dtype)
    array = value.array
    if rows == 0 or array is None:
        return (_summary(value),)
    width = CELL[columns]
    if not value.shape:
        return (short(array.item(), width),)
    table = [[short(x, width) for x in row] for row in array.reshape(rows, columns).tolist()]
    if len(value.shape) == 1:
        return ("[" + ", ".join(table[0]) + "]",)
    widest = [max(map(len, column)) for column in zip(*table, strict=True)]
    inner = ["[" + ", ".join(text.rjust(w, BLANK) for text, w in zip(row, widest, strict=True)) + "]" for row in table]
    last = len(inner) - 1
    return tuple(("[" if i == 0 else BLANK) + text + ("]" if i == last else ",") for i, text in enumerate(inner))


LONGEST_BRIEF = 24


def brief(value: Value) -> str:
    """A value in one short line, for an arrow: itself where that is one line, its shape otherwise.

    >>> brief(Value.of(np.ones(2))), brief(Value.of(np.ones((2, 3)))), brief(Value.of(np.ones(100)))
    ('[1., 1.]', '2×3', '100')
    """
    if value.array is not None and is_brief(value):
        return lines(value)[0]
    return "×".join(map(str, value.shape))


def room(value: Value) -> int:
    """How many characters `brief` may take for values of this shape and dtype.

    >>> room(Value.of(np.ones(2))), room(Value.of(np.ones((2, 3))))
    (16, 3)
    """
    return extent(value.shape, value.dtype).characters if is_brief(value) else len("×".join(map(str, value.shape)))


def is_brief(value: Value) -> bool:
    """Whether an arrow has room for the numbers themselves."""
    return is_short(value.shape, value.dtype)


def is_short(shape: tuple[int, ...], dtype: str) -> bool:
    """Whether values of this shape and dtype fit into one short line.

    >>> is_short((2,), "float32"), is_short((2, 3), "float32")
    (True, False)
    """
    return len(shape) < 2 and _grid(shape, dtype)[1] == 1 and extent(shape, dtype).characters <= LONGEST_BRIEF


def _summary(value: Value) -> str:
    if value.size == 0:
        return "[]"
    array = value.array
    if array is not None and array.dtype.kind == "b":
        return f"{short(int(array.sum()))} of {short(value.size)} True"
    if array is None:
        assert value.summary is not None
        mean, std, finite = value.summary.mean, value.summary.std, value.summary.finite
    else:
        wide = np.abs(array) if array.dtype.kind == "c" else array
        flat = wide.astype(np.float64).ravel()
        flat = flat[np.isfinite(flat)]
        finite = flat.size
        with np.errstate(over="ignore"):
            mean, std = (float(flat.mean()), float(flat.std())) if finite else (0.0, 0.0)
    if finite < value.size:
        return f"{short(value.size - finite, 6)} not finite"
    return f"mean {short(mean)} ±{short(std)}"
