"""Operations that draw: methods that fill a tensor, and draws around the numbers of tensors.

What is drawn does not depend on the tensor it replaces, nor smoothly on what it is drawn from: every gradient is zero.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.inplace import InPlace
from ..core.op import function, op
from ..core.tensor import Tensor, wrap
from ..ops.common import zeros_like
from . import distributions
from .generator import Generator


def _kind(array: np.ndarray) -> str:
    return dtypes.of(array).name


def _uniform(self: Any, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> np.ndarray:
    return distributions.in_memory_order(
        self, lambda shape, _: distributions.uniform(shape, from_, to, _kind(self), generator)
    )


def _normal(self: Any, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> np.ndarray:
    return distributions.in_memory_order(
        self, lambda shape, gaps: distributions.normal(shape, mean, std, _kind(self), generator, gaps)
    )


def _exponential(self: Any, lambd: float = 1.0, *, generator: Generator | None = None) -> np.ndarray:
    return distributions.in_memory_order(
        self, lambda shape, _: distributions.exponential(shape, lambd, _kind(self), generator)
    )


def _bernoulli(self: Any, p: Any = 0.5, *, generator: Generator | None = None) -> np.ndarray:
    return distributions.in_memory_order(
        self, lambda shape, _: distributions.bernoulli(p, shape, _kind(self), generator)
    )


def _bernoulli_each(self: Any, p: Any, *, generator: Generator | None = None) -> np.ndarray:
    return distributions.bernoulli(p, self.shape, _kind(self), generator)


def _integers(self: Any, *, generator: Generator | None = None) -> np.ndarray:
    return distributions.in_memory_order(self, lambda shape, _: distributions.integers(shape, _kind(self), generator))


def _integers_between(self: Any, from_: int, to: int, *, generator: Generator | None = None) -> np.ndarray:
    return distributions.in_memory_order(
        self, lambda shape, _: distributions.randint(from_, to, shape, _kind(self), generator)
    )


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
    lambda self, *, generator=None: distributions.bernoulli(self, self.shape, _kind(self), generator),
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
    lambda self, num_samples, replacement=False, *, generator=None: distributions.multinomial(
        self, num_samples, replacement, generator
    ),
    inputs="self",
    promotes="same",
)


def _around(mean: Any, std: float = 1.0, *, generator: Generator | None = None) -> np.ndarray:
    return distributions.normal(mean.shape, 0.0, std, _kind(mean), generator) + mean


def _spread(mean: Any, std: Any, *, generator: Generator | None = None) -> np.ndarray:
    if (std < 0).any():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    shape = np.broadcast_shapes(np.shape(mean), std.shape)
    return distributions.randn(shape, _kind(std), generator) * std + std.dtype.type(mean)


around_means = op("normal.Tensor_float", _around, overload=1, public=False, promotes="same", mean=_zero)
with_spreads = op("normal.float_Tensor", _spread, overload=2, public=False, promotes="same", std=_zero)
around_both = op("normal.Tensor_Tensor", _spread, overload=3, public=False, mean=_zero, std=_zero)
