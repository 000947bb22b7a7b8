"""Operations on whole lists of tensors, seen as what they stand for: the same operation on one after the other.

PyTorch's own functions use them where a list is at hand, clip_grad_norm_ for instance; on a CPU they are loops.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

aten = torch.ops.aten
SINGLE = {
    aten._foreach_norm.Scalar: aten.linalg_vector_norm.default,
    aten._foreach_mul_.Tensor: aten.mul_.Tensor,
    aten._foreach_mul_.Scalar: aten.mul_.Scalar,
    aten._foreach_clamp_min_.Scalar: aten.clamp_min_.default,
    aten._foreach_clamp_max_.Scalar: aten.clamp_max_.default,
}
"""The operation on one tensor, for each that takes a list first and then the same for all."""


def one_by_one(operation: Callable[..., Any], single: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Has an operation on a list done and seen for each of its tensors; gives a list of the results, if it has any."""
    tensors, *others = args
    results = [operation(single, (tensor, *others), kwargs) for tensor in tensors]
    return None if single._schema.name.endswith("_") else results
