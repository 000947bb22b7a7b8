"""Losses as modules: each compares its input with a target."""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from . import functional as F
from .module import Module


class _Loss(Module):
    """A loss function as a module; `reduction` is "mean", "sum" or "none"."""

    function = ""

    def __init__(
        self, reduction: str = "mean", tensors: dict[str, Tensor | None] | None = None, **options: Any
    ) -> None:
        super().__init__()
        self._options = (*(tensors or {}), *options, "reduction")
        for name, tensor in (tensors or {}).items():
            self.register_buffer(name, tensor)
        for name, value in {**options, "reduction": reduction}.items():
            setattr(self, name, value)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compare the input with the target."""
        return getattr(F, self.function)(input, target, **{name: getattr(self, name) for name in self._options})


class MSELoss(_Loss):
    """The squared difference."""

    function = "mse_loss"

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__(reduction)


class L1Loss(_Loss):
    """The absolute difference."""

    function = "l1_loss"

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__(reduction)


class SmoothL1Loss(_Loss):
    """The absolute difference, but the squared one below beta."""

    function = "smooth_l1_loss"

    def __init__(self, *, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction, beta=beta)


class HuberLoss(_Loss):
    """The squared difference, but a straight line above delta."""

    function = "huber_loss"

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction, delta=delta)


class CrossEntropyLoss(_Loss):
    """How unlikely the softmax of the input makes the target class."""

    function = "cross_entropy"

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction, {"weight": weight}, ignore_index=ignore_index, label_smoothing=label_smoothing)


class NLLLoss(_Loss):
    """The negative of the target class's log probability."""

    function = "nll_loss"

    def __init__(self, weight: Tensor | None = None, *, ignore_index: int = -100, reduction: str = "mean") -> None:
        super().__init__(reduction, {"weight": weight}, ignore_index=ignore_index)


class BCELoss(_Loss):
    """The cross-entropy of a probability and a target between 0 and 1."""

    function = "binary_cross_entropy"

    def __init__(self, weight: Tensor | None = None, *, reduction: str = "mean") -> None:
        super().__init__(reduction, {"weight": weight})


class BCEWithLogitsLoss(_Loss):
    """The cross-entropy of the input's sigmoid and a target between 0 and 1."""

    function = "binary_cross_entropy_with_logits"

    def __init__(
        self, weight: Tensor | None = None, *, reduction: str = "mean", pos_weight: Tensor | None = None
    ) -> None:
        super().__init__(reduction, {"weight": weight, "pos_weight": pos_weight})


class KLDivLoss(_Loss):
    """How far a distribution, given by log probabilities, is from the target."""

    function = "kl_div"

    def __init__(self, *, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(reduction, log_target=log_target)
