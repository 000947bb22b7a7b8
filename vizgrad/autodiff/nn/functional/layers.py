"""Layers as functions: dropout, padding, embedding, attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import ops
from ...core.grad_mode import recording
from ...core.tensor import wrap
from ...ops.activation.softmax import safe_softmax
from ...ops.elementwise.arithmetic import add_scalar, mul_scalar
from ...ops.elementwise.clamp import clamp_min
from ...ops.matrix.products import matmul
from ...ops.reduction.norms import norm_p, vector_norm
from ...ops.reduction.sums import sum_dim
from ...ops.shape.cat import constant_pad_nd
from ...ops.shape.expand import expand, expand_as
from ...ops.shape.permute import transpose


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Set numbers to 0 by chance, and scale the others up."""
    if p < 0 or p > 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or not p or not input.numel():
        return input
    from ...random.factories import dropout_mask

    mask = dropout_mask(input, 1 - p)
    return input.mul_(mask) if inplace else input * mask


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """Divide by the norm along a dimension."""
    return input / expand_as(clamp_min(vector_norm(input, p, dim, True), eps), input)


def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """Write class numbers as rows of zeros with a one."""
    return ops.nn.embedding.one_hot(tensor, num_classes)


def pad(input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Any:
    """Put a border around."""
    if mode != "constant":
        raise NotImplementedError(f"F.pad(mode={mode!r}) is not in vizgrad's core; mode='constant' is")
    return constant_pad_nd(input, tuple(pad), 0 if value is None else value)


def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: Any = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    """Look rows of a table up."""
    if input.array.dtype.name not in ("int64", "int32"):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{input.type()} instead (while checking arguments for embedding)"
        )
    return ops.nn.embedding.embedding(
        weight, input, -1 if padding_idx is None else padding_idx % weight.shape[0], scale_grad_by_freq, sparse
    )


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: Any = None,
    enable_gqa: bool = False,
) -> Any:
    """Weigh values by how well queries match keys."""
    factor = (1.0 / query.shape[-1] ** 0.5 if scale is None else scale) ** 0.5
    scores = matmul(mul_scalar(query, factor), mul_scalar(transpose(key, -2, -1), factor))
    if is_causal:
        rows, columns = scores.shape[-2:]
        attn_mask = wrap(np.tril(np.ones((rows, columns), bool)))
    if attn_mask is not None:
        if attn_mask.array.dtype == bool:
            attn_mask = wrap(np.where(attn_mask.array, 0, -np.inf).astype(query.array.dtype))
        scores = scores + attn_mask
    weights = safe_softmax(scores, -1)
    if dropout_p:
        weights = dropout(weights, dropout_p)
    return matmul(weights, value)


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
