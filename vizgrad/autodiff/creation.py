"""Making tensors: from values, filled, and in ranges."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .core import dtypes, errors, grad_mode
from .core.registry import FUNCTIONS
from .core.tensor import INFERENCE, Size, Tensor, device, on_cpu, wrap
from .ops.shape.clone import cast_to
from .ops.shape.view import flatten_sizes


def made(array: np.ndarray, name: str, requires_grad: bool = False) -> Tensor:
    """Make a tensor that a factory function called `name` gives to the program, and tell the observer."""
    result = wrap(array)
    if requires_grad:
        if array.dtype.kind not in "fc":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        result._requires_grad = True
    mode = grad_mode.current()
    if mode.inference:
        result._counter = INFERENCE
    if mode.observer is not None:
        mode.observer.created(result, name)
    return result


def _shape_of(data: Any) -> list[int]:
    """Find the shape of nested lists, refusing ragged ones with PyTorch's words."""
    shape: list[int] = []
    level = [data]
    while level and isinstance(level[0], (list, tuple)):
        length = len(level[0])
        for part in level:
            if not isinstance(part, (list, tuple)) or len(part) != length:
                got = len(part) if isinstance(part, (list, tuple)) else 0
                raise ValueError(f"expected sequence of length {length} at dim {len(shape)} (got {got})")
        shape.append(length)
        level = [item for part in level for item in part]
    return shape


def _leaves(data: Any) -> Any:
    if isinstance(data, (list, tuple)):
        for part in data:
            yield from _leaves(part)
    else:
        yield data


def array_of(data: Any, dtype: dtypes.dtype | None) -> np.ndarray:
    """Make an array of numbers, nested lists of them, or an array: always a copy."""
    if isinstance(data, Tensor):
        return cast_to(data.array, dtype or data.dtype)
    if isinstance(data, (np.ndarray, np.generic)):
        array = np.array(data)
        dtypes.of(array)
        return array if dtype is None else cast_to(array, dtype)
    if isinstance(data, range):
        data = list(data)
    shape = _shape_of(data)
    values = []
    kind: dtypes.dtype | None = None
    for value in _leaves(data):
        if isinstance(value, Tensor):
            if value.array.size != 1:
                raise ValueError("only one element tensors can be converted to Python scalars")
            found, value = value.dtype, value.array.item()
        else:
            found = _number_type(value)
        kind = found if kind is None else dtypes.promote_types(kind, found)
        values.append(value)
    kind = dtype or kind or dtypes.default()
    array = np.array(values, dtype=np.float32 if kind is dtypes.bfloat16 else kind.numpy).reshape(shape)
    return cast_to(array, kind) if kind is dtypes.bfloat16 else array


def _number_type(value: Any) -> dtypes.dtype:
    if isinstance(value, str):
        raise TypeError("new(): invalid data type 'str'")
    try:
        return dtypes.of_number(value)
    except TypeError:
        raise RuntimeError(f"Could not infer dtype of {type(value).__name__}") from None


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Make a tensor of numbers, nested lists of them, or an array: always a copy.

    >>> tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    tensor([[1., 2.],
            [3., 4.]], requires_grad=True)
    """
    on_cpu(device)
    if isinstance(data, Tensor):
        warnings.warn(errors.COPY_CONSTRUCT, UserWarning, stacklevel=2)
    return made(array_of(data, dtype), "tensor", requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """Make a tensor, without copying where that is possible."""
    on_cpu(device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    if isinstance(data, np.ndarray) and dtype is None:
        return from_numpy(data)
    return made(array_of(data, dtype), "as_tensor")


asarray = as_tensor


def from_numpy(array: np.ndarray) -> Tensor:
    """Make a tensor that shares an array's memory."""
    dtypes.of(array)
    return made(array, "from_numpy")


def _filled(name: str, fill: Any) -> Any:
    def factory(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **_: Any) -> Tensor:
        on_cpu(device)
        if not size and "size" in _:
            size = (_.pop("size"),)
        array = np.full(flatten_sizes(size), fill, (dtype or dtypes.default()).numpy)
        return made(array, name, requires_grad)

    factory.__name__ = factory.__qualname__ = name
    factory.__doc__ = f"Make a tensor of a shape, filled with {fill}."
    return factory


zeros, ones, empty = _filled("zeros", 0), _filled("ones", 1), _filled("empty", 0)


def full(size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Make a tensor of a shape, filled with a number."""
    on_cpu(device)
    value = fill_value.array.item() if isinstance(fill_value, Tensor) else fill_value
    kind = dtype or dtypes.of_number(value)
    return made(np.full(flatten_sizes((size,)), value, kind.numpy), "full", requires_grad)


def _like(name: str, fill: Any) -> Any:
    def factory(
        input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **_: Any
    ) -> Tensor:
        on_cpu(device)
        kind = dtype or input.dtype
        return made(np.full(input.array.shape, fill, kind.numpy), name, requires_grad)

    factory.__name__ = factory.__qualname__ = name
    factory.__doc__ = f"Make a tensor like another, filled with {fill}."
    return factory


zeros_like, ones_like, empty_like = _like("zeros_like", 0), _like("ones_like", 1), _like("empty_like", 0)


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Make a tensor like another, filled with a number."""
    on_cpu(device)
    return made(np.full(input.array.shape, fill_value, (dtype or input.dtype).numpy), "full_like", requires_grad)


def _number(value: Any) -> Any:
    return value.array.item() if isinstance(value, Tensor) else value


def arange(
    *args: Any,
    start: Any = None,
    end: Any = None,
    step: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Count from start (0) up to, but not including, end.

    >>> arange(3), arange(0, 1, 0.5)
    (tensor([0, 1, 2]), tensor([0.0000, 0.5000]))
    """
    on_cpu(device)
    given = [_number(a) for a in args]
    first, last, by = 0 if start is None else start, end, 1 if step is None else step
    if len(given) == 1:
        last = given[0]
    elif len(given) >= 2:
        first, last = given[0], given[1]
        by = given[2] if len(given) > 2 else by
    if not by:
        raise RuntimeError("step must be nonzero")
    if (last - first) * by < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(v, (int, np.integer)) for v in (first, last, by))
    kind = dtype or (dtypes.int64 if whole else dtypes.default())
    count = max(int(np.ceil((last - first) / by)), 0)
    array = (first + np.arange(count) * by).astype(kind.numpy)
    return made(array, "arange", requires_grad)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Spread a number of points evenly from start to end, both included."""
    on_cpu(device)
    kind = (dtype or dtypes.default()).numpy
    first, last = kind.type(_number(start)), kind.type(_number(end))
    # PyTorch counts the second half back from the end, so that both ends are exact
    step = (last - first) / kind.type(max(steps - 1, 1))
    at = np.arange(steps)
    array = np.where(
        at < steps // 2 if steps > 1 else at == 0,
        first + step * at.astype(kind),
        last - step * (steps - 1 - at).astype(kind),
    )
    return made(array.astype(kind), "linspace", requires_grad)


def logspace(
    start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """Spread points evenly on a logarithmic scale."""
    kind = (dtype or dtypes.default()).numpy
    return made((base ** np.linspace(_number(start), _number(end), steps)).astype(kind), "logspace", requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Make an identity matrix."""
    on_cpu(device)
    return made(np.eye(n, m, dtype=(dtype or dtypes.default()).numpy), "eye", requires_grad)


def scalar_tensor(s: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Make a 0-dim tensor."""
    return made(np.asarray(_number(s), (dtype or dtypes.default()).numpy), "scalar_tensor", requires_grad)


def _new(name: str, factory: Any) -> None:
    def method(self: Tensor, *size: Any, dtype: Any = None, requires_grad: bool = False, **_: Any) -> Tensor:
        return factory(*size, dtype=dtype or self.dtype, requires_grad=requires_grad)

    method.__name__, method.__doc__ = name, f"As `{name[4:]}`, with this tensor's dtype."
    setattr(Tensor, name, method)


_new("new_zeros", zeros)
_new("new_ones", ones)
_new("new_empty", empty)
_new("new_full", full)
_new("new_tensor", tensor)

for _factory in (
    tensor, as_tensor, asarray, from_numpy, zeros, ones, empty, full, zeros_like, ones_like, empty_like, full_like,
    arange, linspace, logspace, eye, scalar_tensor,
):  # fmt: skip
    FUNCTIONS[_factory.__name__] = _factory

__all__ = ["Size", "device", "made"]
