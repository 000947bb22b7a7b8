"""The scheduler that looks at how training goes."""

from __future__ import annotations

import math
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, check_optimizer


class ReduceLROnPlateau(LRScheduler):
    """Times `factor` when a number, mostly the loss, has not become better for more than `patience` epochs."""

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | list[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        check_optimizer(optimizer)
        groups = optimizer.param_groups
        lowest = list(min_lr) if isinstance(min_lr, list | tuple) else [min_lr] * len(groups)
        if len(lowest) != len(groups):
            raise ValueError(f"expected {len(groups)} min_lrs, got {len(lowest)}")
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.factor = factor
        self.optimizer = optimizer
        self.min_lrs = lowest
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch = 0
        self._last_lr = [group["lr"] for group in groups]
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.best = math.inf if mode == "min" else -math.inf
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    def step(self, metrics: Any, epoch: int | None = None) -> None:  # type: ignore[override]
        """Look at this epoch's number, and lower the rates if it has not become better for long."""
        now = float(metrics)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(now):
            self.best = now
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        rates = [group["lr"] for group in self.optimizer.param_groups]
        if self.num_bad_epochs > self.patience:
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
            for i, (rate, lowest) in enumerate(zip(rates, self.min_lrs, strict=True)):
                lower = max(float(rate) * self.factor, lowest)
                if float(rate) - lower > self.eps:
                    rates[i] = lower
        self._write(rates)

    def _is_better(self, now: float) -> bool:
        by = self.threshold
        if self.mode == "min":
            return now < (self.best * (1.0 - by) if self.threshold_mode == "rel" else self.best - by)
        return now > (self.best * (by + 1.0) if self.threshold_mode == "rel" else self.best + by)
