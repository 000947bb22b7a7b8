"""Run one program under both engines and compare everything it gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

import vizgrad.autodiff as ours

Program = Callable[[Any], Any]


def compare(program: Program, *, rtol: float = 1e-5, atol: float = 1e-6) -> None:
    """Give a program PyTorch and then our namespace, with the same seed; what it returns must be the same."""
    torch.manual_seed(0)
    ours.manual_seed(0)
    theirs, mine = program(torch), program(ours)
    check(mine, theirs, "result", rtol, atol)


def compare_fault(program: Program) -> None:
    """A program must fail under both, with one type and one text."""
    expected, found = fault(program, torch), fault(program, ours)
    assert expected is not None, "the program runs under PyTorch"
    assert (type(found).__name__, str(found)) == (type(expected).__name__, str(expected))


def fault(program: Program, namespace: Any) -> Exception | None:
    """Give what the program raises."""
    try:
        program(namespace)
    except Exception as raised:
        return raised
    return None


def check(mine: Any, theirs: Any, path: str, rtol: float, atol: float) -> None:
    """Compare two values: tensors by dtype, shape and numbers, the rest by equality, containers throughout."""
    if isinstance(theirs, torch.Tensor):
        assert isinstance(mine, ours.Tensor), f"{path}: {mine!r}"
        assert str(mine.dtype) == str(theirs.dtype), path
        assert mine.requires_grad == theirs.requires_grad, path
        assert name(mine.grad_fn) == name(theirs.grad_fn), path
        # NumPy has no bfloat16: our core keeps such numbers as float32.
        expected = (theirs.float() if theirs.dtype is torch.bfloat16 else theirs).detach().numpy()
        assert mine.array.shape == expected.shape, path
        np.testing.assert_allclose(mine.array, expected, rtol=rtol, atol=atol, err_msg=path)
    elif isinstance(theirs, Mapping):
        assert list(mine) == list(theirs), path
        for key in theirs:
            check(mine[key], theirs[key], f"{path}[{key!r}]", rtol, atol)
    elif isinstance(theirs, (list, tuple)):
        assert len(mine) == len(theirs), f"{path}: {mine!r} is not {theirs!r}"
        for i, (left, right) in enumerate(zip(mine, theirs, strict=True)):
            check(left, right, f"{path}[{i}]", rtol, atol)
    elif isinstance(theirs, float):
        assert math.isclose(mine, theirs, rel_tol=rtol, abs_tol=atol) or (mine != mine and theirs != theirs), path
    else:
        assert mine == theirs, path


def name(node: Any) -> str | None:
    """Name a grad_fn."""
    return None if node is None else type(node).__name__
