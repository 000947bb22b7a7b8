"""Dropout: setting numbers to zero at random while training."""

from __future__ import annotations

from ..core.tensor import Tensor
from . import functional as F
from .module import Module


class Dropout(Module):
    """Sets each number to zero with probability `p` and scales the others up; passes everything in evaluation."""

    function = "dropout"

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        """Drop numbers, in training only."""
        return getattr(F, self.function)(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        """Show the probability."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout1d(Dropout):
    """Sets whole channels of a sequence to zero."""

    function = "dropout1d"


class Dropout2d(Dropout):
    """Sets whole channels of an image to zero."""

    function = "dropout2d"
