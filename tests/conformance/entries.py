"""PyTorch's own operator table, and what in our core answers to each of its entries."""

from __future__ import annotations

import random
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import torch

import vizgrad.autodiff as ours
from vizgrad.autodiff import linalg
from vizgrad.autodiff.nn import functional

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch.testing._internal.common_methods_invocations import op_db

ENTRIES = {entry.full_name: entry for entry in op_db}
SAMPLES = 16
"""How many samples of an entry are run in float64; of its other types fewer are, as `KINDS` says."""
KINDS = {torch.float64: SAMPLES, torch.float32: 4, torch.int64: 3, torch.bool: 2, torch.complex64: 2}
FORMS = 3
"""How many samples are also run as a method, in place, and to the second order."""

_HOMES = {"nn.functional": functional, "linalg": linalg, "": ours}


@dataclass(frozen=True)
class Case:
    """One call: an entry's sample, in one type and one form ("function", "method", "in place", "second order")."""

    entry: Any
    form: str
    dtype: torch.dtype
    sample: Any
    differentiable: bool

    def __str__(self) -> str:
        sample = self.sample
        arguments = [shown(a) for a in (sample.input, *sample.args)]
        arguments += [f"{k}={shown(v)}" for k, v in sample.kwargs.items()]
        return f"{str(self.dtype).removeprefix('torch.')} {self.form}: {', '.join(arguments)}"


def shown(value: Any) -> str:
    """Write an argument in short: a tensor by its shape, and its type where that is not plain."""
    if isinstance(value, torch.Tensor):
        return f"<{'x'.join(map(str, value.shape))}>"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(shown, value))}]"
    return repr(value)


@cache
def owned(name: str) -> bool:
    """Say whether the core has an entry's function, under one of its names, or as a tensor's method."""
    entry = ENTRIES[name]
    return any(_find(n) is not None for n in (entry.name, *(alias.name for alias in entry.aliases)))


def _find(name: str) -> Any:
    home, _, last = name.rpartition(".")
    if home not in _HOMES:
        return None
    for place in (_HOMES[home], ours.Tensor) if not home else (_HOMES[home],):
        for spelled in (last, f"{last}_") if place is ours.Tensor else (last,):
            found = getattr(place, spelled, None)
            if found is not None and not isinstance(found, ours.dtype):
                return found
    return None


def pair(case: Case) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Give what PyTorch calls for a case, and what our core does."""
    entry = case.entry
    if case.form == "method":
        return entry.method_variant, _variant(entry.method_variant)
    if case.form == "in place":
        return _on_clone(entry.inplace_variant), _on_clone(_variant(entry.inplace_variant))
    if _is_wrapper(entry.op):
        return entry.op, _rebound(entry.op)
    found = next(f for n in (entry.name, *(a.name for a in entry.aliases)) if (f := _find(n)) is not None)
    return entry.op, found


def _is_wrapper(function: Any) -> bool:
    """Say whether a function is a small one written in the table itself."""
    return isinstance(function, types.FunctionType) and function.__module__.startswith("torch.testing")


def _variant(variant: Any) -> Callable[..., Any]:
    if _is_wrapper(variant):
        return _rebound(variant)
    name = variant.__name__
    return lambda self, *args, **kwargs: getattr(self, name)(*args, **kwargs)


def _on_clone(method: Callable[..., Any]) -> Callable[..., Any]:
    """Work in place on a copy, as leaves that require gradients must not be written to; give result and copy."""

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        copy = self.clone()
        found = method(copy, *args, **kwargs)
        return found, copy, found is copy

    return call


def _seeded(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    ours.manual_seed(42)
    return function(*args, **kwargs)


def _rebound(function: types.FunctionType) -> Callable[..., Any]:
    """Give the table's own small wrapper with our namespace in place of `torch`."""
    names = {**function.__globals__, "torch": ours, "wrapper_set_seed": _seeded}
    made = types.FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def cases(name: str) -> Iterator[Case]:
    """Give an entry's cases, the same every time."""
    entry = ENTRIES[name]
    supported = entry.supported_dtypes("cpu")
    derivable = entry.supported_backward_dtypes("cpu") if entry.supports_autograd else set()
    for dtype, count in KINDS.items():
        if dtype not in supported:
            continue
        differentiable = dtype in derivable and dtype.is_floating_point
        torch.manual_seed(0), np.random.seed(0), random.seed(0)
        samples = list(islice(entry.sample_inputs("cpu", dtype, requires_grad=differentiable), count))
        yield from (Case(entry, "function", dtype, sample, differentiable) for sample in samples)
        if dtype is torch.float64:
            for sample in samples[:FORMS]:
                yield from (Case(entry, form, dtype, sample, differentiable) for form in _forms(entry, sample))


def _forms(entry: Any, sample: Any) -> Iterator[str]:
    method, inplace = entry.method_variant, entry.inplace_variant
    if not isinstance(sample.input, torch.Tensor):
        method = inplace = None
    if method is not None and callable(method) and method is not entry.op and hasattr(method, "__name__"):
        yield "method"
    if inplace is not None and hasattr(inplace, "__name__") and not sample.broadcasts_input:
        yield "in place"
    if entry.supports_autograd and entry.supports_gradgrad:
        yield "second order"
