"""`torch.utils.checkpoint`: same results and graph; here nothing is recomputed, the values are simply kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def checkpoint(function: Callable[..., Any], *args: Any, use_reentrant: Any = None, **kwargs: Any) -> Any:
    """Call a function whose intermediate values PyTorch would compute again in backward, to save memory."""
    for option in ("context_fn", "determinism_check", "debug", "early_stop", "preserve_rng_state"):
        kwargs.pop(option, None)
    return function(*args, **kwargs)
