"""Numbers as a formula shows them: short, elided where there are many, and known to be rounded where they are."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from vizgrad.trace import Value

DIGITS = 4
"""Significant digits of a number that is not whole."""

WHOLE_DIGITS = 6
"""Numbers before whose point stand up to this many digits are written without a power of ten."""

VECTOR = 6
"""Vectors of up to this many elements are written whole."""

MATRIX = (3, 4)
"""Matrices of up to this many rows and columns are written whole."""


COMMA, ROW = r",\ ", r" \\ "


class Shown(NamedTuple):
    """A value in LaTeX: whether digits were rounded away, and whether elements were left out."""

    latex: str
    rounded: bool = False
    elided: bool = False


def plain(x: complex, dtype: str = "float64") -> str:
    """One number as plain text.

    >>> plain(20.0), plain(1 / 3), plain(11653.65), plain(1.5e-7), plain(True), plain(float("nan"))
    ('20', '0.3333', '11654', '1.5e-07', 'True', 'nan')
    """
    if isinstance(x, bool | np.bool_):
        return str(bool(x))
    if isinstance(x, complex | np.complexfloating):
        imaginary = plain(abs(x.imag), dtype)
        return f"{plain(x.real, dtype)}{'-' if math.copysign(1, x.imag) < 0 else '+'}{imaginary}j"
    x = float(x)
    if abs(x) < 10**WHOLE_DIGITS and (x.is_integer() or abs(x) >= 10**DIGITS):
        return f"{x:.0f}"
    return f"{x:.{DIGITS}g}"


def number(x: complex, dtype: str = "float64") -> Shown:
    r"""One number in LaTeX.

    >>> number(0.5).latex, number(-1.5e-7).latex, number(float("-inf")).latex
    ('0.5', '-1.5 \\cdot 10^{-7}', '-\\infty')
    >>> number(1 / 3), number(np.float32(0.1), "float32")
    (Shown(latex='0.3333', rounded=True, elided=False), Shown(latex='0.1', rounded=False, elided=False))
    """
    if isinstance(x, complex | np.complexfloating):
        real, imaginary = number(x.real, dtype), number(abs(x.imag), dtype)
        sign = "-" if math.copysign(1, x.imag) < 0 else "+"
        return Shown(rf"{real.latex} {sign} {imaginary.latex} \mathrm{{i}}", real.rounded or imaginary.rounded)
    text = plain(x, dtype)
    if text in ("True", "False", "nan"):
        return Shown(rf"\mathrm{{{text.replace('nan', 'NaN')}}}")
    if text in ("inf", "-inf"):
        return Shown(text.replace("inf", r"\infty"))
    return Shown(_powers_of_ten(text), not _is_exact(text, x, dtype))


def tensor(value: Value) -> Shown:
    r"""A tensor in LaTeX: a number, a row, a matrix; with dots where there are many, "" where there is too much.

    Nothing is shown of what a trace keeps only in summary, and of more than two dimensions unless they are few numbers.

    >>> tensor(Value.of([0.5, 0.5])).latex
    '\\left[0.5,\\ 0.5\\right]'
    >>> tensor(Value.of([[1, 2], [3, 4]])).latex
    '{\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}}'
    >>> tensor(Value.of(range(9))).latex
    '\\underset{(9,)}{\\left[0,\\ 1,\\ 2,\\ \\ldots,\\ 8\\right]}'
    """
    array = value.array
    if array is None:
        return Shown("", elided=True)
    if array.ndim == 0:
        return number(array.item(), value.dtype)
    if array.size == 0:
        return Shown(rf"\underset{{{shape(value.shape)}}}{{\left[\ \right]}}")
    if array.ndim == 1:
        return _vector(array, value)
    if array.ndim == 2:
        return _matrix(array, value)
    return _nested(array, value) if array.size <= VECTOR else Shown("", elided=True)


def shape(sizes: tuple[int, ...]) -> str:
    """A shape as PyTorch's users write it.

    >>> shape((64, 10)), shape((3,)), shape(())
    ('(64, 10)', '(3,)', '()')
    """
    return str(tuple(sizes))


def _vector(array: np.ndarray, value: Value) -> Shown:
    elided = array.size > VECTOR
    cells = [number(x, value.dtype) for x in (array[[0, 1, 2, -1]] if elided else array)]
    words = [c.latex for c in cells]
    if elided:
        words.insert(3, r"\ldots")
    latex = rf"\left[{COMMA.join(words)}\right]"
    if elided:
        latex = rf"\underset{{{shape(value.shape)}}}{{{latex}}}"
    return Shown(latex, any(c.rounded for c in cells), elided)


def _matrix(array: np.ndarray, value: Value) -> Shown:
    rows, columns = array.shape
    elided = rows > MATRIX[0] or columns > MATRIX[1]
    down = range(rows) if rows <= MATRIX[0] else (0, 1, rows - 1)
    across = range(columns) if columns <= MATRIX[1] else (0, 1, columns - 1)
    cells = [[number(array[i, j], value.dtype) for j in across] for i in down]
    lines = [[c.latex for c in line] for line in cells]
    if columns > MATRIX[1]:
        for words in lines:
            words.insert(2, r"\cdots")
    if rows > MATRIX[0]:
        lines.insert(2, [r"\ddots" if w == r"\cdots" else r"\vdots" for w in lines[0]])
    latex = rf"{{\begin{{bmatrix}} {ROW.join(' & '.join(words) for words in lines)} \end{{bmatrix}}}}"
    if elided:
        latex = rf"\underset{{{shape(value.shape)}}}{{{latex}}}"
    return Shown(latex, any(c.rounded for line in cells for c in line), elided)


def _nested(array: np.ndarray, value: Value) -> Shown:
    if array.ndim == 1:
        return _vector(array, value)
    parts = [_nested(part, value) for part in array]
    return Shown(rf"\left[{COMMA.join(p.latex for p in parts)}\right]", any(p.rounded for p in parts))


def _powers_of_ten(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else text


def _is_exact(text: str, x: complex, dtype: str) -> bool:
    """Whether the text, read as a number of the dtype, is the number itself: float32's 0.1 is exact."""
    if dtype == "bfloat16":  # NumPy has none; its numbers are float32's with 8 bits of mantissa
        return abs(float(text) - x) <= abs(x) * 2.0**-9
    return bool(np.dtype(dtype).type(float(text)) == x)
