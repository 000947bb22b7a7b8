"""Schedulers: how an optimizer's learning rate changes from epoch to epoch, by the same arithmetic as PyTorch's.

>>> from vizgrad.autodiff import optim, tensor
>>> optimizer = optim.SGD([tensor([1.0], requires_grad=True)], lr=0.5)
>>> scheduler = StepLR(optimizer, step_size=2, gamma=0.5)
>>> for epoch in range(4):
...     optimizer.step()
...     scheduler.step()
...     print(scheduler.get_last_lr())
[0.5]
[0.25]
[0.25]
[0.125]
"""

from __future__ import annotations

from ...core.module_names import house
from .base import LRScheduler
from .cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts, OneCycleLR
from .decay import (
    ConstantLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from .plateau import ReduceLROnPlateau

__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "StepLR",
]

house("torch.optim.lr_scheduler", *(globals()[name] for name in __all__))
