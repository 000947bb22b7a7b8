"""Running sums and extremes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dims import axis
from ...core.named_results import named
from ...core.op import function, op
from ...core.registry import FUNCTIONS
from ...core.samples import ROWS
from ..common import ones_like, zeros_like
from ..elementwise.exponentials import exp, log
from ..elementwise.where import masked_fill, where_op
from ..shape.permute import flip
from .sums import accumulated


def accumulate(running: Any, self: Any, dim: int, dtype: Any) -> Any:
    """Run a cumulative function along a dimension; integers are added as int64, a number is its own running sum."""
    self, d = accumulated(self, dtype), axis(dim, self.ndim)
    return running(self, d) if self.ndim else self.copy()


def reverse_cumsum(grad: Any, dim: int) -> Any:
    """Add up from the end: the derivative of a running sum."""
    return flip(cumsum(flip(grad, (dim,)), dim), (dim,))


cumsum = op(
    "cumsum",
    lambda self, dim, dtype=None: accumulate(np.cumsum, self, dim, dtype),
    promotes="same",
    inplace=True,
    self=lambda grad, dim: reverse_cumsum(grad, dim),
    formulas={"self": r"\sum_{{j \ge i}} {grad}_j"},
    samples=[ROWS],
)


def _running(better: Any) -> Any:
    def forward(self: Any, dim: int) -> Any:
        d = axis(dim, self.ndim)
        if not self.ndim:
            return self.copy(), np.zeros((), np.int64)
        rows = np.moveaxis(self, d, 0)
        values, at = rows.copy(), np.zeros(rows.shape, np.int64)
        for i in range(1, len(rows)):
            take = better(rows[i], values[i - 1]) | np.isnan(rows[i])
            values[i] = np.where(take, rows[i], values[i - 1])
            at[i] = np.where(take, i, at[i - 1])
        return np.moveaxis(values, 0, d), np.moveaxis(at, 0, d)

    return forward


def _running_rule(grad: Any, self: Any, indices: Any, dim: int) -> Any:
    return FUNCTIONS["scatter_add"](zeros_like(self), dim, indices, grad)


cummax_op = op(
    "cummax",
    _running(np.greater_equal),
    outputs="values indices",
    differentiable="values",
    public=False,
    self=_running_rule,
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[ROWS],
)
cummin_op = op(
    "cummin",
    _running(np.less_equal),
    outputs="values indices",
    differentiable="values",
    public=False,
    self=_running_rule,
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[ROWS],
)


@function()
def cummax(self: Any, dim: int) -> Any:
    """Give the running maximum along a dimension, and where it was."""
    return named("cummax", "values indices", cummax_op(self, dim))


@function()
def cummin(self: Any, dim: int) -> Any:
    """Give the running minimum along a dimension, and where it was."""
    return named("cummin", "values indices", cummin_op(self, dim))


def _log_cumsum_exp(self: Any, dim: int) -> Any:
    d = axis(dim, self.ndim)
    return np.logaddexp.accumulate(self, d) if self.ndim else self.copy()


def _log_cumsum_rule(grad: Any, self: Any, result: Any, dim: int) -> Any:
    """What the positive part of a gradient gives: summed as logarithms, or large results would overflow."""
    positive = grad > 0
    logs = log(where_op(positive, grad, ones_like(grad))) - result
    logs = masked_fill(logs, ~positive, -np.finfo(np.float32).max)
    return exp(flip(logcumsumexp(flip(logs, (dim,)), dim), (dim,)) + self)


logcumsumexp = op(
    "logcumsumexp",
    _log_cumsum_exp,
    promotes="float",
    self=lambda grad, self, result, dim: (
        _log_cumsum_rule(grad, self, result, dim) - _log_cumsum_rule(-grad, self, result, dim)
    ),
    formulas={"self": r"e^{{{self}_i}} \sum_{{j \ge i}} {grad}_j e^{{-{result}_j}}"},
    samples=[ROWS],
)
