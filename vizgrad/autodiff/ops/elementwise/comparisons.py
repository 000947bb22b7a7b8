"""Comparisons, logic and predicates: no derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import function, op


def _binary(compute: Any) -> Any:
    return lambda self, other: compute(self, other)


def _unary(compute: Any) -> Any:
    return lambda self: compute(self)


for _name, _compute in {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
    "bitwise_and": np.bitwise_and,
    "bitwise_or": np.bitwise_or,
    "bitwise_xor": np.bitwise_xor,
    "bitwise_left_shift": np.left_shift,
    "bitwise_right_shift": np.right_shift,
}.items():
    op(_name, _binary(_compute), inputs="self other", inplace=True)
for _name, _test in {
    "isnan": np.isnan,
    "isinf": np.isinf,
    "logical_not": np.logical_not,
    "bitwise_not": np.invert,
    "signbit": np.signbit,
    "isposinf": np.isposinf,
    "isneginf": np.isneginf,
}.items():
    op(_name, _unary(_test), inputs="self", inplace=_name.endswith("_not"))
isfinite = op("isfinite", lambda self: np.isfinite(self), inputs="self")
op("all", lambda self, dim=None, keepdim=False: self.all(dim, keepdims=keepdim), inputs="self")
op("any", lambda self, dim=None, keepdim=False: self.any(dim, keepdims=keepdim), inputs="self")


@function()
def equal(self: Any, other: Any) -> bool:
    """Say whether two tensors have the same shape and elements."""
    return bool(np.array_equal(self.array, other.array))


@function()
def allclose(self: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Say whether all elements are about the same."""
    return bool(np.allclose(self.array, other.array, rtol, atol, equal_nan))


isclose = op(
    "isclose",
    lambda self, other, rtol=1e-05, atol=1e-08, equal_nan=False: np.isclose(self, other, rtol, atol, equal_nan),
    inputs="self other",
)
