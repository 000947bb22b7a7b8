"""What PyTorch's kernels trust: that a tensor which autograd has kept still has its elements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from ..exceptions import NotOffered


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


def vector_to_parameters(vec: torch.Tensor, parameters: Iterable[torch.Tensor]) -> None:
    """PyTorch's own, which sets the `.data` of each parameter to a piece of the vector.

    Raises NotOffered for a vector of another dtype, or an expanded one.
    """
    parameters = list(parameters)
    if isinstance(vec, torch.Tensor):
        with torch._C.DisableTorchFunction():
            is_fit = has_its_elements(vec) and all(
                p.dtype is vec.dtype for p in parameters if isinstance(p, torch.Tensor)
            )
        if not is_fit:
            raise NotOffered(
                "vizgrad runs a safe part of PyTorch; `vector_to_parameters` with a vector of another dtype than the "
                "parameters have, or an expanded one, is not in it"
            )
    nn.utils.vector_to_parameters(vec, parameters)
