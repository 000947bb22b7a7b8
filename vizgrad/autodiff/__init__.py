"""A small autograd on NumPy in the shape of PyTorch: `import vizgrad.autodiff as torch`."""

from __future__ import annotations

import importlib as _importlib
import math as _math
import warnings as _warnings
from typing import Any as _Any

from . import autograd, creation, operators, ops, random
from .core import tensor_hooks as _tensor_hooks  # noqa: F401 - it gives tensors their methods
from .core.dtypes import ALIASES as _ALIASES
from .core.dtypes import NAMED as _NAMED
from .core.dtypes import dtype, promote_types
from .core.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    observe,
    set_grad_enabled,
)
from .core.module_names import house as _house
from .core.node import AccumulateGrad as _AccumulateGrad
from .core.registry import FUNCTIONS as _FUNCTIONS
from .core.tensor import Size, Tensor, device
from .legacy_types import TYPES as _TYPES
from .random.factories import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)

_house("torch", Tensor, Size, device, dtype)
_house("torch._C", Generator)
_house("builtins", _AccumulateGrad)
_house("torch.autograd.function", autograd.Function)

# NumPy warns of log(0) and 1/0, where PyTorch silently gives inf and nan.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"vizgrad\.autodiff")

pi, e, inf, nan = _math.pi, _math.e, _math.inf, _math.nan
newaxis = None

globals().update(_FUNCTIONS)  # operations and factories under their public names
globals().update(_NAMED)  # float32, int64 …
globals().update(_ALIASES)  # float, long …
globals().update(_TYPES)  # FloatTensor, LongTensor …

_LAZY = {
    "nn": ".nn",
    "optim": ".optim",
    "linalg": ".linalg",
    "utils": ".utils",
}


def is_tensor(value: _Any) -> bool:
    """Say whether a value is a tensor."""
    return isinstance(value, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Say whether a tensor's elements are floating-point numbers."""
    return input.is_floating_point()


def numel(input: Tensor) -> int:
    """Count a tensor's elements."""
    return input.numel()


def result_type(a: _Any, b: _Any) -> dtype:
    """Give the type that an operation on two values computes in."""
    from .core import dtypes

    return dtypes.result_type([v.array if isinstance(v, Tensor) else v for v in (a, b)])


def get_default_dtype() -> dtype:
    """Give the type of tensors made without one: float32."""
    from .core import dtypes

    return dtypes.default()


def __getattr__(name: str) -> _Any:
    if name in _LAZY:
        return _importlib.import_module(_LAZY[name], __name__)
    if name in ("set_printoptions", "get_printoptions"):
        return getattr(_importlib.import_module(".printing", __name__), name)
    raise AttributeError(f"module 'torch' has no attribute '{name}'")


__all__ = [
    "Generator", "Size", "Tensor", "autograd", "creation", "default_generator", "device", "dtype",
    "enable_grad", "get_rng_state", "inference_mode",
    "initial_seed", "is_grad_enabled",
    "is_inference_mode_enabled", "manual_seed", "no_grad", "observe", "operators", "ops", "promote_types",
    "random", "seed", "set_grad_enabled",
    "set_rng_state",
]  # fmt: skip
