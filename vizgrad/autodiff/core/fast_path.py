"""The short way through an operation on two operands, which is where programs spend their time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes, grad_mode
from .node import gradient_edge, node_numbers
from .scalars import constants
from .tensor import NO_EDGE, Tensor, wrap

if TYPE_CHECKING:
    from .op import Op

Operator = Callable[[Any, Any], Any]
current, PLAIN, FLOAT32, ndarray = grad_mode.current, grad_mode.PLAIN, dtypes.DEFAULT, np.ndarray
_new: Any = object.__new__


def shortcut(op: Op, otherwise: Operator) -> Operator:
    """Make `Op.__call__` and `Op.record` in one go, for float32 tensors and numbers where nobody watches.

    What does not depend on the operands is looked up here, once. All else is left to `otherwise`.
    """
    forward, made = op.forward, op.node
    plans = [op.plans[live] for live in range(4)]
    more = (*op.tail[2:], None)
    # what a node saves where that is no operand: the same for all
    alike = [None if plan.more or min(plan.sources, default=2) < 2 else plan.pick((0, 0, *more)) for plan in plans]

    def operator(left: Any, right: Any) -> Any:
        if left._view is not None or current() is not PLAIN:
            return otherwise(left, right)
        array, kind = left.array, type(right)
        live = 1 if left._requires_grad else 0
        if kind is float or kind is int:
            other, counter = constants[right], None
        elif kind is Tensor and right._view is None:
            other, counter = right.array, right._counter
            if right._requires_grad:
                live |= 2
        else:
            return otherwise(left, right)
        if array.dtype is not FLOAT32 or other.dtype is not FLOAT32:
            return otherwise(left, right)
        try:
            data = forward(array, other)
        except ValueError as fault:
            raise op._explained(fault, (array, other)) from None
        result = wrap(data if type(data) is ndarray else np.asarray(data))
        if live:
            node = _new(made)
            node.number = next(node_numbers)
            node.next_functions = (
                (left._edge or gradient_edge(left)) if live & 1 else NO_EDGE,
                (right._edge or gradient_edge(right)) if live & 2 else NO_EDGE,
            )
            node.hooks = node.versions = node.more = None
            node.shape, node.dtype = data.shape, FLOAT32
            node.plan = plan = plans[live]
            saved = alike[live]
            if saved is not None:
                node.saved = saved
            elif counter is None and left._counter is None and not plan.more:  # then there are no versions to note
                node.saved = plan.pick((left, right, *more))
            else:
                plan.fill(node, (left, right, *more), (array, other), (result,))
            result._edge = (node, 0)
            result._requires_grad = True
        return result

    return operator
