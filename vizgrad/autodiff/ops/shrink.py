"""Activations that are zero around zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import op
from ..samples import sample
from .shared import passed

_SAMPLES = [(sample(2, 3), 0.5)]


def _soft(self: Any, lambd: float = 0.5) -> Any:
    if lambd < 0:
        raise RuntimeError(
            f"lambda must be in range [0, {np.finfo(self.dtype).max:g}] for input dtype Float, but found {lambd:g}"
        )
    inside = (self >= -lambd) & (self <= lambd)
    return np.where(inside, self * 0, self - np.copysign(self.dtype.type(lambd), self))  # * 0 keeps the sign of zero


beyond = op(
    "shrink_slope",
    lambda self, lambd: np.logical_not((self >= -lambd) & (self <= lambd)),
    public=False,
    inputs="self",
    promotes="same",
    tex=r"\left[\left|{0}\right| > {1}\right]",
)
hardshrink = op(
    "hardshrink",
    lambda self, lambd=0.5: np.where((self >= -lambd) & (self <= lambd), self.dtype.type(0), self),
    promotes="same",
    self=lambda grad, self, lambd: passed(grad, beyond(self, lambd)),
    samples=_SAMPLES,
)
softshrink = op(
    "softshrink",
    _soft,
    promotes="same",
    public=False,
    self=lambda grad, self, lambd: passed(grad, beyond(self, lambd)),
    samples=_SAMPLES,
)
