"""`torch.random` and what draws: random tensors, distributions, and the source of their numbers."""

from . import factories
from .factories import *  # noqa: F403 - the names that it lists

__all__: list[str] = []
__all__ += factories.__all__
