"""What PyTorch's kernels trust: that a tensor which autograd has kept still has its elements."""

from __future__ import annotations

from typing import Any

import torch


def has_its_elements(tensor: torch.Tensor) -> bool:
    """Whether as many elements as a tensor has lie one behind the other in its memory, in whatever order it has them.

    >>> has_its_elements(torch.ones(2, 3).t()), has_its_elements(torch.ones(1).expand(6))
    (True, False)
    """
    if tensor.layout is not torch.strided or tensor.device.type != "cpu":
        return False
    behind = tensor.untyped_storage().nbytes() // tensor.element_size() - tensor.storage_offset()
    return behind >= tensor.numel()


def may_become(tensor: torch.Tensor, value: Any) -> bool:
    """Whether `tensor.data = value` leaves everything fit that has kept the tensor."""
    if not isinstance(value, torch.Tensor):
        return True  # PyTorch's own error follows
    with torch._C.DisableTorchFunction():
        return value.shape == tensor.shape and value.dtype is tensor.dtype and has_its_elements(value)
