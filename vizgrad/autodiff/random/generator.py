"""The source of random numbers: PyTorch's CPU generator and its state."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np

from . import box_muller

# What a PyTorch process starts from when nobody sets a seed.
_FIRST_SEED = 67280421310721
_WORDS = 624
_STATE = np.dtype(
    [
        ("seed", "u8"),
        ("left", "i4"),
        ("seeded", "i4"),
        ("next", "u8"),
        ("words", "u8", _WORDS),
        ("unused", "f8"),
        ("spare", "f8"),
        ("unused_rho", "f8"),
        ("has_spare", "i8"),
        ("float_spare", "i8"),
    ]
)


class Generator:
    """A Mersenne Twister with PyTorch's seeding and with its rules for making numbers of several kinds.

    >>> Generator().manual_seed(0).words(2)
    array([2357136044, 2546248239], dtype=uint64)
    """

    def __init__(self, device: str = "cpu") -> None:
        """Start from PyTorch's first seed; the only device is `cpu`."""
        if str(device) != "cpu":
            raise RuntimeError(f"Device type {device} is not supported: this generator makes numbers on the cpu.")
        self._twister = np.random.MT19937()
        self._spare_normal: float | None = None
        self._fresh = True
        self.manual_seed(_FIRST_SEED)

    def manual_seed(self, seed: int) -> Generator:
        """Start the sequence that belongs to `seed`, of which the lower 32 bits count; return the generator."""
        seed = int(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError("Overflow when unpacking long long")
        self._seed = seed % 2**64
        self._twister._legacy_seeding(self._seed % 2**32)
        self._spare_normal = None
        self._fresh = True
        return self

    def initial_seed(self) -> int:
        """Return the seed that the sequence was started from."""
        return self._seed

    def seed(self) -> int:
        """Start from a seed that nobody can foresee, and return it."""
        return self.manual_seed(secrets.randbits(64)).initial_seed()

    def words(self, count: int) -> np.ndarray:
        """Draw `count` integers of 32 bits, held in uint64."""
        self._fresh = self._fresh and count == 0
        words: np.ndarray = self._twister.random_raw(count)
        return words

    def long_words(self, count: int) -> np.ndarray:
        """Draw `count` integers of 64 bits, each from two words, the higher one first."""
        words = self.words(2 * count)
        return (words[0::2] << np.uint64(32)) | words[1::2]

    def uniform(self, count: int, dtype: np.dtype) -> np.ndarray:
        """Draw `count` numbers in [0, 1): on 53 bits for float64, on 24 in float32 for every other dtype."""
        if dtype == np.float64:
            whole = (self.long_words(count) & np.uint64(2**53 - 1)).astype(np.float64)
            return np.multiply(whole, 2.0**-53)
        whole = (self.words(count) & np.uint64(2**24 - 1)).astype(np.float32)
        return np.multiply(whole, np.float32(2.0**-24))

    def normal(self) -> float:
        """Draw one normal number; they are made in pairs, and the second one is kept for the next call."""
        if self._spare_normal is not None:
            sample, self._spare_normal = self._spare_normal, None
            return sample
        first, second = self.uniform(2, np.dtype(np.float64)).tolist()
        sample, self._spare_normal = box_muller.pair(first, second)
        return sample

    def get_state(self) -> np.ndarray:
        """Return the state as 5056 bytes, laid out as PyTorch lays it out."""
        inner: Any = self._twister.state["state"]
        state = np.zeros((), _STATE)
        state["seed"], state["seeded"], state["words"] = self._seed, 1, inner["key"]
        state["left"], state["next"] = _WORDS + 1 - inner["pos"], 0 if self._fresh else inner["pos"]
        if self._spare_normal is not None:
            state["spare"], state["has_spare"] = self._spare_normal, 1
        return np.frombuffer(state.tobytes(), np.uint8).copy()

    def set_state(self, state: np.ndarray) -> None:
        """Continue from a state that `get_state`, PyTorch's or ours, has returned."""
        state = np.asarray(state)
        if state.dtype != np.uint8:
            raise TypeError("RNG state must be a torch.ByteTensor")
        if state.size != _STATE.itemsize:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {_STATE.itemsize} but found the input RNG state size to be "
                f"{state.size}"
            )
        parts = np.frombuffer(state.tobytes(), _STATE)[0]
        self._seed, self._fresh = int(parts["seed"]), int(parts["next"]) == 0
        position = _WORDS + 1 - int(parts["left"])
        self._twister.state = {
            "bit_generator": "MT19937",
            "state": {"key": parts["words"].astype(np.uint32), "pos": position},
        }
        self._spare_normal = float(parts["spare"]) if parts["has_spare"] else None
