"""Bringing elements between bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import function, op
from ...core.samples import PAIR, positive, sample
from ...core.tensor import Tensor
from ..common import in_place, passed


def _clip(self: Any, min: Any = None, max: Any = None) -> Any:
    return self if min is None and max is None else np.clip(self, min, max)


clamp_number = op(
    "clamp",
    _clip,
    overload=1,
    public=False,
    numbers="min max",
    inplace=True,
    self=lambda grad, self, min, max: passed(grad, within(self, min, max)),
    tex=r"\operatorname{{clamp}}\left({0}\right)",
    samples=[(sample(2, 3), -0.5, 0.5)],
)
clamp_tensor = op(
    "clamp.Tensor",
    _clip,
    public=False,
    inputs="min max",
    self=lambda grad, self, min, max: passed(grad, within(self, min, max)),
    min=lambda grad, self, min, max: passed(grad, below(self, min, max)),
    max=lambda grad, self, min, max: passed(grad, above(self, min, max)),
    samples=[(sample(2, 3), sample(2, 3, low=-1, high=-0.5), positive(2, 3))],
)
clamp_min_number = op(
    "clamp_min",
    lambda self, min: np.maximum(self, min),
    numbers="min",
    public=False,
    self=lambda grad, self, min: passed(grad, within(self, min, None)),
    samples=[(sample(3), 0.1)],
)
clamp_max_number = op(
    "clamp_max",
    lambda self, max: np.minimum(self, max),
    numbers="max",
    public=False,
    self=lambda grad, self, max: passed(grad, within(self, None, max)),
    samples=[(sample(3), 0.1)],
)
clamp_min_tensor = op(
    "clamp_min.Tensor",
    lambda self, min: np.maximum(self, min),
    overload=1,
    public=False,
    self=lambda grad, self, min: passed(grad, within(self, min, None)),
    min=lambda grad, self, min: passed(grad, self < min),
    samples=[PAIR],
)
clamp_max_tensor = op(
    "clamp_max.Tensor",
    lambda self, max: np.minimum(self, max),
    overload=1,
    public=False,
    self=lambda grad, self, max: passed(grad, within(self, None, max)),
    max=lambda grad, self, max: passed(grad, self > max),
    samples=[PAIR],
)


@function()
def clamp_min(self: Any, min: Any) -> Any:
    """Bring each element up to a bound."""
    return clamp_min_tensor(self, min) if isinstance(min, Tensor) else clamp_min_number(self, min)


@function()
def clamp_max(self: Any, max: Any) -> Any:
    """Bring each element down to a bound."""
    return clamp_max_tensor(self, max) if isinstance(max, Tensor) else clamp_max_number(self, max)


in_place("clamp_min_", clamp_min_tensor, clamp_min_number)
in_place("clamp_max_", clamp_max_tensor, clamp_max_number)
in_place("clamp_", clamp_tensor, clamp_number)
Tensor.clip_ = Tensor.clamp_  # type: ignore[attr-defined]


def _within(self: Any, min: Any, max: Any) -> Any:
    if min is None or max is None:
        return self <= max if min is None else self >= min
    return (self >= min) & (self <= max)


within = op("within", _within, public=False, inputs="self min max")
below = op(
    "below",
    lambda self, min, max: (self < min) & (True if max is None else min < max),
    public=False,
    inputs="self min max",
    tex=r"\left[{0} < {min}\right]",
)
above = op(
    "above",
    lambda self, min, max: (self > max) | (False if min is None else max < min),
    public=False,
    inputs="self min max",
    tex=r"\left[{0} > {max}\right]",
)


@function("clip")
def clamp(self: Any, min: Any = None, max: Any = None) -> Any:
    """Bring each element between two bounds."""
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        return clamp_tensor(self, min, max)
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    return clamp_number(self, min, max)
