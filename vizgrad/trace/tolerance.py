"""When two numbers, or two texts with numbers in them, count as the same."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import numpy as np


class Tolerance(NamedTuple):
    """How far two numbers of a dtype may be apart: `relative` to the larger one, plus `absolute`."""

    relative: float
    absolute: float


EXACT = Tolerance(0.0, 0.0)
TOLERANCES = {
    "float64": Tolerance(1e-9, 1e-12),
    "complex128": Tolerance(1e-9, 1e-12),
    "float32": Tolerance(1e-5, 2e-6),
    "complex64": Tolerance(1e-5, 2e-6),
    "float16": Tolerance(4e-3, 1e-3),
    "bfloat16": Tolerance(2e-2, 1e-2),
}
TEXT = 2e-5
"""How far two printed numbers may be apart, relative to the larger one; or by one in a rounded last digit."""
ROUNDED = 3
"""From so many decimals on, a printed number counts as rounded."""
WORD = re.compile(r"0x[0-9a-f]+|[-+]?\d+\.?\d*(?:e[-+]?\d+)?|\w+|[^\w\s]")
FRACTION = re.compile(r"[-+]?\d+(?:\.\d*(?:e[-+]?\d+)?|e[-+]?\d+)")


def same_numbers(a: np.ndarray, b: np.ndarray, dtype: str, slack: float = 0.0) -> bool:
    """Whether two arrays agree by the tolerance of a dtype, plus `slack`; NaN equals NaN, shapes must be the same.

    >>> same_numbers(np.array([1.0, np.nan]), np.array([1.0000001, np.nan]), "float32")
    True
    >>> same_numbers(np.array([1]), np.array([2]), "int64")
    False
    """
    if a.shape != b.shape:
        return False
    tolerance = TOLERANCES.get(dtype, EXACT)
    if tolerance is EXACT or a.dtype.kind not in "fc":
        return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc" and b.dtype.kind in "fc"))
    wide = np.complex128 if "complex" in dtype else np.float64
    return bool(
        np.isclose(a.astype(wide), b.astype(wide), tolerance.relative, tolerance.absolute + slack, equal_nan=True).all()
    )


def same_text(a: str, b: str) -> bool:
    """Whether two texts have the same words and signs, and the same numbers up to their last digit.

    >>> same_text("tensor([0.3333, 1.], grad_fn=<A>)", "tensor([0.3334,  1.], grad_fn=<A>)")
    True
    >>> same_text("tensor(1.)", "tensor(1)")
    False
    """
    if a == b:
        return True
    ours, theirs = WORD.findall(a), WORD.findall(b)
    return len(ours) == len(theirs) and all(map(_same_word, ours, theirs))


def same_number(a: str, b: str) -> bool:
    """Whether two texts are one number, as an integer or as a fraction.

    >>> same_number("2", "2.0"), same_number("2", "3"), same_number("(2,)", "2")
    (True, False, False)
    """
    try:
        return float(a) == float(b)
    except ValueError:
        return False


def _same_word(a: str, b: str) -> bool:
    if a == b:
        return True
    if a.startswith("0x") and b.startswith("0x"):  # where an object lies is nobody's business
        return True
    if not (FRACTION.fullmatch(a) and FRACTION.fullmatch(b)):
        return False
    return math.isclose(float(a), float(b), rel_tol=TEXT, abs_tol=1.01 * max(_last_digit(a), _last_digit(b)))


def _last_digit(number: str) -> float:
    mantissa, _, exponent = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals) if decimals >= ROUNDED else 0.0
