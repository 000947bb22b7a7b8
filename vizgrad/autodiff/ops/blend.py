"""Going from one tensor towards another."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..inplace import InPlace
from ..op import function, op
from ..samples import sample
from ..tensor import Tensor
from .arithmetic import fused


def _lerp(self: Any, end: Any, weight: Any) -> Any:
    far = end - self
    if not isinstance(far, (np.ndarray, np.generic)):  # symbols
        return self + weight * far
    # PyTorch goes from the nearer end, which is exact at both
    near, step = fused(self, far, weight), np.asarray(weight, far.dtype)
    distant = fused(end, far, step - far.dtype.type(1))
    return np.asarray(np.where(np.abs(step) < 0.5, near, distant)).astype(near.dtype)


lerp_scalar = op(
    "lerp.Scalar",
    _lerp,
    public=False,
    inplace=True,
    self=lambda grad, weight: grad * (1 - weight),
    end=lambda grad, weight: grad * weight,
    samples=[(sample(3), sample(3), 0.3)],
)
lerp_tensor = op(
    "lerp.Tensor",
    _lerp,
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
