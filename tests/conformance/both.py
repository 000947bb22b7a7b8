"""One case under both engines: results, nodes, gradients, gradients of gradients."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

import vizgrad.autodiff as ours

from .entries import Case, pair

ROUGH = {"float16": 1e-3, "bfloat16": 1e-2}


def compare(case: Case, structure_only: bool = False, rounding: float = 1e-4, signless: bool = False) -> None:
    """Run a case under both; what differs is an AssertionError, what PyTorch refuses must be refused.

    `rounding` is the relative tolerance of float32 and complex64; `signless` compares absolute values, and gradients
    of those.
    """
    theirs, mine = pair(case)
    sample = case.sample
    seen: dict[int, Any] = {}
    given = (sample.input, *sample.args)
    peers, peer_kwargs = _fresh(given), {k: _fresh(v) for k, v in sample.kwargs.items()}
    args, kwargs = _ours(peers, seen), {k: _ours(v, seen) for k, v in peer_kwargs.items()}
    leaves = [t for t in _tensors([peers, peer_kwargs]) if t.requires_grad]
    own_leaves = [seen[id(t)] for t in leaves]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            torch.manual_seed(1)
            expected = theirs(*peers, **peer_kwargs)
        except Exception as refusal:
            _refuses(mine, args, kwargs, refusal)
            return
        ours.manual_seed(1)
        found = mine(*args, **kwargs)
        _check(found, expected, "result", None if structure_only or signless else rounding)
        if signless:
            expected, found = [t.abs() for t in expected], [t.abs() for t in found]
            _check(found, expected, "absolute result", rounding)
        if not case.differentiable or structure_only:
            return
        if sample.output_process_fn_grad is not None and not signless:
            expected, found = sample.output_process_fn_grad(expected), sample.output_process_fn_grad(found)
        _gradients(case, list(_tensors(expected)), leaves, list(_tensors(found)), own_leaves, rounding)


def _gradients(
    case: Case, expected: list[Any], leaves: list[Any], found: list[Any], own_leaves: list[Any], rounding: float
) -> None:
    live = [i for i, t in enumerate(expected) if t.requires_grad]
    expected, found = [expected[i] for i in live], [found[i] for i in live]
    if not expected or not leaves:
        return
    twice = case.form == "second order"
    seeds, own_seeds = _cotangents(expected, 1, twice)
    try:
        reference = torch.autograd.grad(expected, leaves, seeds, allow_unused=True, create_graph=twice)
    except (RuntimeError, NotImplementedError) as refusal:
        _refuses(ours.autograd.grad, (found, own_leaves, own_seeds), {"allow_unused": True}, refusal)
        return
    result = ours.autograd.grad(found, own_leaves, own_seeds, allow_unused=True, create_graph=twice)
    for i, (a, b) in enumerate(zip(result, reference, strict=True)):
        _check_gradient(a, b, f"gradient {i}", rounding, exactly=not twice)
    if not twice:
        return
    live = [i for i, t in enumerate(reference) if t is not None and t.requires_grad]
    if not live:
        return
    tops, own_tops = [reference[i] for i in live], [result[i] for i in live]
    again, own_again = _cotangents(tops, 2, False)
    second = torch.autograd.grad(tops, [*leaves, *seeds], again, allow_unused=True)
    own = [(t, c) for t, c in zip(own_tops, own_again, strict=True) if t is not None and t.requires_grad]
    own_second = (
        ours.autograd.grad([t for t, _ in own], [*own_leaves, *own_seeds], [c for _, c in own], allow_unused=True)
        if own
        else [None] * len(second)
    )
    for i, (a, b) in enumerate(zip(own_second, second, strict=True)):
        _check_gradient(a, b, f"second gradient {i}", rounding, exactly=False)


def _cotangents(outputs: list[Any], seed: int, grad: bool) -> tuple[list[Any], list[Any]]:
    """Draw what arrives from above, the same for both engines."""
    generator = np.random.default_rng(seed)
    drawn = [(np.asarray(generator.standard_normal(tuple(t.shape))), t.dtype) for t in outputs]
    return (
        [torch.from_numpy(a.copy()).to(kind).requires_grad_(grad) for a, kind in drawn],
        [ours.from_numpy(a.copy()).to(_ours(kind, {})).requires_grad_(grad) for a, kind in drawn],
    )


def _check_gradient(mine: Any, theirs: Any, path: str, rounding: float, exactly: bool) -> None:
    if mine is None or theirs is None:
        # A second derivative that is zero everywhere is None or zeros, as the formulae happen to be written.
        other = mine if theirs is None else theirs
        zero = other is None or (not exactly and np.abs(other.detach().numpy(force=True)).max(initial=0) < 1e-9)
        assert zero, f"{path}: {_brief(mine)} instead of {_brief(theirs)}"
        return
    _check_numbers(mine, theirs, path, rounding)


def _check(mine: Any, theirs: Any, path: str, rounding: float | None) -> None:
    if isinstance(theirs, torch.Tensor):
        assert isinstance(mine, ours.Tensor), f"{path}: {mine!r} is no tensor"
        assert mine.requires_grad == theirs.requires_grad, f"{path}: requires_grad is {mine.requires_grad}"
        a, b = (None if t.grad_fn is None else type(t.grad_fn).__name__ for t in (mine, theirs))
        assert a == b, f"{path}: grad_fn is {a} instead of {b}"
        _check_numbers(mine, theirs, path, rounding)
    elif isinstance(theirs, Mapping):
        assert list(mine) == list(theirs), path
        for key in theirs:
            _check(mine[key], theirs[key], f"{path}[{key!r}]", rounding)
    elif isinstance(theirs, (list, tuple)):
        assert len(mine) == len(theirs), f"{path}: {len(mine)} values instead of {len(theirs)}"
        for i, (left, right) in enumerate(zip(mine, theirs, strict=True)):
            _check(left, right, f"{path}[{i}]", rounding)
    elif isinstance(theirs, (float, complex)):
        assert type(mine) is type(theirs), f"{path}: {mine!r} instead of {theirs!r}"
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, err_msg=path)
    else:
        assert str(mine) == str(theirs), f"{path}: {mine!r} instead of {theirs!r}"


def _check_numbers(mine: Any, theirs: Any, path: str, rounding: float | None) -> None:
    assert str(mine.dtype) == str(theirs.dtype), f"{path}: {mine.dtype} instead of {theirs.dtype}"
    assert tuple(mine.shape) == tuple(theirs.shape), f"{path}: {tuple(mine.shape)} instead of {tuple(theirs.shape)}"
    if rounding is None:
        return
    expected = theirs.detach().resolve_conj()
    # a gradient that is zero for certain is kept without memory of its own
    expected = (expected.float() if expected.dtype is torch.bfloat16 else expected).numpy(force=True)
    rtol = ROUGH.get(mine.dtype.name, 1e-7 if mine.dtype in (ours.float64, ours.complex128) else rounding)
    atol = rtol / 10 if rtol > 1e-7 else 1e-9
    if expected.dtype.kind in "biu":
        rtol = atol = 0.0
    np.testing.assert_allclose(mine.detach().numpy(), expected, rtol=rtol, atol=atol, err_msg=path)


def _refuses(mine: Any, args: Any, kwargs: Any, refusal: Exception) -> None:
    try:
        mine(*args, **kwargs)
    except Exception as fault:
        # The checks that PyTorch leaves to its kernels differ in kind from one operation to the next.
        assert isinstance(fault, (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError)), repr(fault)
        return
    raise AssertionError(f"not refused, where PyTorch says: {refusal}")


def _brief(value: Any) -> str:
    return "None" if value is None else f"a tensor of shape {tuple(value.shape)}"


# -- from PyTorch's samples to ours


def _fresh(value: Any) -> Any:
    """Give leaves of the case's own: a sample serves in several forms."""
    if isinstance(value, torch.Tensor):
        return copy.deepcopy(value.detach()).requires_grad_(value.requires_grad)
    if type(value) in (list, tuple):
        return type(value)(_fresh(v) for v in value)
    return value


def _ours(value: Any, seen: dict[int, Any]) -> Any:
    if isinstance(value, torch.Tensor):
        if id(value) not in seen:
            seen[id(value)] = _tensor(value)
        return seen[id(value)]
    if isinstance(value, torch.Size):
        return ours.Size(value)
    if type(value) in (list, tuple):
        return type(value)(_ours(v, seen) for v in value)
    if isinstance(value, dict):
        return {k: _ours(v, seen) for k, v in value.items()}
    if isinstance(value, slice):
        return slice(*(_ours(v, seen) for v in (value.start, value.stop, value.step)))
    if isinstance(value, torch.dtype):
        return getattr(ours, str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return ours.device(str(value))
    if isinstance(value, (torch.memory_format, torch.layout)):
        return str(value)
    return value


def _tensor(value: Any) -> Any:
    array = value.detach().numpy()
    copied = np.lib.stride_tricks.as_strided(np.empty(_extent(array), array.dtype), array.shape, array.strides)
    copied[...] = array
    return (
        ours.from_numpy(copied).requires_grad_(value.requires_grad)
        if array.dtype.kind in "fc"
        else ours.from_numpy(copied)
    )


def _extent(array: np.ndarray) -> int:
    """Count the elements of memory that an array's strides reach over."""
    if not array.size:
        return 1
    return 1 + sum((n - 1) * s // array.itemsize for n, s in zip(array.shape, array.strides, strict=True))


def _tensors(value: Any) -> Any:
    if isinstance(value, (torch.Tensor, ours.Tensor)):
        yield value
    elif isinstance(value, Mapping):
        for v in value.values():
            yield from _tensors(v)
    elif isinstance(value, (list, tuple)):
        for v in value:
            yield from _tensors(v)
