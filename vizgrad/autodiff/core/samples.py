"""Inputs to try an operation on; they belong to its record, drive its tests, and serve as examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Sample:
    """A tensor to try an operation on: its shape, and the range its values are drawn from."""

    shape: tuple[int, ...]
    low: float = -2.0
    high: float = 2.0
    kind: str = "float"
    grad: bool = True

    def draw(self, generator: np.random.Generator, dtype: Any = np.float64) -> np.ndarray:
        """Draw values; integers are drawn below `high`."""
        if self.kind == "int":
            return generator.integers(int(self.low), int(self.high), self.shape)
        if self.kind == "bool":
            return generator.random(self.shape) < 0.5
        return generator.uniform(self.low, self.high, self.shape).astype(dtype)


def sample(*shape: int, low: float = -2.0, high: float = 2.0) -> Sample:
    """Say what a tensor to try an operation on looks like."""
    return Sample(shape, low, high)


def positive(*shape: int) -> Sample:
    """A sample of positive numbers."""
    return Sample(shape, 0.3, 2.0)


def integers(*shape: int, below: int) -> Sample:
    """A sample of indices."""
    return Sample(shape, 0, below, "int", False)


def booleans(*shape: int) -> Sample:
    """A sample mask."""
    return Sample(shape, kind="bool", grad=False)


ONE, POSITIVE = (sample(2, 3),), (positive(2, 3),)
PAIR, ALIKE = (sample(2, 3), sample(3)), (sample(2, 3), sample(2, 3))
ROWS = (sample(2, 3), 1)
