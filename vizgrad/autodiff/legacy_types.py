"""The types of tensors from PyTorch's first years, `FloatTensor` and the like, which programs still write."""

from __future__ import annotations

from typing import Any

import numpy as np

from .core import dtypes
from .core.tensor import Size, Tensor, wrap
from .creation import array_of
from .ops.shape.clone import LEGACY
from .ops.shape.view import flatten_sizes


class Legacy(type):
    """The type of such a type: a tensor is an instance of the one that is named after its dtype.

    >>> TYPES["LongTensor"]([1, 2]), TYPES["FloatTensor"](2).shape
    (tensor([1, 2]), torch.Size([2]))
    >>> ones = wrap(np.ones(2, np.float32))
    >>> isinstance(ones, TYPES["FloatTensor"]), isinstance(ones, TYPES["LongTensor"])
    (True, False)
    """

    dtype: dtypes.dtype

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, Tensor) and value.dtype is cls.dtype

    def __call__(cls, *data: Any) -> Tensor:
        """Make a tensor of values, or of a shape."""
        first = data[0] if data else 0
        if isinstance(first, int | Size):
            return wrap(np.zeros(flatten_sizes(data or (0,)), cls.dtype.numpy))
        if isinstance(first, float):
            raise TypeError(f"new(): data must be a sequence (got {type(first).__name__})")
        if isinstance(first, Tensor):
            if first.dtype is not cls.dtype:
                raise TypeError(f"expected a tensor of {cls.dtype} (got one of {first.dtype})")
            return first.detach()
        return wrap(array_of(first, cls.dtype))


TYPES = {name: Legacy(name, (), {"dtype": dtype, "__module__": "torch"}) for name, dtype in LEGACY.items()}
