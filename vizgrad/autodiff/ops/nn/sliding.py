"""The geometry of windows that slide over an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.samples import sample
from .conv import padded

IMAGE = sample(1, 2, 4, 4)


def batched(self: Any) -> Any:
    """Give a single image a batch of its own."""
    return self if self.ndim == 4 else self[None]


def window_count(n: int, k: int, s: int, p: int, d: int, ceil: bool) -> int:
    """Count the places of a window: of `n` elements, with kernel, stride, padding and dilation."""
    span = n + 2 * p - d * (k - 1) - 1
    count = (-(-span // s) if ceil else span // s) + 1
    return count - 1 if ceil and (count - 1) * s >= n + p else count


def with_room(x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool, value: float) -> Any:
    """Pad, also at the far end where `ceil_mode` lets a window stick out."""
    x = padded(x, padding, value)
    more = []
    for i, (k, s, d) in enumerate(zip(kernel, stride, dilation, strict=True)):
        n = x.shape[2 + i] - 2 * padding[i]
        count = window_count(n, k, s, padding[i], d, ceil)
        more.append((0, max((count - 1) * s + d * (k - 1) + 1 - x.shape[2 + i], 0)))
    return np.pad(x, [(0, 0), (0, 0), *more], constant_values=value) if any(m[1] for m in more) else x
