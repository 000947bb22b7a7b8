"""`torch.utils.data` of both engines: samples in batches, in the order that PyTorch takes them for the same seed."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..limits.literals import is_sequence, taken
from . import datasets, samplers
from .datasets import Dataset, IterableDataset, Subset, TensorDataset
from .samplers import BatchSampler, Chance, RandomSampler, Sampler, SequentialSampler, ticking

READABLE: Mapping[type, frozenset[str]] = {
    TensorDataset: frozenset({"tensors"}),
    Subset: frozenset({"dataset", "indices"}),
    datasets.ConcatDataset: frozenset({"datasets", "cumulative_sizes"}),
    datasets.ChainDataset: frozenset({"datasets"}),
    RandomSampler: frozenset({"num_samples", "replacement", "data_source", "generator"}),
    SequentialSampler: frozenset({"data_source"}),
    samplers.SubsetRandomSampler: frozenset({"indices", "generator"}),
    samplers.WeightedRandomSampler: frozenset({"weights", "num_samples", "replacement", "generator"}),
    BatchSampler: frozenset({"sampler", "batch_size", "drop_last"}),
}
"""What programs may read of these classes; a DataLoader's is in its class."""


class DataLoader:
    """Iterates over a dataset in batches.

    Everything happens in this process: `num_workers` and what belongs to it are taken and change nothing. Raises
    PyTorch's own ValueErrors for arguments that exclude each other.
    """

    chance: Chance
    samplers: Mapping[str, type]
    collated: Callable[[Any], Any]
    converted: Callable[[Any], Any]
    READABLE = frozenset("dataset batch_size num_workers drop_last sampler batch_sampler generator collate_fn".split())

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Any = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        self._is_iterable = isinstance(dataset, IterableDataset)
        if self._is_iterable:
            for name, value in {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}.items():
                if value is not None:
                    raise ValueError(
                        f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            if self._is_iterable:
                sampler = Endless()
            elif shuffle:
                sampler = self.samplers["RandomSampler"](dataset, generator=generator)
            else:
                sampler = self.samplers["SequentialSampler"](dataset)
        if batch_size is not None:
            batch_sampler = self.samplers["BatchSampler"](sampler, batch_size, drop_last)
        self.dataset, self.num_workers, self.generator = dataset, num_workers, generator
        self.batch_size, self.drop_last, self.sampler, self.batch_sampler = (
            batch_size,
            drop_last,
            sampler,
            batch_sampler,
        )
        self._is_default = collate_fn is None
        self.collate_fn = collate_fn or (self.converted if batch_sampler is None else self.collated)

    def __iter__(self) -> Iterator[Any]:
        self.chance.seed(self.generator)  # what PyTorch would give its workers
        return self._samples_in_their_order() if self._is_iterable else self._samples_by_place()

    def _samples_by_place(self) -> Iterator[Any]:
        if self.batch_sampler is None:
            for place in ticking(self.sampler):
                yield self.collate_fn(self.dataset[place])
            return
        for places in ticking(self.batch_sampler):
            rows = self._rows(places) if self._is_default else None
            yield rows if rows is not None else self.collate_fn(self._fetched(self.dataset, places))

    def _fetched(self, dataset: Any, places: Any) -> list[Any]:
        if type(dataset) is Subset:
            return self._fetched(dataset.dataset, [dataset.indices[place] for place in ticking(places)])
        return [dataset[place] for place in ticking(places)]

    def _rows(self, places: Any) -> list[Any] | None:
        """A batch of plain rows of tensors, picked at once: one operation that a reader sees, not one a row."""
        dataset = self.dataset
        while type(dataset) is Subset:
            places = [dataset.indices[place] for place in ticking(places)]
            dataset = dataset.dataset
        if type(dataset) is not TensorDataset or any(tensor.requires_grad for tensor in dataset.tensors):
            return None
        if not places or not all(type(place) is int for place in places):
            return None
        return [tensor[list(places)] for tensor in dataset.tensors]

    def _samples_in_their_order(self) -> Iterator[Any]:
        samples = ticking(self.dataset)
        if self.batch_size is None:
            for sample in samples:
                yield self.collate_fn(sample)
            return
        while batch := list(itertools.islice(samples, self.batch_size)):
            if len(batch) < self.batch_size and self.drop_last:
                return
            yield self.collate_fn(batch)

    def __len__(self) -> int:
        if not self._is_iterable:
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)
        length = len(self.dataset)
        if self.batch_size is None:
            return length
        return length // self.batch_size if self.drop_last else -(-length // self.batch_size)


class Endless(Sampler):
    """The sampler of a dataset that has its own order."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)


def _check_workers(number: int, timeout: float, prefetch: int | None, persistent: bool) -> None:
    if number < 0:
        raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if number == 0 and prefetch is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing."
            "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None."
        )
    if prefetch is not None and prefetch < 0:
        raise ValueError("prefetch_factor option should be non-negative")
    if persistent and number == 0:
        raise ValueError("persistent_workers option needs num_workers > 0")


# -- batches


def collated(torch: Any, batch: Any) -> Any:
    """`default_collate`: the samples of a batch as tensors, in the structure that each of them has."""
    first = batch[0]
    if isinstance(first, torch.Tensor):
        return torch.stack(list(batch), 0)
    if isinstance(first, np.ndarray):
        return torch.stack([torch.from_numpy(array) for array in batch], 0)
    if isinstance(first, float):
        return torch.tensor(taken(batch), dtype=torch.float64)
    if isinstance(first, np.generic):
        return torch.as_tensor(taken(batch))
    if isinstance(first, int):
        return torch.tensor(taken(batch))
    if isinstance(first, str | bytes):
        return batch
    if isinstance(first, dict):
        return _filled(first, {key: collated(torch, [sample[key] for sample in batch]) for key in first})
    if not isinstance(first, list | tuple | range):
        raise TypeError(
            f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {type(first)}"
        )
    if any(len(sample) != len(first) for sample in batch):
        raise RuntimeError("each element in list of batch should be of equal size")
    parts = [collated(torch, samples) for samples in zip(*batch, strict=True)]
    return type(first)(*parts) if hasattr(first, "_fields") else parts


def converted(torch: Any, sample: Any) -> Any:
    """`default_convert`: a sample with tensors for its arrays."""
    if isinstance(sample, np.ndarray | np.generic):
        return torch.as_tensor(sample)
    if isinstance(sample, dict):
        return _filled(sample, {key: converted(torch, value) for key, value in sample.items()})
    if isinstance(sample, list | tuple):
        parts = [converted(torch, part) for part in sample]
        return type(sample)(*parts) if hasattr(sample, "_fields") else parts
    return sample


def _filled(like: dict[Any, Any], values: dict[Any, Any]) -> dict[Any, Any]:
    """A dict of the kind of another, with these values."""
    made = copy.copy(like)
    made.update(values)
    return made


# -- the module


def offered(torch: Any, chance: Chance) -> dict[str, Any]:
    """What `torch.utils.data` gives, with an engine's tensors and random numbers."""

    def own(kind: type, **more: Any) -> type:
        return type(kind.__name__, (kind,), {"chance": chance, "__doc__": kind.__doc__, **more})

    def weights(values: Any) -> Any:
        return torch.as_tensor(taken(values) if is_sequence(values) else values, dtype=torch.float64)

    def random_split(dataset: Any, lengths: Any, generator: Any = None) -> list[Subset]:
        return datasets.split(dataset, lengths, generator, chance)

    def default_collate(batch: Any) -> Any:
        return collated(torch, batch)

    def default_convert(data: Any) -> Any:
        return converted(torch, data)

    takers = {
        kind.__name__: own(kind)
        for kind in (Sampler, SequentialSampler, RandomSampler, samplers.SubsetRandomSampler, BatchSampler)
    }
    takers["WeightedRandomSampler"] = own(samplers.WeightedRandomSampler, as_weights=staticmethod(weights))
    givers = (Dataset, IterableDataset, TensorDataset, Subset, datasets.ConcatDataset, datasets.ChainDataset)
    return {
        **takers,
        **{kind.__name__: kind for kind in givers},
        "DataLoader": own(
            DataLoader, samplers=takers, collated=staticmethod(default_collate), converted=staticmethod(default_convert)
        ),
        "random_split": random_split,
        "default_collate": default_collate,
        "default_convert": default_convert,
    }


def readable(module: Mapping[str, Any]) -> dict[type, frozenset[str]]:
    """What programs may read of the objects of the module."""
    return {**READABLE, module["DataLoader"]: DataLoader.READABLE}


def derivable(module: Mapping[str, Any]) -> tuple[type, ...]:
    """The classes of the module that a program's own may derive from."""
    return tuple(module[name] for name in ("Dataset", "IterableDataset", "TensorDataset", "Sampler"))
