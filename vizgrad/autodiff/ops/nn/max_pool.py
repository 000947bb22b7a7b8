"""The largest of each window."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import op
from ...core.tensor import Tensor
from ..shape.squeeze import squeeze_dim, unsqueeze
from .conv import per_dimension, windows
from .sliding import IMAGE, batched, with_room


def _max_pool(
    self: Any,
    kernel_size: Any,
    stride: Any = (),
    padding: Any = (0, 0),
    dilation: Any = (1, 1),
    ceil_mode: bool = False,
) -> Any:
    x, stride = batched(self), stride or kernel_size
    if any(2 * p > k for p, k in zip(padding, kernel_size, strict=True)):
        raise RuntimeError(
            f"pad should be at most half of effective kernel size, but got pad={padding[0]}, kernel_size={kernel_size[0]} and dilation={dilation[0]}"
        )
    low = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    seen = windows(with_room(x, kernel_size, stride, padding, dilation, ceil_mode, low), kernel_size, stride, dilation)
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
        per_dimension(kernel_size, 2),
        () if stride is None else per_dimension(stride, 2),
        per_dimension(padding, 2),
        per_dimension(dilation, 2),
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
    k, s, p, d = (
        per_dimension(v, 1)[0] for v in (kernel_size, kernel_size if stride is None else stride, padding, dilation)
    )
    found = max_pool(unsqueeze(input, -2), (1, k), (1, s), (0, p), (1, d), ceil_mode)
    values = squeeze_dim(found[0], -2)
    return (values, squeeze_dim(found[1], -2)) if return_indices else values
