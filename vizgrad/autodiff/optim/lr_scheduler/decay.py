"""Schedulers that multiply the rate, at certain epochs or at each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from ..optimizer import Group, Optimizer
from .base import LRScheduler

Factor = Callable[[int], float]


class LambdaLR(LRScheduler):
    """The first rate times what a function says of the epoch."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Factor | list[Factor], last_epoch: int = -1) -> None:
        self.lr_lambdas = _one_for_each(optimizer, lr_lambda)
        super().__init__(optimizer, last_epoch)

    def _rates(self) -> list[Any]:
        self._get_lr_called_within_step = False
        return [base * factor(self.last_epoch) for factor, base in zip(self.lr_lambdas, self.base_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """Give everything it knows, without the optimizer and the functions."""
        return {**super().state_dict(), "lr_lambdas": [None] * len(self.lr_lambdas)}


class MultiplicativeLR(LambdaLR):
    """The last rate times what a function says of the epoch."""

    def _rates(self) -> list[Any]:
        self._get_lr_called_within_step = False
        groups = self.optimizer.param_groups
        if self._is_initial:
            return [group["lr"] for group in groups]
        return [group["lr"] * factor(self.last_epoch) for factor, group in zip(self.lr_lambdas, groups, strict=True)]


def _one_for_each(optimizer: Optimizer, factor: Factor | list[Factor]) -> list[Factor]:
    groups = len(optimizer.param_groups)
    if not isinstance(factor, list | tuple):
        return [factor] * groups
    if len(factor) != groups:
        raise ValueError(f"Expected {groups} lr_lambdas, but got {len(factor)}")
    return list(factor)


class StepLR(LRScheduler):
    """Times `gamma` every `step_size` epochs."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _rate(self, group: Group, base: float) -> float:
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return group["lr"]
        return group["lr"] * self.gamma


class MultiStepLR(LRScheduler):
    """Times `gamma` at each of the epochs named."""

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _rate(self, group: Group, base: float) -> float:
        if self.last_epoch not in self.milestones:
            return group["lr"]
        return group["lr"] * self.gamma ** self.milestones[self.last_epoch]


class ConstantLR(LRScheduler):
    """A smaller rate for the first epochs."""

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if factor > 1.0 or factor < 0:
            raise ValueError("Constant multiplicative factor expected to be between 0 and 1.")
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _rate(self, group: Group, base: float) -> float:
        if self.last_epoch == 0:
            return group["lr"] * self.factor
        if self.last_epoch != self.total_iters:
            return group["lr"]
        return group["lr"] * (1.0 / self.factor)


class LinearLR(LRScheduler):
    """A factor that goes in equal steps from one to another over the first epochs."""

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if start_factor > 1.0 or start_factor <= 0:
            raise ValueError("Starting multiplicative factor expected to be greater than 0 and less or equal to 1.")
        if end_factor > 1.0 or end_factor < 0:
            raise ValueError("Ending multiplicative factor expected to be between 0 and 1.")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _rate(self, group: Group, base: float) -> float:
        if self.last_epoch == 0:
            return group["lr"] * self.start_factor
        if self._is_initial or self.last_epoch > self.total_iters:
            return group["lr"]
        rise = self.end_factor - self.start_factor
        return group["lr"] * (1.0 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise))


class ExponentialLR(LRScheduler):
    """Times `gamma` at every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _rate(self, group: Group, base: float) -> float:
        return group["lr"] if self._is_initial else group["lr"] * self.gamma


class PolynomialLR(LRScheduler):
    """Down to zero by a power of the epochs that are left."""

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def _rate(self, group: Group, base: float) -> float:
        if self._is_initial or self.last_epoch > self.total_iters:
            return group["lr"]
        left, before = (1.0 - epoch / self.total_iters for epoch in (self.last_epoch, self.last_epoch - 1))
        return group["lr"] * (left / before) ** self.power
