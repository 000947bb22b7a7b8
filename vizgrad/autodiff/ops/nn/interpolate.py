"""Images made larger: interpolation and pixel shuffling."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import sample
from ...core.tensor import Tensor
from .conv import per_dimension
from .sliding import IMAGE


def _nearest(self: Any, output_size: Any, scales_h: Any = None, scales_w: Any = None) -> Any:
    rows, columns = (
        _sources(n, m, s) for n, m, s in zip(self.shape[-2:], output_size, (scales_h, scales_w), strict=True)
    )
    return self[..., rows[:, None], columns]


def _sources(n: int, m: int, scale: Any) -> Any:
    ratio = 1 / scale if scale else n / m
    return np.minimum((np.arange(m) * ratio).astype(np.int64), n - 1)


def _nearest_back(grad: Any, size: Any, scales_h: Any, scales_w: Any) -> Any:
    into = np.zeros(size, grad.dtype)
    rows, columns = (
        _sources(n, m, s) for n, m, s in zip(size[-2:], grad.shape[-2:], (scales_h, scales_w), strict=True)
    )
    place: Any = (..., rows[:, None], columns)
    np.add.at(into, place, grad)
    return into


upsample_nearest = op(
    "upsample_nearest2d",
    _nearest,
    public=False,
    promotes="same",
    saves="output_size",
    self=lambda grad, self_sym_sizes, scales_h, scales_w: upsample_nearest_backward(
        grad, self_sym_sizes, scales_h, scales_w
    ),
    formulas={"self": r"\sum {grad}"},
    samples=[(IMAGE, (8, 8), 2.0, 2.0)],
)
upsample_nearest_backward = op(
    "upsample_nearest2d_backward",
    _nearest_back,
    public=False,
    promotes="same",
    grad=lambda g, grad, scales_h, scales_w: upsample_nearest(g, tuple(grad.shape[-2:]), scales_h, scales_w),
    formulas={"grad": "{grad}"},
)


def _shuffled(self: Any, upscale_factor: int) -> Any:
    r = upscale_factor
    *lead, c, h, w = self.shape
    if c % (r * r):
        raise RuntimeError(
            f"pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)={c} is not divisible by {r * r}"
        )
    x = self.reshape(*lead, c // (r * r), r, r, h, w)
    n = len(lead)
    return np.ascontiguousarray(x.transpose(*range(n), n, n + 3, n + 1, n + 4, n + 2)).reshape(
        *lead, c // (r * r), h * r, w * r
    )


def _unshuffled(self: Any, downscale_factor: int) -> Any:
    r = downscale_factor
    *lead, c, h, w = self.shape
    n = len(lead)
    x = self.reshape(*lead, c, h // r, r, w // r, r)
    return np.ascontiguousarray(x.transpose(*range(n), n, n + 2, n + 4, n + 1, n + 3)).reshape(
        *lead, c * r * r, h // r, w // r
    )


pixel_shuffle = op(
    "pixel_shuffle",
    _shuffled,
    method=False,
    promotes="same",
    self=lambda grad, upscale_factor: pixel_unshuffle(grad, upscale_factor),
    formulas={"self": r"\operatorname{{unshuffle}}({grad})"},
    samples=[(sample(1, 4, 2, 2), 2)],
)
pixel_unshuffle = op(
    "pixel_unshuffle",
    _unshuffled,
    method=False,
    promotes="same",
    self=lambda grad, downscale_factor: pixel_shuffle(grad, downscale_factor),
    formulas={"self": r"\operatorname{{shuffle}}({grad})"},
    samples=[(sample(1, 1, 4, 4), 2)],
)


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: Any = None,
    recompute_scale_factor: Any = None,
    antialias: bool = False,
) -> Any:
    """Resize images, taking the nearest element."""
    if mode != "nearest" or input.ndim != 4:
        raise NotImplementedError(
            "F.interpolate: vizgrad's core has mode='nearest' for (N, C, H, W) only; try the PyTorch engine"
        )
    if size is not None:
        return upsample_nearest(input, per_dimension(size, 2))
    scales = (float(scale_factor),) * 2 if isinstance(scale_factor, (int, float)) else tuple(map(float, scale_factor))
    size = tuple(math.floor(n * s) for n, s in zip(input.shape[2:], scales, strict=True))
    return upsample_nearest(input, size, *(() if recompute_scale_factor else scales))
