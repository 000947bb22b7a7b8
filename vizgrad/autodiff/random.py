"""Random tensors and the seed: `torch.rand` and its kin, and the methods that fill a tensor."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from . import draws, dtypes
from .creation import made, zeros
from .draws import default_generator, manual_seed
from .generator import Generator
from .inplace import InPlace
from .op import FUNCTIONS, function, op
from .ops.elementwise import zeros_like
from .ops.shape import flatten_sizes
from .tensor import Size, Tensor, wrap


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
    from .ops.shape import _cast

    return made(_cast(array, kind) if kind is dtypes.bfloat16 else array, name, requires_grad)


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
        if not isinstance(input, Tensor):
            raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
        kind = dtype or input.dtype
        array = _in_memory_order(
            np.empty_like(input.array), lambda shape, turned: draw(shape, kind.name, generator, turned)
        )
        return _tensor(array, name, kind, requires_grad)

    factory.__name__ = factory.__qualname__ = name
    factory.__doc__ = doc
    FUNCTIONS[name] = factory
    return factory


rand = _factory("rand", draws.rand, "Draw a tensor of numbers in [0, 1).")
randn = _factory("randn", draws.randn, "Draw a tensor of standard normal numbers.")
rand_like = _like(
    "rand_like", lambda s, d, g, _: draws.rand(s, d, g), "Draw numbers in [0, 1) in the shape and dtype of a tensor."
)
randn_like = _like(
    "randn_like",
    lambda s, d, g, turned: draws.normal(s, 0.0, 1.0, d, g, turned),
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
    array = draws.randint(_whole(low), _whole(high), _sizes("randint", (size,)), kind.name, generator)
    return _tensor(array, "randint", kind, requires_grad)


def randint_like(input: Tensor, *bounds: int, dtype: dtypes.dtype | None = None, **_: Any) -> Tensor:
    """Draw whole numbers in the shape and dtype of a tensor; called as (input, high) or (input, low, high)."""
    low, high = (0, *bounds) if len(bounds) == 1 else bounds
    kind = dtype or input.dtype
    array = _in_memory_order(input.array, lambda shape, _: draws.randint(_whole(low), _whole(high), shape, kind.name))
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
    if isinstance(n, bool) or not isinstance(n, (int, np.integer, Tensor)):
        raise TypeError(f"randperm(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    kind = dtype or dtypes.int64
    return _tensor(draws.randperm(_whole(n), kind.name, generator), "randperm", kind, requires_grad)


def _whole(value: Any) -> int:
    return int(value.item()) if isinstance(value, Tensor) else value


FUNCTIONS.update(randint=randint, randint_like=randint_like, randperm=randperm)


# -- operations: what they draw does not depend on the tensor, so every gradient is zero


def _in_memory_order(array: np.ndarray, draw: Callable[[tuple[int, ...], bool], np.ndarray]) -> np.ndarray:
    """Draw for an array in the order of its memory, as PyTorch fills it; the flag says that it has gaps or turns."""
    if array.flags.c_contiguous:
        return draw(array.shape, False)
    order = sorted(range(array.ndim), key=lambda i: -array.strides[i])
    drawn = draw(tuple(array.shape[i] for i in order), True)
    return drawn.transpose(sorted(range(array.ndim), key=order.__getitem__))


def _kind(array: np.ndarray) -> str:
    return dtypes.of(array).name


def _uniform(self: Any, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> np.ndarray:
    return _in_memory_order(self, lambda shape, _: draws.uniform(shape, from_, to, _kind(self), generator))


def _normal(self: Any, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> np.ndarray:
    return _in_memory_order(self, lambda shape, gaps: draws.normal(shape, mean, std, _kind(self), generator, gaps))


def _exponential(self: Any, lambd: float = 1.0, *, generator: Generator | None = None) -> np.ndarray:
    return _in_memory_order(self, lambda shape, _: draws.exponential(shape, lambd, _kind(self), generator))


def _bernoulli(self: Any, p: Any = 0.5, *, generator: Generator | None = None) -> np.ndarray:
    return _in_memory_order(self, lambda shape, _: draws.bernoulli(p, shape, _kind(self), generator))


def _bernoulli_each(self: Any, p: Any, *, generator: Generator | None = None) -> np.ndarray:
    return draws.bernoulli(p, self.shape, _kind(self), generator)


def _integers(self: Any, *, generator: Generator | None = None) -> np.ndarray:
    return _in_memory_order(self, lambda shape, _: draws.integers(shape, _kind(self), generator))


def _integers_between(self: Any, from_: int, to: int, *, generator: Generator | None = None) -> np.ndarray:
    return _in_memory_order(self, lambda shape, _: draws.randint(from_, to, shape, _kind(self), generator))


def _zero(grad: Any) -> Any:
    return zeros_like(grad)


class _WithFloats(InPlace):
    """An in-place operation whose numbers are floats, also where the program writes `normal_(0, 1)`."""

    def __call__(self, tensor: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        floats = [float(value) if type(value) is int else value for value in args]
        named = {name: float(value) if type(value) is int else value for name, value in kwargs.items()}
        return super().__call__(tensor, *floats, **named)


def _filling(
    name: str, draw: Callable[..., np.ndarray], overload: int = 0, kind: type[InPlace] = _WithFloats, **rules: Any
) -> InPlace:
    """Make the in-place operation that fills a tensor with what is drawn."""
    return kind(
        op(name, _named_as_in_torch(draw), overload=overload, public=False, promotes="same", self=_zero, **rules)
    )


def _named_as_in_torch(draw: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """Show a parameter `from_` under its name in PyTorch, which Python keeps for itself."""
    signature = inspect.signature(draw)
    if "from_" in signature.parameters:
        shown = [
            each
            if each.kind is each.KEYWORD_ONLY
            else each.replace(name=each.name.rstrip("_"), kind=each.POSITIONAL_ONLY)
            for each in signature.parameters.values()
        ]
        draw.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
    return draw


Tensor.uniform_ = _filling("uniform", _uniform)  # type: ignore[attr-defined]
Tensor.normal_ = _filling("normal", _normal)  # type: ignore[attr-defined]
Tensor.exponential_ = _filling("exponential", _exponential)  # type: ignore[attr-defined]
_with_one_chance = _filling("bernoulli.float", _bernoulli, 2)
_with_many_chances = _filling("bernoulli.Tensor", _bernoulli_each, 1, p=lambda grad, p: zeros_like(p))
_between = _filling("random.from", _integers_between, kind=InPlace)
_from_all = _filling("random", _integers, 2, InPlace)
_below = _filling(
    "random.to", lambda self, to, *, generator=None: _integers_between(self, 0, to, generator=generator), 1, InPlace
)


def _bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fill with ones, with probability `p`, and zeros; a tensor of probabilities gives each place its own."""
    return (_with_many_chances if isinstance(p, Tensor) else _with_one_chance)(self, p, generator=generator)


def _random_(self: Tensor, *bounds: int, generator: Generator | None = None) -> Tensor:
    """Fill with whole numbers; called with nothing, with the upper end, or with both ends."""
    return (_from_all, _below, _between)[len(bounds)](self, *bounds, generator=generator)


Tensor.bernoulli_, Tensor.random_ = _bernoulli_, _random_  # type: ignore[attr-defined]

_chances = op(
    "bernoulli",
    lambda self, *, generator=None: draws.bernoulli(self, self.shape, _kind(self), generator),
    public=False,
    promotes="same",
    self=_zero,
)


@function("bernoulli")
def bernoulli(self: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """Draw ones and zeros: with the probabilities the tensor holds or, if `p` is given, all with that one."""
    if p is None:
        return _chances(self, generator=generator)
    return wrap(_bernoulli(self.array, p, generator=generator))


multinomial = op(
    "multinomial",
    lambda self, num_samples, replacement=False, *, generator=None: draws.multinomial(
        self, num_samples, replacement, generator
    ),
    inputs="self",
    promotes="same",
)


def _around(mean: Any, std: float = 1.0, *, generator: Generator | None = None) -> np.ndarray:
    return draws.normal(mean.shape, 0.0, std, _kind(mean), generator) + mean


def _spread(mean: Any, std: Any, *, generator: Generator | None = None) -> np.ndarray:
    if (std < 0).any():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    shape = np.broadcast_shapes(np.shape(mean), std.shape)
    return draws.randn(shape, _kind(std), generator) * std + std.dtype.type(mean)


_around_means = op("normal.Tensor_float", _around, overload=1, public=False, promotes="same", mean=_zero)
_with_spreads = op("normal.float_Tensor", _spread, overload=2, public=False, promotes="same", std=_zero)
_around_both = op("normal.Tensor_Tensor", _spread, overload=3, public=False, mean=_zero, std=_zero)


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
    if isinstance(mean, Tensor) or isinstance(std, Tensor):
        if not isinstance(std, Tensor):
            return _around_means(mean, float(std), generator=generator)
        if not isinstance(mean, Tensor):
            return _with_spreads(float(mean), std, generator=generator)
        return _around_both(mean, std, generator=generator)
    if size is None:
        raise TypeError("normal() of numbers must be given a size: normal(mean, std, size)")
    named = dtype or dtypes.default()
    array = draws.normal(_sizes("normal", (size,), 3), float(mean), float(std), named.name, generator)
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
    array = _in_memory_order(np.empty_like(input.array), lambda shape, _: draws.bernoulli(keep, shape, kind) / keep)
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
