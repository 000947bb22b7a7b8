"""What somebody is told who watches the core at work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from .engine import BackwardCall, Step
from .node import Node
from .op import Op
from .tensor import Tensor


class Observer(Protocol):
    """Someone who is told what happens, as it happens; set with `observe`.

    While it has a true attribute `is_light`, it is not told of operations: what it would be told costs time.
    """

    def created(self, tensor: Tensor, op: str) -> None:
        """A factory function (`ones`, `tensor`, `zeros_like` …) made a tensor."""

    def computed(self, op: Op, inputs: dict[str, Any], outputs: tuple[Tensor, ...], node: Node | None) -> None:
        """An operation ran; `inputs` by schema name, without those left at their default."""

    def mutated(self, op: Op, tensor: Tensor, inputs: dict[str, Any], node: Node | None) -> None:
        """An in-place operation has written to `tensor`."""

    def mode(self, name: str, entered: bool) -> None:
        """A grad mode ("no_grad", "enable_grad", "inference_mode") was entered or left."""

    def grad_set(self, tensor: Tensor) -> None:
        """`tensor.grad` was assigned, perhaps to None."""

    def backward(self, call: BackwardCall, steps: Iterator[Step]) -> Iterator[Step]:
        """A backward pass begins; yields every step on."""
        ...

    def hook(self, owner: Any, before: Any, after: Any) -> None:
        """A hook ran on a tensor or node and turned `before` into `after`."""
