"""Parameters and buffers: the tensors that a module keeps."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.printing import tensor_repr
from ..core.tensor import Tensor, wrap


class Parameter(Tensor):
    """A tensor that a module learns: assigned as an attribute, it becomes one of the module's parameters.

    It shares the memory of `data`, is a leaf, and asks for gradients unless told not to, in `no_grad` too.

    >>> Parameter(wrap(np.zeros(2, np.float32)))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        """Make a parameter of a tensor's memory, without its history."""
        made = super().__new__(cls, wrap(np.empty(0, np.float32)) if data is None else data.detach())
        if requires_grad and made.array.dtype.kind not in "fc":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        made.requires_grad = requires_grad
        return made  # type: ignore[return-value]

    def __repr__(self) -> str:
        return tensor_repr(self.array, self.dtype.name, requires_grad=self.requires_grad, is_parameter=True)


class Buffer(Tensor):
    """A tensor that belongs to a module without being learned; assigned as an attribute, it becomes a buffer."""

    __slots__ = ()
    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Buffer:
        """Make a buffer of a tensor's memory; `persistent` says whether `state_dict` holds it."""
        made: Any = super().__new__(cls, wrap(np.empty(0, np.float32)) if data is None else data.detach())
        made.persistent = persistent
        return made
