"""Calls of PyTorch whose size is bounded by their arguments: for these nobody needs to look below, at the kernels.

Anything that is not listed here is measured operation by operation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from .cost import widest

Quick = Callable[[Any, Any], int]
Tensor = torch.Tensor
peek_transform = torch._C._functorch.peek_interpreter_stack
MOST_QUICK = 4096
"""Functions that are remembered."""


def free(args: Any, kwargs: Any) -> int:
    """Makes nothing, or no more than there is."""
    return 0


def pointwise(args: Any, kwargs: Any) -> int:
    """No more than the arguments broadcast together."""
    first = args[0]
    if isinstance(first, Tensor) and not kwargs:
        if len(args) == 1:
            return first.numel()
        if len(args) == 2:
            other = args[1]
            if type(other) is not Tensor:
                return first.numel() if type(other) in (int, float) else NOT_KNOWN
            if other.ndim == 0 or other.shape == first.shape:
                return first.numel()
            if first.ndim == 0:
                return other.numel()
    shape: Any = ()
    for value in args:
        if isinstance(value, Tensor):
            other = value.shape
            if other != shape:
                shape = widest(shape, other) if shape and other else other or shape
        elif isinstance(value, list | tuple):
            return NOT_KNOWN
    for name, value in (kwargs or {}).items():
        if isinstance(value, Tensor | list | tuple) or name == "rounding_mode":
            return NOT_KNOWN
    return math.prod(shape)


def product(args: Any, kwargs: Any) -> int:
    """A product of two matrices, or of a matrix and a vector: what it makes, and its work divided by a thousand."""
    if kwargs:
        return NOT_KNOWN
    a, b = args
    if a.ndim > 2 or b.ndim > 2:
        return NOT_KNOWN
    made = (a.numel() // max(a.shape[-1], 1)) * (b.shape[1] if b.ndim > 1 else 1)
    return max(made, made * a.shape[-1] // 1000)


def linear(args: Any, kwargs: Any) -> int:
    """Rows times outputs, and its work divided by a thousand."""
    x, weight = args[:2]
    made = (x.numel() // max(x.shape[-1], 1)) * weight.shape[0]
    return max(made, made * x.shape[-1] // 1000)


NOT_KNOWN = 1 << 62
FREE = frozenset(
    """
    item tolist dim size numel ndimension is_floating_point is_complex is_contiguous stride element_size detach detach_
    requires_grad_ zero_ t transpose unsqueeze squeeze view view_as flatten __len__ __bool__ __float__ __int__
    __format__ is_cuda
    """.split()
)
INTERNAL = frozenset("_set_grad_enabled _record_function_enter_new _record_function_exit._RecordFunction".split())
"""What the library calls around its own work."""
POINTWISE = frozenset(
    """
    add sub mul div true_divide pow neg rsub add_ sub_ mul_ div_ neg_ __add__ __radd__ __iadd__ __sub__ __rsub__
    __isub__ __mul__ __rmul__ __imul__ __truediv__ __rtruediv__ __itruediv__ __div__ __rdiv__ __idiv__ __pow__ __rpow__
    __neg__ square sqrt exp log sin cos tan tanh sigmoid relu abs sum mean clamp clamp_min clamp_max maximum minimum
    where eq ne lt le gt ge __eq__ __ne__ __lt__ __le__ __gt__ __ge__ mse_loss l1_loss smooth_l1_loss softplus
    addcmul_ addcdiv_ lerp_
    binary_cross_entropy_with_logits binary_cross_entropy softmax log_softmax leaky_relu gelu silu elu copy_ clone
    """.split()
)
PRODUCTS = frozenset("mm mv dot matmul __matmul__".split())
OWNERS = (Tensor, torch, functional, torch._C._nn, torch._C._VariableFunctions)
KINDS = frozenset(
    """
    Add Sub Rsub Mul Div Pow Neg Sum Mean Square Sqrt Exp Log Sin Cos Tan Tanh Sigmoid Relu Abs Clamp ClampMin ClampMax
    Maximum Minimum Where MseLoss SmoothL1Loss Mm Mv Dot Addmm T Transpose View Unsqueeze Squeeze UnsafeView Clone
    ReshapeAlias Softmax LogSoftmax NllLoss BinaryCrossEntropy BinaryCrossEntropyWithLogits LeakyRelu Gelu Silu Elu
    Softplus ToCopy
    """.split()
)
"""Operations whose rules make nothing larger than what they themselves took or made."""


def quick_rule(func: Any) -> Quick | None:
    """The rule for a function as a TorchFunctionMode is given it; None where the kernels must be looked at."""
    name = getattr(func, "__name__", "")
    if name in ("__get__", "__set__") and isinstance(getattr(func, "__self__", None), type(Tensor.grad)):
        return free if func.__self__ in READ else None
    if name.startswith("_foreach_") and getattr(torch, name, None) is func and name.endswith("_"):
        return free
    if name in INTERNAL:
        return free
    if not any(func in (getattr(owner, name, None), getattr(owner, f"__{name}__", None)) for owner in OWNERS):
        return None
    if name in FREE:
        return free
    if name in POINTWISE:
        return pointwise
    if name in PRODUCTS:
        return product
    return linear if name == "linear" else None


READ = [
    getattr(Tensor, name)
    for name in "grad shape dtype device requires_grad is_leaf ndim layout is_sparse is_cuda is_cpu is_meta".split()
]


def is_plain_kind(kind: type) -> bool:
    """Whether a kind of node is one of them; what a program's own function does is seen as it does it."""
    stem, _, number = kind.__name__.partition("Backward")
    if issubclass(kind, torch.autograd.function.BackwardCFunction):
        return True
    return kind.__name__ == "AccumulateGrad" or (stem in KINDS and number.isdigit() and kind.__module__ == "builtins")


QUICK: dict[Any, Quick | None] = {}


def NEW(args: Any, kwargs: Any) -> int:
    """Stands for the rule of what has not been met yet."""
    return NOT_KNOWN


PLAIN_KINDS: set[type] = set()
