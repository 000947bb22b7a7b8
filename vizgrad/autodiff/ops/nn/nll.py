"""The negative log-likelihood."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtypes
from ...core.op import op
from ...core.samples import integers, sample
from ...core.symbol import Symbol, lift
from ..common import zeros_like
from ..textbook import indicator, shared

UNSIGNED = {1: np.uint8, 8: np.uint64}
"""Whole numbers by their bytes, as which a negative one is a large one: one comparison finds both."""


def _picked(rows: Any, aims: Any, weight: Any, ignore_index: int) -> tuple[Any, Any]:
    """Say which column each row picks, and how much the row counts: None if all count once, as they mostly do."""
    classes = rows.shape[1]
    all_count = weight is None and aims.size and not 0 <= ignore_index < classes
    if all_count and np.maximum.reduce(aims.view(UNSIGNED[aims.itemsize]), None) < classes:
        return aims, None
    used = aims != ignore_index
    wrong = aims[used & ((aims < 0) | (aims >= classes))]
    if wrong.size:
        raise IndexError(f"Target {wrong[0]} is out of bounds.")
    columns = np.where(used, aims, 0)
    return columns, (np.ones(len(aims), rows.dtype) if weight is None else weight[columns]) * used


def _nll(self: Any, target: Any, weight: Any = None, reduction: int = 1, ignore_index: int = -100) -> Any:
    if target.dtype.kind not in "iu" or target.dtype not in (np.int64, np.uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {dtypes.of(target).long_name}")
    rows = self if self.ndim == 2 else self[None]
    aims = target if target.ndim else target[None]
    if len(rows) != len(aims):
        raise ValueError(f"Expected input batch_size ({len(rows)}) to match target batch_size ({len(aims)}).")
    columns, scale = _picked(rows, aims, weight, ignore_index)
    losses = -rows[np.arange(len(aims)), columns]
    if scale is not None:
        losses *= scale
    total = np.asarray(len(aims) if scale is None else scale.sum(), self.dtype)
    if reduction == 0:
        return losses if self.ndim == 2 else losses[0], total
    summed = np.add.reduce(losses)
    return summed / total if reduction == 1 else summed, total


def _nll_back(
    grad_output: Any, self: Any, target: Any, weight: Any, reduction: int, ignore_index: int, total_weight: Any
) -> Any:
    into = np.zeros(self.shape, grad_output.dtype)
    rows = into if into.ndim == 2 else into[None]
    aims = target if target.ndim else target[None]
    all_count_once = weight is None and total_weight == len(aims)
    columns, scale = (aims, None) if all_count_once else _picked(rows, aims, weight, ignore_index)
    down = -grad_output / total_weight if reduction == 1 else -grad_output
    rows[np.arange(len(aims)), columns] = down if scale is None else scale * down
    return into


def _nll_formula(grad: Any, target: Any, weight: Any, reduction: int, target_sym_numel: Any) -> Any:
    if isinstance(target.ndim, int):
        raise TypeError("written out as numbers, the classes cannot have an index")
    hit = indicator("j = {0:power}_i", target)
    if weight is None:
        return -grad * shared(hit, reduction, target_sym_numel)
    of_class = Symbol(f"{lift(weight):power}_{{{lift(target):power}_i}}")
    return -grad * (of_class * hit / Symbol(rf"\sum_i {of_class.tex}") if reduction == 1 else of_class * hit)


nll_loss = op(
    "nll_loss",
    _nll,
    outputs="result total_weight",
    differentiable="result",
    public=False,
    promotes="same",
    inputs="target weight",
    self=lambda grad, self, target, weight, reduction, ignore_index, total_weight: nll_loss_backward(
        grad, self, target, weight, reduction, ignore_index, total_weight
    ),
    formulas={"self": _nll_formula},
    samples=[(sample(2, 3), integers(2, below=3))],
)


def _nll_pick(grad: Any, target: Any, weight: Any, reduction: int, ignore_index: int, total_weight: Any) -> Any:
    """Differentiate `nll_loss_backward` by its incoming gradient: the loss again, of another table."""
    return nll_loss(grad, target, weight, reduction, ignore_index)[0]


nll_loss_backward = op(
    "nll_loss_backward",
    _nll_back,
    public=False,
    promotes="same",
    inputs="target weight total_weight",
    saves="target",
    node="NllLossBackwardBackward0",
    grad_output=_nll_pick,
    self=lambda grad: zeros_like(grad),
    formulas={"grad_output": r"-\frac{{1}}{{n}} \sum_{{i=1}}^{{n}} {grad}_{{i, {target}_i}}"},
)


def _as_rows(image: Any) -> Any:
    """Lay the places of images out as rows of class scores."""
    return np.moveaxis(image, 1, -1).reshape(-1, image.shape[1])


def _nll_2d(self: Any, target: Any, weight: Any = None, reduction: int = 1, ignore_index: int = -100) -> Any:
    if self.shape[0] != target.shape[0]:
        raise ValueError(f"Expected input batch_size ({self.shape[0]}) to match target batch_size ({target.shape[0]}).")
    found, total = _nll(_as_rows(self), target.reshape(-1), weight, reduction, ignore_index)
    return (found if reduction else found.reshape(target.shape)), total


def _nll_2d_back(
    grad_output: Any, self: Any, target: Any, weight: Any, reduction: int, ignore_index: int, total_weight: Any
) -> Any:
    arrived = grad_output if reduction else grad_output.reshape(-1)
    rows = _nll_back(arrived, _as_rows(self), target.reshape(-1), weight, reduction, ignore_index, total_weight)
    wide = (self.shape[0], *self.shape[2:], self.shape[1])
    return np.ascontiguousarray(np.moveaxis(rows.reshape(wide), -1, 1))


def _nll_2d_pick(grad: Any, target: Any, weight: Any, reduction: int, ignore_index: int) -> Any:
    return nll_loss2d(grad, target, weight, reduction, ignore_index)[0]


nll_loss2d = op(
    "nll_loss2d",
    _nll_2d,
    outputs="result total_weight",
    differentiable="result",
    public=False,
    promotes="same",
    inputs="target weight",
    self=lambda grad, self, target, weight, reduction, ignore_index, total_weight: nll_loss2d_backward(
        grad, self, target, weight, reduction, ignore_index, total_weight
    ),
    node="NllLoss2DBackward0",
    formulas={"self": _nll_formula},
    samples=[(sample(2, 3, 1, 2), integers(2, 1, 2, below=3))],
)
nll_loss2d_backward = op(
    "nll_loss2d_backward",
    _nll_2d_back,
    public=False,
    promotes="same",
    inputs="target weight total_weight",
    saves="target",
    node="NllLoss2DBackwardBackward0",
    grad_output=_nll_2d_pick,
    self=lambda grad: zeros_like(grad),
    formulas={"grad_output": r"-\frac{{1}}{{n}} \sum_{{i=1}}^{{n}} {grad}_{{i, {target}_i}}"},
)
