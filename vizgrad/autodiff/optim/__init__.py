"""`torch.optim`: optimizers, and schedules of their learning rates."""

from __future__ import annotations

import importlib
from typing import Any

from .optimizer import Optimizer
from .optimizers import SGD, Adam, AdamW, RMSprop

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop"]


def __getattr__(name: str) -> Any:
    if name == "lr_scheduler":
        return importlib.import_module(".lr_scheduler", __package__)
    raise AttributeError(f"module 'torch.optim' has no attribute '{name}'")
