"""What our own core makes and computes, charged to the budget as it happens.

NumPy asks the system for an array's memory before it touches it, so in a worker the system's own limit refuses what is
too large before anything is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..autodiff import modes
from ..autodiff.engine import BackwardCall, Node, Step
from ..autodiff.op import Op
from ..autodiff.tensor import Tensor
from .budget import Budget


class Measure:
    """An observer before the recorder: it charges the budget, and passes everything on."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._token: Any = None
        self._next: Any = None

    def __enter__(self) -> Measure:
        now = modes.current()
        self._next = now.observer
        self._token = modes.change(now._replace(observer=self))
        return self

    def __exit__(self, *fault: object) -> None:
        modes.change(modes.current()._replace(observer=self._next))

    def created(self, tensor: Tensor, op: str) -> None:
        """A factory function made a tensor."""
        self.budget.operation()
        self.budget.elements(tensor.array.size)
        self._next.created(tensor, op)

    def computed(self, op: Op, inputs: dict[str, Any], outputs: tuple[Tensor, ...], node: Node | None) -> None:
        """An operation ran."""
        self.budget.operation()
        for output in outputs:
            self.budget.elements(output.array.size)
        if len(outputs) > 1:
            self.budget.pieces(len(outputs))
        self._next.computed(op, inputs, outputs, node)

    def backward(self, call: BackwardCall, steps: Iterator[Step]) -> Iterator[Step]:
        """A backward pass: each of its steps is an operation."""
        for step in self._next.backward(call, steps):
            self.budget.operation()
            yield step

    def __getattr__(self, name: str) -> Any:
        return getattr(self._next, name)
