"""Going from one tensor towards another."""

from __future__ import annotations

from typing import Any

from ..inplace import InPlace
from ..op import function, op
from ..samples import sample
from ..tensor import Tensor

lerp_scalar = op(
    "lerp.Scalar",
    lambda self, end, weight: self + weight * (end - self),
    public=False,
    inplace=True,
    self=lambda grad, weight: grad * (1 - weight),
    end=lambda grad, weight: grad * weight,
    samples=[(sample(3), sample(3), 0.3)],
)
lerp_tensor = op(
    "lerp.Tensor",
    lambda self, end, weight: self + weight * (end - self),
    overload=1,
    public=False,
    self=lambda grad, weight: grad * (1 - weight),
    end=lambda grad, weight: grad * weight,
    weight=lambda grad, self, end: grad * (end - self),
    samples=[(sample(3), sample(3), sample(3))],
)


@function()
def lerp(self: Any, end: Any, weight: Any) -> Any:
    """Go from `self` towards `end`, by a weight."""
    return lerp_tensor(self, end, weight) if isinstance(weight, Tensor) else lerp_scalar(self, end, weight)


def _lerp_(self: Any, end: Any, weight: Any) -> Any:
    return InPlace(lerp_tensor if isinstance(weight, Tensor) else lerp_scalar)(self, end, weight)


Tensor.lerp_ = _lerp_  # type: ignore[attr-defined]
