"""Tables looked up by index."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import integers, sample


def _embed(
    weight: Any, indices: Any, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Any:
    if indices.size and (indices.max() >= len(weight) or indices.min() < 0):
        raise IndexError("index out of range in self")
    return weight[indices]


def _embed_back(grad: Any, indices: Any, weight_sym_argsize_0: int, padding_idx: int) -> Any:
    into = np.zeros((weight_sym_argsize_0, grad.shape[-1]), grad.dtype)
    np.add.at(into, indices, grad)
    if padding_idx >= 0:
        into[padding_idx] = 0
    return into


embedding = op(
    "embedding",
    _embed,
    public=False,
    promotes="same",
    inputs="indices",
    saves="scale_grad_by_freq sparse",
    weight=lambda grad, indices, weight_sym_argsize_0, padding_idx: embedding_backward(
        grad, indices, weight_sym_argsize_0, padding_idx
    ),
    formulas={"weight": r"\sum {grad} \text{{ at }} {indices}"},
    samples=[(sample(5, 3), integers(2, below=5))],
)
embedding_backward = op(
    "embedding_dense_backward",
    _embed_back,
    public=False,
    promotes="same",
    inputs="indices",
    node="EmbeddingDenseBackward0",
    grad=lambda grad, indices, padding_idx: embedding(grad, indices, padding_idx),
    formulas={"grad": r"{grad}_{{{indices}}}"},
)


def _hot(self: Any, num_classes: int = -1) -> Any:
    if self.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if not self.size and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if self.size and self.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    n = int(self.max()) + 1 if num_classes == -1 else num_classes
    if self.size and self.max() >= n:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return np.eye(n, dtype=np.int64)[self]


one_hot = op("one_hot", _hot, public=False, inputs="self", promotes="same")
