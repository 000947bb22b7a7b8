"""Random tensors and the seed: `torch.rand` and its kin, and the methods that fill a tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.registry import FUNCTIONS
from ..core.tensor import Size, Tensor, on_cpu
from ..creation import made, zeros
from ..ops.shape.view import flatten_sizes
from . import distributions
from .distributions import default_generator, manual_seed
from .generator import Generator
from .inplace import around_both, around_means, bernoulli, multinomial, with_spreads


def initial_seed() -> int:
    """Give the seed that the default generator was started from."""
    return default_generator.initial_seed()


def seed() -> int:
    """Start the default generator from a seed that nobody can foresee, and return it."""
    return default_generator.seed()


def get_rng_state() -> Tensor:
    """Give the state of the default generator, as a tensor of bytes."""
    return made(default_generator.get_state(), "get_rng_state")


def set_rng_state(new_state: Tensor) -> None:
    """Continue from a state that `get_rng_state` gave."""
    default_generator.set_state(new_state.array)


# -- factories


def _tensor(array: np.ndarray, name: str, kind: dtypes.dtype, requires_grad: bool = False) -> Tensor:
    """Make a tensor of what was drawn; bfloat16 is drawn as float32 and rounded."""
    from ..ops.shape.clone import cast_to

    return made(cast_to(array, kind) if kind is dtypes.bfloat16 else array, name, requires_grad)


def _sizes(name: str, size: tuple[Any, ...], position: int = 1) -> tuple[int, ...]:
    """Take sizes given one by one or as a sequence, and refuse what is none."""
    listed = size[0] if len(size) == 1 and isinstance(size[0], (tuple, list, Size)) else size
    for each in listed:
        if isinstance(each, bool) or not isinstance(each, (int, np.integer, Tensor)):
            raise TypeError(
                f"{name}(): argument 'size' (position {position}) must be tuple of ints, not {type(each).__name__}"
            )
    shape = flatten_sizes((tuple(listed),))
    for each in shape:
        if each < 0:
            raise RuntimeError(
                f"Trying to create tensor with negative dimension {each}: [{', '.join(map(str, shape))}]"
            )
    return shape


def _factory(name: str, draw: Callable[..., np.ndarray], doc: str) -> Callable[..., Tensor]:
    def factory(
        *size: Any,
        generator: Generator | None = None,
        dtype: dtypes.dtype | None = None,
        device: Any = None,
        requires_grad: bool = False,
        **more: Any,
    ) -> Tensor:
        on_cpu(device)
        shape = _sizes(name, size or ((more.pop("size"),) if "size" in more else ()))
        kind = dtype or dtypes.default()
        return _tensor(draw(shape, kind.name, generator), name, kind, requires_grad)

    factory.__name__ = factory.__qualname__ = name
    factory.__doc__ = doc
    FUNCTIONS[name] = factory
    return factory


def _like(name: str, draw: Callable[..., np.ndarray], doc: str) -> Callable[..., Tensor]:
    def factory(
        input: Tensor,
        *,
        dtype: dtypes.dtype | None = None,
        device: Any = None,
        requires_grad: bool = False,
        generator: Generator | None = None,
        **_: Any,
    ) -> Tensor:
        on_cpu(device)
        if not isinstance(input, Tensor):
            raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
        kind = dtype or input.dtype
        array = distributions.in_memory_order(
            np.empty_like(input.array), lambda shape, turned: draw(shape, kind.name, generator, turned)
        )
        return _tensor(array, name, kind, requires_grad)

    factory.__name__ = factory.__qualname__ = name
    factory.__doc__ = doc
    FUNCTIONS[name] = factory
    return factory


rand = _factory("rand", distributions.rand, "Draw a tensor of numbers in [0, 1).")
randn = _factory("randn", distributions.randn, "Draw a tensor of standard normal numbers.")
rand_like = _like(
    "rand_like",
    lambda s, d, g, _: distributions.rand(s, d, g),
    "Draw numbers in [0, 1) in the shape and dtype of a tensor.",
)
randn_like = _like(
    "randn_like",
    lambda s, d, g, turned: distributions.normal(s, 0.0, 1.0, d, g, turned),
    "Draw standard normal numbers in the shape and dtype of a tensor.",
)


def randint(
    *args: Any,
    low: int = 0,
    high: int | None = None,
    size: Any = None,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Draw whole numbers from `low` (0) up to, but without, `high`; called as (high, size) or (low, high, size).

    >>> manual_seed(0) and randint(10, (5,))
    tensor([4, 9, 3, 0, 3])
    """
    on_cpu(device)
    given = list(args)
    if size is None and given:
        size = given.pop()
        if not isinstance(size, (tuple, list, Size)):
            where = f"(position {len(args)}) "
            raise TypeError(f"randint(): argument 'size' {where}must be tuple of ints, not {type(size).__name__}")
    if len(given) == 2:
        low, high = given
    elif len(given) == 1:
        low, high = (low, given[0]) if high is None else (given[0], high)
    if high is None or size is None:
        raise TypeError("randint() must be given the upper end and the size: randint(high, size)")
    kind = dtype or dtypes.int64
    array = distributions.randint(_whole(low), _whole(high), _sizes("randint", (size,)), kind.name, generator)
    return _tensor(array, "randint", kind, requires_grad)


def randint_like(input: Tensor, *bounds: int, dtype: dtypes.dtype | None = None, **_: Any) -> Tensor:
    """Draw whole numbers in the shape and dtype of a tensor; called as (input, high) or (input, low, high)."""
    low, high = (0, *bounds) if len(bounds) == 1 else bounds
    kind = dtype or input.dtype
    array = distributions.in_memory_order(
        input.array, lambda shape, _: distributions.randint(_whole(low), _whole(high), shape, kind.name)
    )
    return _tensor(array, "randint_like", kind)


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Draw an order of the numbers below `n`.

    >>> manual_seed(0) and randperm(5)
    tensor([4, 0, 1, 3, 2])
    """
    on_cpu(device)
    if isinstance(n, bool) or not isinstance(n, (int, np.integer, Tensor)):
        raise TypeError(f"randperm(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    kind = dtype or dtypes.int64
    return _tensor(distributions.randperm(_whole(n), kind.name, generator), "randperm", kind, requires_grad)


def _whole(value: Any) -> int:
    return int(value.item()) if isinstance(value, Tensor) else value


FUNCTIONS.update(randint=randint, randint_like=randint_like, randperm=randperm)


def normal(
    mean: Any,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Draw normal numbers: around tensors of means, with tensors of spreads, or of one kind in a `size`."""
    on_cpu(device)
    if isinstance(mean, Tensor) or isinstance(std, Tensor):
        if not isinstance(std, Tensor):
            return around_means(mean, float(std), generator=generator)
        if not isinstance(mean, Tensor):
            return with_spreads(float(mean), std, generator=generator)
        return around_both(mean, std, generator=generator)
    if size is None:
        raise TypeError("normal() of numbers must be given a size: normal(mean, std, size)")
    named = dtype or dtypes.default()
    array = distributions.normal(_sizes("normal", (size,), 3), float(mean), float(std), named.name, generator)
    return _tensor(array, "normal", named, requires_grad)


FUNCTIONS["normal"] = normal


def dropout_mask(input: Tensor, keep: float) -> Tensor:
    """Draw what dropout multiplies by: 1 / keep with probability `keep`, else zero.

    >>> manual_seed(0) and dropout_mask(rand(4), 0.5)
    tensor([2., 0., 0., 0.])
    """
    if not keep:
        return zeros((), dtype=input.dtype)  # PyTorch draws nothing where nothing can be kept
    kind = input.dtype.name
    array = distributions.in_memory_order(
        np.empty_like(input.array), lambda shape, _: distributions.bernoulli(keep, shape, kind) / keep
    )
    return made(array.astype(input.array.dtype, copy=False), "empty_like")


for _name in (
    "manual_seed",
    "seed",
    "initial_seed",
    "get_rng_state",
    "set_rng_state",
    "Generator",
    "default_generator",
):
    FUNCTIONS[_name] = globals()[_name]

__all__ = [
    "Generator",
    "bernoulli",
    "default_generator",
    "dropout_mask",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "multinomial",
    "normal",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "seed",
    "set_rng_state",
]
