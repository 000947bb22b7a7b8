"""Normal numbers from uniform ones, rounded as PyTorch's kernels round them.

PyTorch has three ways to make normal numbers on the CPU. Fewer than sixteen come one after the other, in double
precision, and every second one is kept for later. Sixteen or more come in blocks of sixteen: eight radii and eight
angles. For float32 and below the blocks go through short polynomials for log, sin and cos (those of the Cephes
library, with fused multiply-adds), for float64 through the C library. A seeded program prints the same digits under
both engines only if the roundings are the same, so they are followed here step by step.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

BLOCK = 16
_F = np.float32

_LOG_TERMS = (
    7.0376836292e-2,
    -1.1514610310e-1,
    1.1676998740e-1,
    -1.2420140846e-1,
    1.4249322787e-1,
    -1.6668057665e-1,
    2.0000714765e-1,
    -2.4999993993e-1,
    3.3333331174e-1,
)
_LN2_HIGH, _LN2_LOW = _F(0.693359375), _F(-2.12194440e-4)
_COS_TERMS = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_SIN_TERMS = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_QUARTER_PI_PARTS = (0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8)


def pair(first: float, second: float) -> tuple[float, float]:
    """Turn two uniform numbers in [0, 1) into two normal ones, in double precision.

    >>> pair(0.0, 0.0)
    (0.0, 0.0)
    """
    radius = math.sqrt(-2.0 * math.log1p(-second))
    angle = 2.0 * math.pi * first
    return radius * math.cos(angle), radius * math.sin(angle)


def blocks(uniform: np.ndarray, mean: float, std: float) -> np.ndarray:
    """Turn uniform numbers, sixteen times n of them, in float32 or float64, into as many normal ones of that dtype.

    >>> blocks(np.zeros(16, np.float32), 2.0, 1.0)[:3]
    array([2., 2., 2.], dtype=float32)
    """
    halves = uniform.reshape(-1, 2, BLOCK // 2)
    below, turn = halves[:, 0], halves[:, 1]
    of = uniform.dtype.type
    if of is np.float32:
        radius = np.sqrt(_F(-2) * _log32(_F(1) - below))
        sine, cosine = _sincos32(_F(2 * np.pi) * turn)
    else:
        radius = np.sqrt(-2.0 * _each(math.log, 1.0 - below))
        angle = 2 * np.pi * turn
        sine, cosine = _each(math.sin, angle), _each(math.cos, angle)
    normal = np.stack([radius * cosine, radius * sine], axis=1).reshape(-1)
    return fused(normal, of(std), of(mean))


def fused(
    factor: np.ndarray, other: np.ndarray | np.floating | float, addend: np.ndarray | np.floating | float
) -> np.ndarray:
    """Return factor * other + addend rounded once, as a processor's fused multiply-add does.

    >>> fused(np.array([1 + 2.0**-52]), 1 - 2.0**-52, -1.0)  # where rounding the product first would give zero
    array([-4.93038066e-32])
    """
    other, addend = np.asarray(other, np.float64), np.asarray(addend, np.float64)
    if factor.dtype.type is not np.float64:
        # Double precision holds a product of two float32 exactly.
        wide: np.ndarray = factor.astype(np.float64) * other + addend
        return wide.astype(factor.dtype)
    # The error of the product (Dekker) and that of the sum (Knuth) are exact, and are added at the end.
    product = factor * other
    (high, low), (other_high, other_low) = _split(factor), _split(other)
    product_error = ((high * other_high - product) + high * other_low + low * other_high) + low * other_low
    total = product + addend
    rest = total - product
    sum_error = (product - (total - rest)) + (addend - rest)
    return np.asarray(total + (product_error + sum_error))


def _split(value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scaled = 134217729.0 * value  # 2**27 + 1
    high = scaled - (scaled - value)
    return high, value - high


def _each(function: Callable[[float], float], values: np.ndarray) -> np.ndarray:
    """Apply a function of the C library: NumPy's own vector versions round a few numbers otherwise."""
    return np.fromiter(map(function, values.ravel().tolist()), np.float64, values.size).reshape(values.shape)


def _polynomial(terms: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    total = np.full_like(x, _F(terms[0]))
    for term in terms[1:]:
        total = fused(total, x, _F(term))
    return total


def _log32(x: np.ndarray) -> np.ndarray:
    """Return the natural logarithm of normal positive float32 numbers."""
    bits = x.view(np.int32)
    exponent = ((bits >> 23) - 0x7E).astype(_F)
    mantissa = ((bits & 0x007FFFFF) | 0x3F000000).view(_F)  # in [0.5, 1)
    small = mantissa < _F(math.sqrt(0.5))
    exponent = exponent - small.astype(_F)
    m = (mantissa - _F(1)) + np.where(small, mantissa, _F(0))
    square = m * m
    y = fused(_polynomial(_LOG_TERMS, m) * m, square, exponent * _LN2_LOW)
    return fused(exponent, _LN2_HIGH, m + fused(square, _F(-0.5), y))


def _sincos32(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return sine and cosine of float32 angles in [0, 2 pi)."""
    octant = (x * _F(4 / np.pi)).astype(np.int32)
    octant = (octant + 1) & ~1
    turns = octant.astype(_F)
    for part in _QUARTER_PI_PARTS:
        x = fused(turns, _F(-part), x)
    square = x * x
    cosine = fused(_polynomial(_COS_TERMS, square) * square, square, square * _F(-0.5)) + _F(1)
    sine = fused(_polynomial(_SIN_TERMS, square) * square, x, x)
    swapped = (octant & 2) != 0
    sine, cosine = np.where(swapped, cosine, sine), np.where(swapped, sine, cosine)
    return np.where(octant & 4, -sine, sine), np.where((octant + 2) & 4, -cosine, cosine)
