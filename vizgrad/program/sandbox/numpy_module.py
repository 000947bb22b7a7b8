"""NumPy as programs see it: arrays and functions of them, without its doors to files and memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..allowed import numpy as table
from ..limits.cost import product
from ..limits.literals import counted
from ..limits.numpy_cost import FACTORIES, measured
from . import numpy_calls
from .namespace import Namespace

READABLE: dict[type, frozenset[str]] = {
    np.ndarray: table.ARRAY,
    np.generic: table.ARRAY,
    numpy_calls.Ufunc: table.UFUNC,
    np.dtype: table.DTYPE,
    np.random.Generator: table.GENERATOR,
    type(np.linalg.eigh(np.eye(1))): frozenset({"eigenvalues", "eigenvectors"}),
    type(np.linalg.svd(np.eye(1))): frozenset({"U", "S", "Vh"}),
    type(np.linalg.qr(np.eye(1))): frozenset({"Q", "R"}),
    type(np.linalg.slogdet(np.eye(1))): frozenset({"sign", "logabsdet"}),
}


NDARRAY = np.ndarray


class _OfArrays(type):
    """Lets `isinstance(x, np.ndarray)` work without giving the class, which can be pointed at any memory."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, np.ndarray)

    def __repr__(cls) -> str:
        return "<class 'numpy.ndarray'>"

    def __call__(cls, *values: Any, **named: Any) -> Any:
        raise TypeError("make arrays with np.array(...), np.zeros(...) and the like")


class ndarray(metaclass=_OfArrays):
    """What programs get as `np.ndarray`."""


def _first(values: Any, named: Any) -> int:
    """`zeros(shape)`: a shape, or one length."""
    return product([named.get("shape", values[0] if values else ())])


def _tiled(values: Any, named: Any) -> int:
    """`tile(a, reps)`."""
    return np.size(values[0]) * product([values[1] if len(values) > 1 else named["reps"]])


def _repeated(values: Any, named: Any) -> int:
    """`repeat(a, n)`: at most the largest number of each element."""
    return np.size(values[0]) * int(np.max(values[1] if len(values) > 1 else named["repeats"]))


def _all_with_all(values: Any, named: Any) -> int:
    """`outer` and `kron`: every element with every other."""
    return np.size(values[0]) * np.size(values[1])


SIZES: Mapping[str, Callable[[Any, Any], int]] = {
    **dict.fromkeys("zeros ones empty full".split(), _first),
    **{name: FACTORIES[name] for name in ("eye", "arange", "linspace", "logspace")},
    "identity": lambda values, named: int(values[0]) ** 2,
    "tile": _tiled,
    "repeat": _repeated,
    **dict.fromkeys("outer kron".split(), _all_with_all),
}
"""How many elements these functions make."""


def names(linalg: Namespace, random: Namespace) -> dict[str, Any]:
    """What `import numpy` gives."""
    functions: dict[str, Any] = {name: getattr(np, name) for name in table.FUNCTIONS}
    functions |= {"empty": np.zeros, "empty_like": np.zeros_like}  # what was in the memory before is nobody's to see
    functions |= {name: measured(name, functions[name], SIZES) for name in SIZES}
    functions |= {name: counted(functions[name]) for name in ("array", "asarray")} | {"pad": numpy_calls.pad}
    root = {name: numpy_calls.guarded(name, function) for name, function in functions.items()}
    root |= {name: getattr(np, name) for name in table.CONSTANTS} | {"ndarray": ndarray}
    return root | {"linalg": linalg, "random": random, "__version__": np.__version__}


def linalg() -> dict[str, Any]:
    """What `numpy.linalg` gives."""
    return {name: numpy_calls.guarded(name, getattr(np.linalg, name)) for name in table.LINALG}


def chance() -> dict[str, Any]:
    """What `numpy.random` gives, on a generator of this run's own."""
    state = np.random.RandomState(0)

    def default_rng(seed: int | None = None) -> np.random.Generator:
        if seed is not None and not isinstance(seed, int):
            raise TypeError("the seed of default_rng is a whole number")
        return np.random.default_rng(0 if seed is None else seed)

    offered = {name: numpy_calls.guarded(name, getattr(state, name)) for name in table.RANDOM}
    return offered | {"default_rng": default_rng}
