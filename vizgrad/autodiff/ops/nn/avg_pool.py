"""The mean of each window, or of each cell of a grid."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ...core.op import op
from ...core.tensor import Tensor
from ..reduction.sums import mean_dim
from ..shape.squeeze import squeeze_dim, unsqueeze
from .conv import padded, per_dimension, windows
from .sliding import IMAGE, batched, window_count, with_room


def _shares(x: Any, kernel: Any, stride: Any, padding: Any, ceil: bool, include: bool, divisor: Any) -> Any:
    """Count by how much each window's sum is divided."""
    if divisor is not None:
        return divisor
    ones = np.ones((1, 1, *x.shape[2:]))
    inside = padded(ones, padding, 1.0 if include else 0.0)
    room = with_room(inside, kernel, stride, (0, 0), (1, 1), False, 0.0)
    counts = [
        window_count(n, k, s, p, 1, ceil) for n, k, s, p in zip(x.shape[2:], kernel, stride, padding, strict=True)
    ]
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
    x, stride = batched(self), stride or kernel_size
    seen = windows(with_room(x, kernel_size, stride, padding, (1, 1), ceil_mode, 0.0), kernel_size, stride, (1, 1))
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
    g = batched(grad)
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
    formulas={"self": r"\sum_{{\text{{windows}}}} \frac{{{grad}}}{{\text{{window size}}}}"},
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
    formulas={"grad": r"\operatorname{{mean}}\left({grad}\right) \text{{ in each window}}"},
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
    formulas={"self": r"\sum_{{\text{{windows}}}} \frac{{{grad}}}{{\text{{window size}}}}"},
    samples=[(IMAGE, (2, 3))],
)
adaptive_avg_pool_backward = op(
    "_adaptive_avg_pool2d_backward",
    _adaptive_back,
    public=False,
    promotes="same",
    grad=lambda g, grad: adaptive_avg_pool(g, tuple(grad.shape[-2:])),
    formulas={"grad": r"\operatorname{{mean}}\left({grad}\right) \text{{ in each window}}"},
)


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
        per_dimension(kernel_size, 2),
        () if stride is None else per_dimension(stride, 2),
        per_dimension(padding, 2),
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
    k, s, p = (per_dimension(v, 1)[0] for v in (kernel_size, kernel_size if stride is None else stride, padding))
    return squeeze_dim(avg_pool(unsqueeze(input, -2), (1, k), (1, s), (0, p), ceil_mode, count_include_pad, None), -2)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Any:
    """Average to an output of a given size."""
    wanted = (output_size, output_size) if output_size is None or isinstance(output_size, int) else tuple(output_size)
    size = tuple(n if w is None else int(w) for w, n in zip(wanted, input.shape[-2:], strict=True))
    return mean_dim(input, (-1, -2), True) if size == (1, 1) else adaptive_avg_pool(input, size)
