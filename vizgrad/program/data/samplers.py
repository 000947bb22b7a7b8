"""`torch.utils.data` of both engines: the order in which samples are taken."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from ..limits.budget import current


class Chance(Protocol):
    """An engine's random numbers, drawn without a record: what a loader draws is no operation of the program's.

    A generator is the engine's `torch.Generator`; None is the default one.
    """

    def seed(self, generator: Any) -> int:
        """A new seed."""
        ...

    def seeded(self, seed: int) -> Any:
        """A new generator."""
        ...

    def permutation(self, n: int, generator: Any) -> list[int]:
        """An order of the numbers below `n`."""
        ...

    def below(self, n: int, count: int, generator: Any) -> list[int]:
        """`count` numbers below `n`."""
        ...

    def weighed(self, weights: Any, count: int, replacement: bool, generator: Any) -> list[int]:
        """`count` places in a tensor of weights, each as often as its weight says."""
        ...


def counted(n: int) -> int:
    """The same number, charged as items that are about to be made."""
    if (budget := current.get()) is not None:
        budget.items(n)
    return n


class Sampler:
    """What gives the places of samples; a program's own defines `__iter__`."""

    chance: Chance

    def __init__(self, data_source: Any = None) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError


class SequentialSampler(Sampler):
    """One after the other."""

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """In random order, a new one each time."""

    def __init__(
        self, data_source: Any, replacement: bool = False, num_samples: int | None = None, generator: Any = None
    ) -> None:
        self.data_source, self.replacement, self.generator = data_source, replacement, generator
        self._count = num_samples
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got replacement={replacement}")
        if not isinstance(self.num_samples, int) or self.num_samples <= 0:
            raise ValueError(f"num_samples should be a positive integer value, but got num_samples={self.num_samples}")

    @property
    def num_samples(self) -> int:
        """How many are drawn."""
        return len(self.data_source) if self._count is None else self._count

    def __iter__(self) -> Iterator[int]:
        n, count = counted(len(self.data_source)), counted(self.num_samples)
        source = self.chance.seeded(self.chance.seed(None)) if self.generator is None else self.generator
        if self.replacement:
            for part in (*[32] * (count // 32), count % 32):
                yield from self.chance.below(n, part, source)
        else:
            for _ in range(count // n):
                yield from self.chance.permutation(n, source)
            yield from self.chance.permutation(n, source)[: count % n]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler):
    """Some places, in random order."""

    def __init__(self, indices: Sequence[int], generator: Any = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for i in self.chance.permutation(counted(len(self.indices)), self.generator):
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler):
    """Each place as often as its weight says."""

    as_weights: Any  # makes a tensor of float64

    def __init__(self, weights: Any, num_samples: int, replacement: bool = True, generator: Any = None) -> None:
        if not isinstance(num_samples, int) or isinstance(num_samples, bool) or num_samples <= 0:
            raise ValueError(f"num_samples should be a positive integer value, but got num_samples={num_samples}")
        if not isinstance(replacement, bool):
            raise ValueError(f"replacement should be a boolean value, but got replacement={replacement}")
        self.weights = self.as_weights(weights)
        if len(self.weights.shape) != 1:
            raise ValueError(
                f"weights should be a 1d sequence but given weights have shape {tuple(self.weights.shape)}"
            )
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self) -> Iterator[int]:
        count = counted(self.num_samples)
        return iter(self.chance.weighed(self.weights, count, self.replacement, self.generator))

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler):
    """The places that another sampler gives, several at a time."""

    def __init__(self, sampler: Any, batch_size: int, drop_last: bool) -> None:
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        places = ticking(self.sampler)
        while batch := list(itertools.islice(places, self.batch_size)):
            if len(batch) < self.batch_size and self.drop_last:
                return
            yield batch

    def __len__(self) -> int:
        whole = len(self.sampler) / self.batch_size
        return math.floor(whole) if self.drop_last else math.ceil(whole)


def ticking(values: Any) -> Iterator[Any]:
    """The values one by one, each counted: there may be no end of them."""
    budget = current.get()
    for value in values:
        if budget is not None:
            budget.tick()
        yield value
