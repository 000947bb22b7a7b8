"""Operations on each element."""

from . import arithmetic, clamp, comparisons, division, exponentials, powers, rounding, special, trigonometry, where

__all__ = [
    "arithmetic",
    "clamp",
    "comparisons",
    "division",
    "exponentials",
    "powers",
    "rounding",
    "special",
    "trigonometry",
    "where",
]
