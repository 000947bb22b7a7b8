"""`torch.autograd`: asking for gradients."""

from __future__ import annotations

import importlib
import operator
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..core import errors, grad_mode
from ..core.engine import BackwardCall, Step, backward_steps, gradient_edge
from ..core.function import Function, once_differentiable
from ..core.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from ..core.hooks import anomaly, keep
from ..core.tensor import Size, Tensor, method, wrap

__all__ = [
    "Function", "backward", "detect_anomaly", "enable_grad", "functional", "grad", "gradcheck",
    "gradgradcheck", "inference_mode", "no_grad", "once_differentiable",
    "set_detect_anomaly", "set_grad_enabled",
]  # fmt: skip


def _tensors(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, Tensor) else tuple(value)


def _given(value: Any) -> tuple[Any, ...]:
    """Take gradients to start with; what is no tensor among them is refused with PyTorch's words."""
    if isinstance(value, Tensor):
        return (value,)
    given = tuple(value)
    for seed in given:
        if seed is not None and not isinstance(seed, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(seed).__name__}")
    return given


def _seeds(roots: Sequence[Tensor], given: Sequence[Any], create_graph: bool) -> tuple[Tensor, ...]:
    """Check the gradients to start with, and make those that were left out."""
    seeds = []
    for i, (root, seed) in enumerate(zip(roots, given, strict=True)):
        if isinstance(seed, Tensor):
            if seed.array.shape != root.array.shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{i}] has a shape of {Size(seed.array.shape)} and output[{i}] has "
                    f"a shape of {Size(root.array.shape)}."
                )
            if (seed.array.dtype.kind == "c") != (root.array.dtype.kind == "c"):
                raise RuntimeError(
                    "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch "
                    f"in dtype: grad_output[{i}] has a dtype of {seed.dtype} and output[{i}] has a dtype of "
                    f"{root.dtype}."
                )
            seeds.append(seed)
        else:
            if root.requires_grad and root.array.size != 1:
                raise RuntimeError(errors.SCALAR_ONLY)
            seeds.append(wrap(np.array(1, root.array.dtype, ndmin=root.array.ndim)))
    return tuple(seeds)


def _flag(value: Any) -> bool:
    """Take a whole number for a truth value, as PyTorch does, and nothing else."""
    return bool(operator.index(value))


def _run(call: BackwardCall) -> None:
    """Exhaust the steps of a backward pass; an observer sees each of them go by."""
    for i, root in enumerate(call.roots):
        if not root.requires_grad:
            raise RuntimeError(errors.NO_GRAD_FN.format(i))
    observer = grad_mode.current().observer
    call.watched = observer is not None
    steps: Iterator[Step] = backward_steps(call)
    if observer is not None:
        steps = observer.backward(call, steps)
    with np.errstate(all="ignore"):
        for _ in steps:
            pass


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Send gradients back from tensors; leaves accumulate them in `.grad`.

    >>> from vizgrad import autodiff as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> torch.autograd.backward(x * x)
    >>> x.grad
    tensor(6.)
    """
    if inputs is not None and not isinstance(inputs, Tensor) and not len(inputs):
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    roots = _tensors(tensors)
    given = (None,) * len(roots) if grad_tensors is None else _given(grad_tensors)
    if len(given) != len(roots):
        raise RuntimeError(f"got {len(roots)} tensors and {len(given)} gradients")
    seeds = _seeds(roots, given, create_graph)
    if create_graph:
        warnings.warn(errors.CREATE_GRAPH_LEAK, UserWarning, stacklevel=3)
    only = None if inputs is None else _tensors(inputs)
    keep_graph = create_graph if retain_graph is None else retain_graph
    call = BackwardCall(roots, seeds, _flag(keep_graph), _flag(create_graph), only)
    _run(call)
    for tensor in only or ():
        edge = gradient_edge(tensor)
        if edge in call.captured and call.captured[edge] is not None:
            keep(tensor, call.captured[edge], create_graph)


def _backward_of(
    self: Tensor, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None
) -> None:
    """Send a gradient back through the graph that made this tensor; leaves accumulate it in `.grad`.

    `gradient` is the gradient of the final result with respect to this tensor: 1 if it has one element.
    """
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


_backward_of.__name__ = "backward"
method(_backward_of)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """Give the gradients of outputs with respect to inputs, and leave every `.grad` alone.

    >>> from vizgrad import autodiff as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> torch.autograd.grad(x * x, x)
    (tensor(6.),)
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    if not only_inputs:
        warnings.warn(errors.ONLY_INPUTS, FutureWarning, stacklevel=2)
    roots, wanted = _tensors(outputs), _tensors(inputs)
    given = (None,) * len(roots) if grad_outputs is None else _given(grad_outputs)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    seeds = _seeds(roots, given[: len(roots)], create_graph)
    for i, root in enumerate(roots):
        if not root.requires_grad:
            raise RuntimeError(errors.NO_GRAD_FN.format(i))
    if not all(t.requires_grad for t in wanted):
        raise RuntimeError("One of the differentiated Tensors does not require grad")
    keep_graph = create_graph if retain_graph is None else retain_graph
    call = BackwardCall(roots, seeds, _flag(keep_graph), _flag(create_graph), wanted, accumulate=False)
    _run(call)
    found: list[Any] = []
    for i, tensor in enumerate(wanted):
        value = call.captured.get(gradient_edge(tensor))
        if value is None:
            if materialize_grads:
                value = np.zeros_like(tensor.array)
            elif not allow_unused:
                raise RuntimeError(errors.UNUSED.format(i))
        found.append(value if value is None or isinstance(value, Tensor) else wrap(np.array(value)))
    return tuple(found)


class set_detect_anomaly:
    """Stop backward at the first node that makes a NaN; also as a context manager."""

    def __init__(self, mode: bool = True, check_nan: bool = True) -> None:
        self._before = anomaly.get()
        anomaly.set(mode and check_nan)

    def __enter__(self) -> None: ...

    def __exit__(self, *fault: object) -> None:
        anomaly.set(self._before)


class detect_anomaly(set_detect_anomaly):
    """Stop backward, inside the block, at the first node that makes a NaN."""

    def __init__(self, check_nan: bool = True) -> None:
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            UserWarning,
            stacklevel=2,
        )
        super().__init__(True, check_nan)


def __getattr__(name: str) -> Any:
    # these are built on what stands above
    if name in ("functional", "function"):
        return importlib.import_module(f"{__name__}.{name}")
    if name in ("gradcheck", "gradgradcheck", "GradcheckError"):
        return getattr(importlib.import_module(f"{__name__}.check"), name)
    raise AttributeError(f"module 'torch.autograd' has no attribute '{name}'")
