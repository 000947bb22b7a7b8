"""Choosing elements: where, masked_fill, the larger and the smaller of two."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtypes
from ...core.inplace import InPlace
from ...core.op import function, op
from ...core.registry import FUNCTIONS
from ...core.samples import PAIR, booleans, sample
from ...core.tensor import Tensor, wrap
from ..common import passed, zeros_like

maximum = op(
    "maximum",
    lambda self, other: np.maximum(self, other),
    self=lambda grad, self, other: passed(grad * share(self, other), self >= other),
    other=lambda grad, self, other: passed(grad * share(other, self), self <= other),
    formulas={
        "self": lambda grad, self, other: grad * share(self, other),
        "other": lambda grad, self, other: grad * share(other, self),
    },
    tex=r"\max\left({0}, {1}\right)",
    samples=[PAIR],
)
minimum = op(
    "minimum",
    lambda self, other: np.minimum(self, other),
    self=lambda grad, self, other: passed(grad * share(other, self), self <= other),
    other=lambda grad, self, other: passed(grad * share(self, other), self >= other),
    formulas={
        "self": lambda grad, self, other: grad * share(other, self),
        "other": lambda grad, self, other: grad * share(self, other),
    },
    tex=r"\min\left({0}, {1}\right)",
    samples=[PAIR],
)

fmax = op(
    "fmax",
    lambda self, other: np.fmax(self, other),
    self=lambda grad, self, other: where_op(leads(self, other), grad, zeros_like(grad)),
    other=lambda grad, self, other: where_op(leads(self, other), zeros_like(grad), grad),
    formulas={
        "self": r"{grad} \, \left[{self} \ge {other}\right]",
        "other": r"{grad} \, \left[{self} < {other}\right]",
    },
    tex=r"\max\left({0}, {1}\right)",
    samples=[PAIR],
)
fmin = op(
    "fmin",
    lambda self, other: np.fmin(self, other),
    self=lambda grad, self, other: where_op(leads(other, self), grad, zeros_like(grad)),
    other=lambda grad, self, other: where_op(leads(other, self), zeros_like(grad), grad),
    formulas={
        "self": r"{grad} \, \left[{self} \le {other}\right]",
        "other": r"{grad} \, \left[{self} > {other}\right]",
    },
    tex=r"\min\left({0}, {1}\right)",
    samples=[PAIR],
)
leads = op("leads", lambda self, other: (self >= other) | np.isnan(other), public=False, inputs="self other")
"""Whether an element is taken: the first of two that are equal, and what is a number beside what is none."""


def _share(self: Any, other: Any) -> Any:
    # PyTorch: where both are equal each gets half
    return ((self > other) + 0.5 * (self == other)).astype(np.result_type(self, other))


share = op("share", _share, public=False, inputs="self other", tex=r"\left[{0} > {1}\right]")


def _where(condition: Any, self: Any, other: Any) -> Any:
    if condition.dtype != bool and condition.dtype != np.uint8:
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {dtypes.of(condition).long_name}"
        )
    return np.where(condition, self, other)


where_op = op(
    "where",
    _where,
    public=False,
    self=lambda grad, condition: where_op(condition, grad, zeros_like(grad)),
    other=lambda grad, condition: where_op(condition, zeros_like(grad), grad),
    apart="condition",
    formulas={"self": r"{grad} \, \left[{condition}\right]", "other": r"{grad} \, \left[\lnot {condition}\right]"},
    samples=[(booleans(2, 3), sample(2, 3), sample(3))],
)


@function(method=False)
def where(condition: Any, self: Any = None, other: Any = None, *, input: Any = None) -> Any:
    """Take elements from one tensor where a condition holds, else from the other."""
    self = input if self is None else self
    if self is None and other is None:
        return FUNCTIONS["nonzero"](condition, as_tuple=True)
    return where_op(condition, *(v if isinstance(v, Tensor) else _constant(v) for v in (self, other)))


def _constant(value: Any) -> Tensor:
    return wrap(np.asarray(value, dtypes.of_number(value).numpy))


Tensor.where = lambda self, condition, other: where(condition, self, other)  # type: ignore[attr-defined]
masked_fill_number = op(
    "masked_fill",
    lambda self, mask, value: np.where(mask, np.asarray(value, self.dtype), self),
    public=False,
    inputs="mask",
    promotes="same",
    self=lambda grad, mask: masked_fill(grad, mask, 0),
    formulas={"self": r"{grad} \, \left[\lnot {mask}\right]"},
    samples=[(sample(2, 3), booleans(2, 3), 0.5)],
)


def _filled(self: Any, mask: Any, value: Any) -> Any:
    if value.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    return np.where(mask, value.astype(self.dtype), self)


masked_fill_tensor = op(
    "masked_fill.Tensor",
    _filled,
    overload=1,
    public=False,
    inputs="mask",
    promotes="same",
    self=lambda grad, mask: masked_fill(grad, mask, 0),
    value=lambda grad, mask: where_op(mask, grad, zeros_like(grad)).sum(),
    formulas={"self": r"{grad} \, \left[\lnot {mask}\right]", "value": r"\sum {grad} \, \left[{mask}\right]"},
    samples=[(sample(2, 3), booleans(2, 3), sample())],
)


@function()
def masked_fill(self: Any, mask: Any, value: Any) -> Any:
    """Put a number where a mask holds."""
    return (masked_fill_tensor if isinstance(value, Tensor) else masked_fill_number)(self, mask, value)


def _masked_fill_(self: Any, mask: Any, value: Any) -> Any:
    return InPlace(masked_fill_tensor if isinstance(value, Tensor) else masked_fill_number)(self, mask, value)


Tensor.masked_fill_ = _masked_fill_  # type: ignore[attr-defined]
