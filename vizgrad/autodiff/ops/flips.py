"""Elements in another order along dimensions: flip, roll, rot90."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dims import axis
from ..op import function, op
from ..samples import ONE, sample
from .views import flatten_sizes

flip = op(
    "flip",
    lambda self, dims: np.flip(self, tuple(axis(d, self.ndim) for d in dims) if self.ndim else ()).copy(),
    promotes="same",
    public=False,
    self=lambda grad, dims: flip(grad, dims),
    samples=[(sample(2, 3), (0,))],
    formulas={"self": r"\operatorname{{flip}}\left({grad}\right)"},
)


def _flip(self: Any, *sizes: Any, dims: Any = ()) -> Any:
    """Turn the order round along dimensions."""
    return flip(self, flatten_sizes(sizes or (dims,)))


_flip.__name__ = "flip"
function()(_flip)


def _pair(value: Any) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(value)


def _rolled(self: Any, shifts: Any, dims: Any = ()) -> Any:
    return np.roll(self, _pair(shifts), _pair(dims)) if _pair(dims) else np.roll(self, _pair(shifts)[0])


roll = op(
    "roll",
    _rolled,
    promotes="same",
    self=lambda grad, shifts, dims: roll(grad, tuple(-s for s in _pair(shifts)), dims),
    samples=[(sample(3), 1)],
    formulas={"self": r"\operatorname{{roll}}\left({grad}, -k\right)"},
)
rot90 = op(
    "rot90",
    lambda self, k=1, dims=(0, 1): np.rot90(self, k, dims).copy(),
    promotes="same",
    self=lambda grad, k, dims: rot90(grad, -k, dims),
    formulas={"self": r"\operatorname{{rot90}}\left({grad}, -k\right)"},
    samples=[ONE],
)
