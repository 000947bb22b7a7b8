"""Similarities and distances."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops.arithmetic import add_scalar
from ..ops.expand import expand
from ..ops.norms import norm_p, vector_norm
from ..ops.sums import sum_dim
from ..quiet import recording


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """Give the cosine of the angle between vectors."""
    unit = []
    shape = np.broadcast_shapes(tuple(x1.shape), tuple(x2.shape))
    for x in (v if tuple(v.shape) == shape else expand(v, shape) for v in (x1, x2)):
        length = vector_norm(x, 2, dim, True).clone()
        with recording(False):
            length.clamp_min_(eps)
        unit.append(x / length)
    return sum_dim(unit[0] * unit[1], (dim,))


def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """Give the distance of each row to its partner."""
    far = add_scalar(x1 - x2, eps)
    return norm_p(far, p, far.ndim - 1, keepdim)
