"""Windows of an image as columns, and back."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from ...core import errors
from ...core.op import op
from ...core.tensor import Tensor
from .conv import padded, per_dimension, windows
from .sliding import IMAGE, batched


def _columns_of(self: Any, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    seen = windows(padded(batched(self), padding), kernel_size, stride, dilation)
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


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Write each window of an image as a column."""
    if input.ndim not in (3, 4):
        raise RuntimeError(
            f"Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {errors.sizes(input.shape)}"
        )
    return im2col(
        input,
        per_dimension(kernel_size, 2),
        per_dimension(dilation, 2),
        per_dimension(padding, 2),
        per_dimension(stride, 2),
    )


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    """Add columns of windows back into an image."""
    return col2im(
        input,
        per_dimension(output_size, 2),
        per_dimension(kernel_size, 2),
        per_dimension(dilation, 2),
        per_dimension(padding, 2),
        per_dimension(stride, 2),
    )
