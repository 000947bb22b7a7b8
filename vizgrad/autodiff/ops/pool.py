"""Pooling, resizing, and windows as columns: what image networks do besides convolving."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from .. import errors
from ..op import op
from ..samples import sample
from ..tensor import Tensor
from .conv import _each, _padded, windows
from .reduce import mean_dim
from .shape import squeeze_dim, unsqueeze

IMAGE = sample(1, 2, 4, 4)


def _batched(self: Any) -> Any:
    return self if self.ndim == 4 else self[None]


def _out(n: int, k: int, s: int, p: int, d: int, ceil: bool) -> int:
    span = n + 2 * p - d * (k - 1) - 1
    count = (-(-span // s) if ceil else span // s) + 1
    return count - 1 if ceil and (count - 1) * s >= n + p else count


def _room(x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool, value: float) -> Any:
    """Pad, also at the far end where `ceil_mode` lets a window stick out."""
    x = _padded(x, padding, value)
    more = []
    for i, (k, s, d) in enumerate(zip(kernel, stride, dilation, strict=True)):
        n = x.shape[2 + i] - 2 * padding[i]
        count = _out(n, k, s, padding[i], d, ceil)
        more.append((0, max((count - 1) * s + d * (k - 1) + 1 - x.shape[2 + i], 0)))
    return np.pad(x, [(0, 0), (0, 0), *more], constant_values=value) if any(m[1] for m in more) else x


def _max_pool(
    self: Any,
    kernel_size: Any,
    stride: Any = (),
    padding: Any = (0, 0),
    dilation: Any = (1, 1),
    ceil_mode: bool = False,
) -> Any:
    x, stride = _batched(self), stride or kernel_size
    if any(2 * p > k for p, k in zip(padding, kernel_size, strict=True)):
        raise RuntimeError(
            f"pad should be at most half of effective kernel size, but got pad={padding[0]}, kernel_size={kernel_size[0]} and dilation={dilation[0]}"
        )
    low = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    seen = windows(_room(x, kernel_size, stride, padding, dilation, ceil_mode, low), kernel_size, stride, dilation)
    flat = seen.reshape(*seen.shape[:4], -1)
    best = flat.argmax(-1)
    values = np.take_along_axis(flat, best[..., None], -1)[..., 0]
    rows = np.arange(seen.shape[2])[:, None] * stride[0] + best // kernel_size[1] * dilation[0] - padding[0]
    columns = np.arange(seen.shape[3]) * stride[1] + best % kernel_size[1] * dilation[1] - padding[1]
    indices = rows * x.shape[3] + columns
    return (values, indices) if self.ndim == 4 else (values[0], indices[0])


def _to_places(grad: Any, indices: Any, size: Any) -> Any:
    flat = np.zeros((*size[:-2], size[-2] * size[-1]), grad.dtype)
    lead = grad.shape[:-2]
    for at in np.ndindex(lead):
        np.add.at(flat[at], indices[at].reshape(-1), grad[at].reshape(-1))
    return flat.reshape(size)


def _from_places(grad: Any, indices: Any) -> Any:
    flat = grad.reshape(*grad.shape[:-2], -1)
    return np.take_along_axis(flat, indices.reshape(*indices.shape[:-2], -1), -1).reshape(indices.shape)


max_pool = op(
    "max_pool2d_with_indices",
    _max_pool,
    outputs="result0 result1",
    differentiable="result0",
    public=False,
    promotes="same",
    saves="kernel_size stride padding dilation ceil_mode",
    self=lambda grad, self, result1: max_pool_backward(grad, result1, tuple(self.shape)),
    formulas={"self": r"{grad} \text{{ at the maxima}}"},
    samples=[(IMAGE, (2, 2))],
)
max_pool_backward = op(
    "max_pool2d_with_indices_backward",
    _to_places,
    public=False,
    promotes="same",
    inputs="indices",
    grad=lambda grad, indices: max_pool_places(grad, indices),
    formulas={"grad": r"{grad} \text{{ at the maxima}}"},
)
max_pool_places = op("max_pool2d_places", _from_places, public=False, promotes="same", inputs="grad indices")


def _shares(x: Any, kernel: Any, stride: Any, padding: Any, ceil: bool, include: bool, divisor: Any) -> Any:
    """Count by how much each window's sum is divided."""
    if divisor is not None:
        return divisor
    ones = np.ones((1, 1, *x.shape[2:]))
    inside = _padded(ones, padding, 1.0 if include else 0.0)
    room = _room(inside, kernel, stride, (0, 0), (1, 1), False, 0.0)
    counts = [_out(n, k, s, p, 1, ceil) for n, k, s, p in zip(x.shape[2:], kernel, stride, padding, strict=True)]
    more = [(0, max((c - 1) * s + k - n, 0)) for c, s, k, n in zip(counts, stride, kernel, room.shape[2:], strict=True)]
    return windows(np.pad(room, [(0, 0), (0, 0), *more]), kernel, stride, (1, 1)).sum((-1, -2))


def _avg_pool(
    self: Any,
    kernel_size: Any,
    stride: Any = (),
    padding: Any = (0, 0),
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Any:
    x, stride = _batched(self), stride or kernel_size
    seen = windows(_room(x, kernel_size, stride, padding, (1, 1), ceil_mode, 0.0), kernel_size, stride, (1, 1))
    found = (
        seen.sum((-1, -2)) / _shares(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    ).astype(self.dtype)
    return found if self.ndim == 4 else found[0]


def _avg_back(
    grad: Any,
    size: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: Any,
) -> Any:
    stride = stride or kernel_size
    four = size if len(size) == 4 else (1, *size)
    g = _batched(grad)
    x = np.empty(four)
    g = g / _shares(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    high = [(n - 1) * s + k for n, s, k in zip(g.shape[2:], stride, kernel_size, strict=True)]
    into = np.zeros(
        (*four[:2], *(max(h, n + 2 * p) for h, n, p in zip(high, four[2:], padding, strict=True))), grad.dtype
    )
    for i, j in itertools.product(range(kernel_size[0]), range(kernel_size[1])):
        into[
            :,
            :,
            i : i + stride[0] * (g.shape[2] - 1) + 1 : stride[0],
            j : j + stride[1] * (g.shape[3] - 1) + 1 : stride[1],
        ] += g
    return into[:, :, padding[0] : padding[0] + four[2], padding[1] : padding[1] + four[3]].reshape(size)


avg_pool = op(
    "avg_pool2d",
    _avg_pool,
    public=False,
    promotes="same",
    self=lambda grad, self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: (
        avg_pool_backward(
            grad, tuple(self.shape), kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        )
    ),
    formulas={"self": r"\sum \frac{{{grad}}}{{n}}"},
    samples=[(IMAGE, (2, 2)), (IMAGE, (3, 3), (2, 2), (1, 1))],
)
avg_pool_backward = op(
    "avg_pool2d_backward",
    _avg_back,
    public=False,
    promotes="same",
    grad=lambda grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override: avg_pool(
        grad, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    ),
    formulas={"grad": r"\frac{{1}}{{n}} \sum {grad}"},
)


def _cells(n: int, m: int) -> list[tuple[int, int]]:
    return [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]


def _adaptive(self: Any, output_size: Any) -> Any:
    rows, columns = _cells(self.shape[-2], output_size[0]), _cells(self.shape[-1], output_size[1])
    return np.stack([np.stack([self[..., a:b, c:d].mean((-1, -2)) for c, d in columns], -1) for a, b in rows], -2)


def _adaptive_back(grad: Any, size: Any) -> Any:
    into = np.zeros(size, grad.dtype)
    for i, (a, b) in enumerate(_cells(size[-2], grad.shape[-2])):
        for j, (c, d) in enumerate(_cells(size[-1], grad.shape[-1])):
            into[..., a:b, c:d] += grad[..., i : i + 1, j : j + 1] / ((b - a) * (d - c))
    return into


adaptive_avg_pool = op(
    "_adaptive_avg_pool2d",
    _adaptive,
    public=False,
    promotes="same",
    self=lambda grad, self: adaptive_avg_pool_backward(grad, tuple(self.shape)),
    formulas={"self": r"\sum \frac{{{grad}}}{{n}}"},
    samples=[(IMAGE, (2, 3))],
)
adaptive_avg_pool_backward = op(
    "_adaptive_avg_pool2d_backward",
    _adaptive_back,
    public=False,
    promotes="same",
    grad=lambda g, grad: adaptive_avg_pool(g, tuple(grad.shape[-2:])),
    formulas={"grad": r"\frac{{1}}{{n}} \sum g"},
)


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
    formulas={"grad": "g"},
)


def _columns_of(self: Any, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    seen = windows(_padded(_batched(self), padding), kernel_size, stride, dilation)
    found = seen.transpose(0, 1, 4, 5, 2, 3).reshape(
        seen.shape[0], seen.shape[1] * math.prod(kernel_size), seen.shape[2] * seen.shape[3]
    )
    return found if self.ndim == 4 else found[0]


def _image_of(grad: Any, size: Any, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    h, w = (n + 2 * p for n, p in zip(size, padding, strict=True))
    rows = (h - dilation[0] * (kernel_size[0] - 1) - 1) // stride[0] + 1
    columns = (w - dilation[1] * (kernel_size[1] - 1) - 1) // stride[1] + 1
    g = (grad if grad.ndim == 3 else grad[None]).reshape(
        grad.shape[0] if grad.ndim == 3 else 1, grad.shape[-2] // math.prod(kernel_size), *kernel_size, rows, columns
    )
    into = np.zeros((*g.shape[:2], h, w), grad.dtype)
    for i, j in itertools.product(range(kernel_size[0]), range(kernel_size[1])):
        a, b = i * dilation[0], j * dilation[1]
        into[
            :, :, a : a + stride[0] * (rows - 1) + 1 : stride[0], b : b + stride[1] * (columns - 1) + 1 : stride[1]
        ] += g[:, :, i, j]
    found = into[:, :, padding[0] : padding[0] + size[0], padding[1] : padding[1] + size[1]]
    return found if grad.ndim == 3 else found[0]


im2col = op(
    "im2col",
    _columns_of,
    public=False,
    promotes="same",
    saves="self_sym_argsize_minus_1 self_sym_argsize_minus_2",
    self=lambda grad, self_sym_argsize_minus_2, self_sym_argsize_minus_1, kernel_size, dilation, padding, stride: (
        col2im(grad, (self_sym_argsize_minus_2, self_sym_argsize_minus_1), kernel_size, dilation, padding, stride)
    ),
    formulas={"self": r"\sum {grad} \text{{ over the windows}}"},
    samples=[(IMAGE, (2, 2), (1, 1), (0, 0), (1, 1))],
)
col2im = op(
    "col2im",
    _image_of,
    public=False,
    promotes="same",
    grad=lambda grad, kernel_size, dilation, padding, stride: im2col(grad, kernel_size, dilation, padding, stride),
    formulas={"grad": r"{grad} \text{{ in windows}}"},
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


# -- as functions


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Take the largest element of each window."""
    found = max_pool(
        input,
        _each(kernel_size, 2),
        () if stride is None else _each(stride, 2),
        _each(padding, 2),
        _each(dilation, 2),
        ceil_mode,
    )
    return found if return_indices else found[0]


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Take the largest element of each window of one dimension."""
    k, s, p, d = (_each(v, 1)[0] for v in (kernel_size, kernel_size if stride is None else stride, padding, dilation))
    found = max_pool(unsqueeze(input, -2), (1, k), (1, s), (0, p), (1, d), ceil_mode)
    values = squeeze_dim(found[0], -2)
    return (values, squeeze_dim(found[1], -2)) if return_indices else values


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Any:
    """Average each window."""
    return avg_pool(
        input,
        _each(kernel_size, 2),
        () if stride is None else _each(stride, 2),
        _each(padding, 2),
        ceil_mode,
        count_include_pad,
        divisor_override,
    )


def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """Average each window of one dimension."""
    k, s, p = (_each(v, 1)[0] for v in (kernel_size, kernel_size if stride is None else stride, padding))
    return squeeze_dim(avg_pool(unsqueeze(input, -2), (1, k), (1, s), (0, p), ceil_mode, count_include_pad, None), -2)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Any:
    """Average to an output of a given size."""
    wanted = (output_size, output_size) if output_size is None or isinstance(output_size, int) else tuple(output_size)
    size = tuple(n if w is None else int(w) for w, n in zip(wanted, input.shape[-2:], strict=True))
    return mean_dim(input, (-1, -2), True) if size == (1, 1) else adaptive_avg_pool(input, size)


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
        return upsample_nearest(input, _each(size, 2))
    scales = (float(scale_factor),) * 2 if isinstance(scale_factor, (int, float)) else tuple(map(float, scale_factor))
    size = tuple(math.floor(n * s) for n, s in zip(input.shape[2:], scales, strict=True))
    return upsample_nearest(input, size, *(() if recompute_scale_factor else scales))


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Write each window of an image as a column."""
    if input.ndim not in (3, 4):
        raise RuntimeError(
            f"Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {errors.sizes(input.shape)}"
        )
    return im2col(input, _each(kernel_size, 2), _each(dilation, 2), _each(padding, 2), _each(stride, 2))


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    """Add columns of windows back into an image."""
    return col2im(
        input, _each(output_size, 2), _each(kernel_size, 2), _each(dilation, 2), _each(padding, 2), _each(stride, 2)
    )
