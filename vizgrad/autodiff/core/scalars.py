"""Python numbers as arrays, kept: NumPy takes longer to convert a number than to multiply with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from .dtypes import DEFAULT


class _Constants(dict[float, np.ndarray]):
    """float32 arrays without dimensions, by their number; made when first asked for, and not to be written to."""

    def __missing__(self, number: float) -> np.ndarray:
        array = np.array(number, DEFAULT)
        array.flags.writeable = False
        if number and len(self) < 1000:  # 0.0 and -0.0 would be one key
            self[number] = array
        return array


constants = _Constants()


class WeakInt(int):
    """A whole number that stood in a tensor's place: in a derivative's rule, it stands there again."""


class WeakFloat(float):
    """A number that stood in a tensor's place."""


def weak(value: Any) -> Any:
    """Mark a number as standing in a tensor's place; leave all else as it is."""
    return WeakInt(value) if type(value) is int else WeakFloat(value) if type(value) is float else value
