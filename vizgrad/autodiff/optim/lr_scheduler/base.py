"""What all schedulers have in common: they count the epochs and write each group's rate."""

from __future__ import annotations

import warnings
from typing import Any

from ..optimizer import Group, Optimizer

ORDER = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call "
    "them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in "
    "PyTorch skipping the first value of the learning rate schedule. See more details at "
    "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)
USE_LAST = "To get the last learning rate computed by the scheduler, please use `get_last_lr()`."


class LRScheduler:
    """Base class of schedulers; a subclass writes `_rate`, the next rate of one group of parameters.

    The attributes are PyTorch's, since `state_dict` shows them.
    """

    _is_initial = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with "
                    "last_epoch >= 0."
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._step_count = 0
        self._is_initial = True
        self.step()
        self._is_initial = False

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch, and give each group its rate there."""
        if self._step_count == 1 and not self.optimizer._has_stepped:
            warnings.warn(ORDER, UserWarning, stacklevel=2)
        self._step_count += 1
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        self._write(self._rates())

    def get_last_lr(self) -> list[Any]:
        """Give the rates that the last step has set, one for each group."""
        return self._last_lr

    def get_lr(self) -> list[Any]:
        """Compute the next rates; what a program wants is `get_last_lr`."""
        warnings.warn(USE_LAST, UserWarning, stacklevel=2)
        return self._rates()

    def state_dict(self) -> dict[str, Any]:
        """Give everything it knows, without the optimizer."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from what `state_dict` of a scheduler of the same kind gave."""
        self.__dict__.update(state_dict)

    def _rates(self) -> list[Any]:
        self._get_lr_called_within_step = False
        return [self._rate(group, base) for group, base in zip(self.optimizer.param_groups, self.base_lrs, strict=True)]

    def _rate(self, group: Group, base: float) -> float:
        raise NotImplementedError

    def _write(self, rates: list[Any]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = [group["lr"] for group in self.optimizer.param_groups]


def check_optimizer(optimizer: Any) -> None:
    """Refuse what is no optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
