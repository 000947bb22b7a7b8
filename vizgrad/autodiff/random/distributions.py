"""Arrays of random numbers, by distribution: one seed gives the very numbers that PyTorch draws."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence

import numpy as np

from . import box_muller
from .generator import Generator

_TYPE_NAMES = {
    "bool": "Bool",
    "uint8": "Byte",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "float16": "Half",
    "float32": "Float",
    "float64": "Double",
    "complex64": "ComplexFloat",
    "complex128": "ComplexDouble",
}
_C_NAMES = {
    "bool": "bool",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short",
    "int32": "int",
    "int64": "long",
}


default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """Start the default generator from `seed` and return it.

    >>> manual_seed(1).initial_seed()
    1
    """
    return default_generator.manual_seed(seed)


def uniform(
    shape: Sequence[int],
    low: float = 0.0,
    high: float = 1.0,
    dtype: str = "float32",
    generator: Generator | None = None,
) -> np.ndarray:
    """Draw numbers in [low, high), as `rand` and `uniform_` do.

    >>> manual_seed(0) and uniform((2,), -1, 1)
    array([-0.00748682,  0.5364436 ], dtype=float32)
    """
    kind = _kind(dtype)
    if kind.kind == "c":
        return _joined(uniform((*shape, 2), low, high, _part(kind).name, generator), kind)
    if kind.kind != "f":
        raise NotImplementedError(f'"check_uniform_bounds" not implemented for {_TYPE_NAMES[kind.name]!r}')
    limit = float(np.finfo(kind).max)
    for name, value in (("from", low), ("to", high)):
        if not -limit <= value <= limit:
            raise RuntimeError(f"{name} is out of bounds for {_float_name(kind)}")
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")
    if high - low > limit:
        raise RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{_TYPE_NAMES[kind.name]}>::max(), but found to={high:g} "
            f"and from={low:g} which result in to-from to exceed the limit"
        )
    drawn = (generator or default_generator).uniform(math.prod(shape), kind)
    start, end = drawn.dtype.type(low), drawn.dtype.type(high)
    if start != 0 or end != 1:
        drawn = box_muller.fused(drawn, end - start, start)
    numbers = drawn.astype(kind, copy=False)
    # The upper end is left out; a number that only rounding brought there starts again from below.
    return np.where(numbers == kind.type(high), kind.type(low), numbers).reshape(shape)


def rand(shape: Sequence[int], dtype: str = "float32", generator: Generator | None = None) -> np.ndarray:
    """Draw numbers in [0, 1).

    >>> manual_seed(0) and rand((2,))
    array([0.4962566, 0.7682218], dtype=float32)
    """
    return uniform(shape, 0.0, 1.0, dtype, generator)


def normal(
    shape: Sequence[int],
    mean: float = 0.0,
    std: float = 1.0,
    dtype: str = "float32",
    generator: Generator | None = None,
    one_by_one: bool = False,
) -> np.ndarray:
    """Draw normal numbers, as `randn` and `normal_` do; PyTorch goes `one_by_one` where memory has gaps.

    >>> manual_seed(0) and normal((2,))
    array([ 1.5409961, -0.2934289], dtype=float32)
    """
    kind = _kind(dtype)
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    if kind.kind == "c":
        # Half the variance goes to each part.
        return _joined(normal((*shape, 2), mean, std / math.sqrt(2), _part(kind).name, generator, one_by_one), kind)
    if kind.kind != "f":
        raise NotImplementedError(f'"normal_kernel_cpu" not implemented for {_TYPE_NAMES[kind.name]!r}')
    source = generator or default_generator
    count = math.prod(shape)
    if count < box_muller.BLOCK or one_by_one:
        doubles = np.array([source.normal() for _ in range(count)], np.float64)
        return box_muller.fused(doubles, std, mean).astype(kind).reshape(shape)
    whole = count - count % box_muller.BLOCK
    # The kernel for 16 bits leaves out the numbers that will be drawn again below; the others throw them away.
    drawn = source.uniform(whole if dtype in ("float16", "bfloat16") else count, kind)
    numbers = np.empty(count, kind)
    numbers[:whole] = box_muller.blocks(drawn[:whole], mean, std)
    if whole < count:
        # The last sixteen are drawn once more, rather than an incomplete block.
        numbers[-box_muller.BLOCK :] = box_muller.blocks(source.uniform(box_muller.BLOCK, kind), mean, std)
    return numbers.reshape(shape)


def randn(shape: Sequence[int], dtype: str = "float32", generator: Generator | None = None) -> np.ndarray:
    """Draw numbers of the standard normal distribution.

    >>> manual_seed(0) and randn((2,))
    array([ 1.5409961, -0.2934289], dtype=float32)
    """
    return normal(shape, 0.0, 1.0, dtype, generator)


def randint(
    low: int, high: int, shape: Sequence[int], dtype: str = "int64", generator: Generator | None = None
) -> np.ndarray:
    """Draw whole numbers from `low` up to, but without, `high`.

    >>> manual_seed(0) and randint(0, 10, (5,))
    array([4, 9, 3, 0, 3])
    """
    kind = _kind(dtype)
    low, high = operator.index(low), operator.index(high)
    if not (-(2**63) <= low < 2**63 and -(2**63) <= high < 2**63):
        raise ValueError("Overflow when unpacking long long")
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    if kind.kind == "c":
        raise RuntimeError("check_random_bounds handles only integral, floating-point and boolean types")
    if kind.kind != "f":
        smallest, largest = (0, 1) if kind.kind == "b" else (np.iinfo(kind).min, np.iinfo(kind).max)
        for name, value in (("from", low), ("to - 1", high - 1)):
            if not smallest <= value <= largest:
                raise RuntimeError(f"{name} is out of bounds for {_C_NAMES[kind.name]}")
    source, count = generator or default_generator, math.prod(shape)
    span = high - low
    # From this span on PyTorch takes 64 bits, so that the remainder stays nearly uniform.
    words = source.long_words(count) if span >= 2**28 else source.words(count)
    return ((words % np.uint64(span)).astype(np.int64) + np.int64(low)).astype(kind).reshape(shape)


def integers(shape: Sequence[int], dtype: str = "int64", generator: Generator | None = None) -> np.ndarray:
    """Draw whole numbers from all that the dtype holds without gaps, from zero up: `random_()` without bounds.

    >>> manual_seed(0) and integers((3,), "uint8")
    array([172,  47, 117], dtype=uint8)
    """
    kind = _kind(dtype)
    source, count = generator or default_generator, math.prod(shape)
    if kind.kind == "c":
        raise NotImplementedError(f'"random_kernel_cpu" not implemented for {_TYPE_NAMES[kind.name]!r}')
    if kind.kind == "b":
        span = 2
    elif kind.kind == "f":
        span = 2 ** (np.finfo(kind).nmant + 1) + 1
    else:
        span = int(np.iinfo(kind).max) + 1
    words = source.long_words(count) if kind.itemsize == 8 else source.words(count)
    return (words % np.uint64(span)).astype(kind).reshape(shape)


def randperm(n: int, dtype: str = "int64", generator: Generator | None = None) -> np.ndarray:
    """Draw an order of the numbers from 0 up to, but without, `n`.

    >>> manual_seed(0) and randperm(5)
    array([4, 0, 1, 3, 2])
    """
    n = operator.index(n)
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    order = list(range(n))
    source = generator or default_generator
    words = source.words(max(n - 1, 0)).tolist()
    for place, word in enumerate(words):
        other = place + word % (n - place)
        order[place], order[other] = order[other], order[place]
    return np.array(order, dtype)


def bernoulli(
    p: float | np.ndarray, shape: Sequence[int], dtype: str = "float32", generator: Generator | None = None
) -> np.ndarray:
    """Draw ones with probability `p` and zeros otherwise; an array of probabilities is broadcast to `shape`.

    As in PyTorch a number, or an array of float64, is compared with draws on 53 bits, other arrays with 24 bits.

    >>> manual_seed(0) and bernoulli(0.5, (4,))
    array([0., 0., 1., 0.], dtype=float32)
    """
    source, count = generator or default_generator, math.prod(shape)
    if isinstance(p, np.ndarray):
        if p.dtype.kind != "f":
            raise NotImplementedError(f'"bernoulli_tensor_cpu_p_" not implemented for {_TYPE_NAMES[p.dtype.name]!r}')
        if not ((p >= 0) & (p <= 1)).all():
            raise RuntimeError(
                "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  "
                "If so, please report an enhancement request to PyTorch.)"
            )
        return (source.uniform(count, p.dtype).reshape(shape) < p).astype(dtype)
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    return (source.uniform(count, np.dtype(np.float64)) < p).astype(dtype).reshape(shape)


def exponential(
    shape: Sequence[int], rate: float = 1.0, dtype: str = "float32", generator: Generator | None = None
) -> np.ndarray:
    """Draw waiting times whose mean is 1 / rate, as `exponential_` does.

    >>> manual_seed(0) and exponential((2,)).round(4)
    array([3.5083, 1.2304], dtype=float32)
    """
    kind = _kind(dtype)
    if kind.kind != "f":
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. dtype must be a floating point but "
            f"you specified {_TYPE_NAMES[kind.name]}"
        )
    if not rate > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={rate:g}")
    drawn = (generator or default_generator).uniform(math.prod(shape), np.dtype(np.float64))
    waits = [-1.0 / rate * math.log1p(-value) for value in drawn.tolist()]
    return np.array(waits, np.float64).astype(kind).reshape(shape)


def multinomial(
    weights: np.ndarray, num_samples: int, replacement: bool = False, generator: Generator | None = None
) -> np.ndarray:
    """Draw indices with probabilities proportional to `weights`, from one row of them or from each of several.

    >>> manual_seed(1) and multinomial(np.array([0.0, 1.0, 3.0], np.float32), 5, replacement=True)
    array([1, 1, 1, 1, 2])
    """
    _check_weights(weights, num_samples, replacement)
    if not replacement or num_samples == 1:
        waits = exponential(weights.shape, 1.0, weights.dtype.name, generator)
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = weights / waits
        return np.argsort(-scores, axis=-1, kind="stable")[..., :num_samples]
    rows = weights.reshape(-1, weights.shape[-1])
    cumulated = np.cumsum(rows, axis=1, dtype=rows.dtype)
    cumulated /= cumulated[:, -1:]
    draws = (generator or default_generator).uniform(len(rows) * num_samples, np.dtype(np.float64))
    draws = draws.reshape(len(rows), num_samples)
    found = [np.searchsorted(row, draw) for row, draw in zip(cumulated, draws, strict=True)]
    return np.array(found, np.int64).reshape(*weights.shape[:-1], num_samples)


def in_memory_order(array: np.ndarray, draw: Callable[[tuple[int, ...], bool], np.ndarray]) -> np.ndarray:
    """Draw for an array in the order of its memory, as PyTorch fills it; the flag says that it has gaps or turns."""
    if array.flags.c_contiguous:
        return draw(array.shape, False)
    order = sorted(range(array.ndim), key=lambda i: -array.strides[i])
    drawn = draw(tuple(array.shape[i] for i in order), True)
    return drawn.transpose(sorted(range(array.ndim), key=order.__getitem__))


def _check_weights(weights: np.ndarray, num_samples: int, replacement: bool) -> None:
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if weights.dtype.kind != "f":
        name = _TYPE_NAMES[weights.dtype.name]
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {name}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if not replacement or num_samples == 1:
        if not ((weights < np.inf) & (weights >= 0)).all():
            raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    elif not (weights >= 0).all():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry < 0)")
    elif not np.isfinite(weights).all():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)")
    if not (weights.sum(axis=-1) > 0).all():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")


def _kind(dtype: str) -> np.dtype:
    """Give the type numbers are kept in: NumPy has no bfloat16, so whoever wants it rounds what comes."""
    return np.dtype("float32" if dtype == "bfloat16" else dtype)


def _part(kind: np.dtype) -> np.dtype:
    return np.dtype(np.float32 if kind == np.complex64 else np.float64)


def _joined(parts: np.ndarray, kind: np.dtype) -> np.ndarray:
    return parts.view(kind)[..., 0]


def _float_name(kind: np.dtype) -> str:
    return {"float16": "at::Half", "float32": "float", "float64": "double"}[kind.name]
