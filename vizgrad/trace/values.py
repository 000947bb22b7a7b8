"""The value of a tensor at one moment, frozen: whole when small, a summary when large."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import msgspec
import numpy as np

WHOLE = 1024
"""Tensors of up to this many elements are kept whole."""

CORNER = 8
"""Rows and columns of the corner that a summary keeps."""

LARGEST = float(np.finfo(np.float64).max)
BINS = 16
"""Bars of a summary's histogram."""

STORED_AS = {"bfloat16": "float32"}
"""dtypes that NumPy lacks, and the one that holds their numbers exactly."""


class Summary(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is kept of a large tensor: statistics over its finite elements, and its first corner.

    Numbers are floats, and 0 where no element is finite; `histogram` counts elements in equal bins from `min` to
    `max`; `corner` is the little-endian bytes of the first rows and columns of the last two dimensions.
    """

    min: float
    max: float
    mean: float
    std: float
    norm: float
    finite: int
    histogram: tuple[int, ...]
    corner: bytes
    corner_shape: tuple[int, ...]


class Value(msgspec.Struct, frozen=True, dict=True):
    """A tensor's contents at one moment; compares by content, so NaN equals NaN.

    >>> v = Value.of(np.ones((2, 2), dtype="float32"))
    >>> v.shape, v.dtype, v.array.tolist()
    ((2, 2), 'float32', [[1.0, 1.0], [1.0, 1.0]])
    """

    shape: tuple[int, ...]
    dtype: str
    data: bytes | None = None
    summary: Summary | None = None

    @classmethod
    def of(cls, array: Any, dtype: str | None = None) -> Value:
        """Copies `array` (any shape); `dtype` names the tensor's dtype where NumPy has none (bfloat16)."""
        array = np.asarray(array)
        name = dtype or array.dtype.name
        if array.size <= WHOLE:
            return cls(array.shape, name, array.tobytes())
        return cls(array.shape, name, None, summarise(array))

    @property
    def size(self) -> int:
        """How many elements the tensor has, kept or not."""
        n = 1
        for length in self.shape:
            n *= length
        return n

    @property
    def is_whole(self) -> bool:
        """Whether every element is kept."""
        return self.data is not None

    @cached_property
    def array(self) -> np.ndarray | None:
        """The elements as a read-only array, or None where only a summary is kept."""
        if self.data is None:
            return None
        return np.frombuffer(self.data, STORED_AS.get(self.dtype, self.dtype)).reshape(self.shape)

    @cached_property
    def corner(self) -> np.ndarray:
        """The elements that are kept: all of them, or the first corner of a large tensor."""
        if self.summary is None:
            assert self.array is not None
            return self.array
        kept = np.frombuffer(self.summary.corner, STORED_AS.get(self.dtype, self.dtype))
        return kept.reshape(self.summary.corner_shape)

    @cached_property
    def norm(self) -> float:
        """The Euclidean norm of all elements (non-finite ones included when kept whole)."""
        if self.summary is not None:
            return self.summary.norm
        assert self.array is not None
        return float(np.linalg.norm(np.asarray(self.array, dtype=_wide(self.array)).ravel()))


def _wide(array: np.ndarray) -> type:
    return np.complex128 if array.dtype.kind == "c" else np.float64


def summarise(array: np.ndarray) -> Summary:
    """Summarises an array of any shape and dtype; complex numbers by their magnitude.

    >>> summarise(np.arange(2000.0)).max
    1999.0
    """
    magnitudes = np.abs(array) if array.dtype.kind == "c" else array
    flat = magnitudes.astype(np.float64, copy=False).ravel()
    is_finite = np.isfinite(flat)
    finite = flat if is_finite.all() else flat[is_finite]
    last = tuple(slice(0, CORNER) for _ in array.shape[-2:])
    corner = np.ascontiguousarray(array[(0,) * max(array.ndim - 2, 0) + last])
    low = high = mean = std = norm = 0.0
    histogram: tuple[int, ...] = ()
    if finite.size:
        with np.errstate(over="ignore", invalid="ignore"):
            low, high = float(finite.min()), float(finite.max())
            middle = finite.mean()
            apart = finite - middle
            mean, std, norm = map(_bounded, (middle, np.sqrt(apart @ apart / finite.size), np.sqrt(finite @ finite)))
        histogram = _histogram(finite, low, high)
    return Summary(
        min=low,
        max=high,
        mean=mean,
        std=std,
        norm=norm,
        finite=finite.size,
        histogram=histogram,
        corner=corner.tobytes(),
        corner_shape=corner.shape,
    )


def _bounded(number: Any) -> float:
    """JSON has no infinity: what overflows in the arithmetic of a statistic is told as the largest float."""
    known = float(number)
    return known if math.isfinite(known) else math.copysign(LARGEST, known) if known == known else LARGEST


def _histogram(finite: np.ndarray, low: float, high: float) -> tuple[int, ...]:
    try:
        if not high > low:
            return tuple(int(n) for n in np.histogram(finite, BINS, (low, high))[0])
        width = (high - low) / BINS
        if not width or not math.isfinite(width):
            return ()
        places = np.minimum(((finite - low) / width).astype(np.intp), BINS - 1)
        return tuple(np.bincount(places, minlength=BINS).tolist())
    except ValueError:  # a range so wide or so narrow at its magnitude that no float divides it into bins
        return ()
