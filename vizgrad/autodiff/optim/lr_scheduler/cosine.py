"""Schedulers whose rate follows a cosine."""

from __future__ import annotations

import math
from typing import Any

from ..optimizer import Group, Optimizer
from .base import LRScheduler, check_optimizer


class CosineAnnealingLR(LRScheduler):
    """Half a cosine down to `eta_min` over `T_max` epochs, and up again."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _rate(self, group: Group, base: float) -> float:
        if self._is_initial:
            return group["lr"]
        now, rate, low = self.last_epoch, group["lr"], self.eta_min
        if (now - 1 - self.T_max) % (2 * self.T_max) == 0:  # at the bottom, where the quotient below is 0 / 0
            return rate + (base - low) * (1 - math.cos(math.pi / self.T_max)) / 2
        rise = (1 + math.cos(math.pi * now / self.T_max)) / (1 + math.cos(math.pi * (now - 1) / self.T_max))
        return rise * (rate - low) + low


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine down over `T_0` epochs, then again from the top, each time `T_mult` times as long."""

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def step(self, epoch: float | None = None) -> None:
        """Go on to the next epoch, or to the one named, which may be a fraction."""
        if epoch is None and self.last_epoch >= 0:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            epoch = 0 if epoch is None else epoch
            if epoch < 0:
                raise ValueError(f"Expected non-negative epoch, but got {epoch}")
            self._jump(epoch)
        self.last_epoch = math.floor(epoch)
        self._write(self._rates())

    def _jump(self, epoch: float) -> None:
        self.T_cur, self.T_i = epoch, self.T_0
        if epoch >= self.T_0 and self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        elif epoch >= self.T_0:
            restarts = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**restarts - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**restarts

    def _rate(self, group: Group, base: float) -> float:
        return self.eta_min + (base - self.eta_min) * (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2


class OneCycleLR(LRScheduler):
    """Up to `max_lr` and down again to nearly nothing in one run, with the momentum the other way round."""

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        if total_steps is None and epochs is not None and steps_per_epoch is not None:
            total_steps = epochs * steps_per_epoch
        if total_steps is None:
            raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
        if total_steps <= 0:
            raise ValueError(f"Expected positive integer total_steps, but got {total_steps}")
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if cycle_momentum and not {"momentum", "betas"} & set(optimizer.defaults):
            raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        self.total_steps = total_steps
        self._cosine = anneal_strategy == "cos"
        self.cycle_momentum = cycle_momentum
        self.use_beta1 = "betas" in optimizer.defaults
        self._phases = _phases(total_steps, pct_start, three_phase)
        groups = optimizer.param_groups
        highest = list(max_lr) if isinstance(max_lr, list | tuple) else [max_lr] * len(groups)
        if last_epoch == -1:
            for group, high in zip(groups, highest, strict=True):
                group["initial_lr"] = high / div_factor
                group["max_lr"] = high
                group["min_lr"] = group["initial_lr"] / final_div_factor
                if cycle_momentum:
                    group["max_momentum"], group["base_momentum"] = max_momentum, base_momentum
        super().__init__(optimizer, last_epoch)

    def _rate(self, group: Group, base: float) -> float:
        now = self.last_epoch
        if now > self.total_steps:
            raise ValueError(f"Tried to step {now} times. The specified number of total steps is {self.total_steps}")
        start = 0.0
        for passed, *_ in self._phases[:-1]:
            start = passed if now > passed else start
        end, rate, momentum = next((p for p in self._phases if now <= p[0]), self._phases[-1])
        part = (now - start) / (end - start)
        if self.cycle_momentum:
            moved = self._between(group[momentum[0]], group[momentum[1]], part)
            if self.use_beta1:
                group["betas"] = (moved, *group["betas"][1:])
            else:
                group["momentum"] = moved
        return self._between(group[rate[0]], group[rate[1]], part)

    def _between(self, start: float, end: float, part: float) -> float:
        if self._cosine:
            return end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1)
        return (end - start) * part + start


def _phases(total: int, part: float, three: bool) -> list[tuple[float, Any, Any]]:
    """The last step of each phase, and between which of a group's numbers the rate and the momentum go."""
    up, down = ("max_momentum", "base_momentum"), ("base_momentum", "max_momentum")
    rise = (float(part * total) - 1, ("initial_lr", "max_lr"), up)
    if not three:
        return [rise, (total - 1, ("max_lr", "min_lr"), down)]
    return [
        rise,
        (float(2 * part * total) - 2, ("max_lr", "initial_lr"), down),
        (total - 1, ("initial_lr", "min_lr"), ("max_momentum", "max_momentum")),
    ]
