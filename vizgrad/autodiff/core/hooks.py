"""Functions of the program's own that look at, and may replace, a gradient on its way."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from weakref import ref

import numpy as np

from . import grad_mode
from .tensor import Tensor, wrap

Hook = Callable[..., Any]
anomaly: ContextVar[bool] = ContextVar("anomaly", default=False)
_keys = itertools.count()


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook off again."""

    def __init__(self, hooks: dict[int, Any]) -> None:
        self._hooks = hooks
        self.id = next(_keys)

    def remove(self) -> None:
        """Take the hook off; a second time does nothing."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *fault: object) -> None:
        self.remove()


class Hooks:
    """The hooks of one node, or of one leaf, by when they run."""

    __slots__ = ("accumulated", "post", "pre", "retained", "tensor")

    def __init__(self) -> None:
        self.tensor: dict[int, tuple[int, Any, Hook]] = {}  # (output number, its tensor, hook)
        self.retained: dict[int, Any] = {}  # output number -> the tensor whose .grad is kept
        self.pre: dict[int, Hook] = {}
        self.post: dict[int, Hook] = {}
        self.accumulated: dict[int, Hook] = {}

    def add(self, kind: str, hook: Any) -> RemovableHandle:
        """Register a hook of one kind."""
        hooks = getattr(self, kind)
        handle = RemovableHandle(hooks)
        hooks[handle.id] = hook
        return handle

    def watch(self, tensor: Tensor, number: int, hook: Hook) -> RemovableHandle:
        """Register a hook on the gradient of one output."""
        return self.add("tensor", (number, ref(tensor), hook))


def _call(owner: Any, hook: Hook, arguments: tuple[Any, ...], create_graph: bool) -> Any:
    now = grad_mode.current()
    # what a hook computes is not part of the recorded program, unless backward itself is
    token = grad_mode.change(
        now._replace(grad=create_graph, observer=now.observer if create_graph else None, in_rule=False)
    )
    try:
        return hook(*arguments)
    finally:
        grad_mode.restore(token)


def _tell(owner: Any, before: Any, after: Any) -> None:
    observer = grad_mode.current().observer
    if observer is not None:
        observer.hook(owner, before, after)


def _as_tensor(grad: Any) -> Any:
    return grad if grad is None or isinstance(grad, Tensor) else wrap(np.asarray(grad))


def _as_grad(tensor: Any, create_graph: bool) -> Any:
    return tensor if tensor is None or create_graph else tensor.array


def _checked(result: Any, before: Any, hook: Hook) -> Any:
    name = getattr(hook, "__name__", type(hook).__name__)
    if not isinstance(result, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(result).__name__}'")
    if before is not None and result.array.shape != before.array.shape:
        raise RuntimeError(f"hook '{name}' has changed the size of value")
    return result


def before_node(node: Any, hooks: Hooks, grads: list[Any], create_graph: bool) -> list[Any]:
    """Run the tensors' hooks, then keep the gradients that `retain_grad` asks for."""
    for number, tensor, hook in list(hooks.tensor.values()):
        if grads[number] is None:
            continue
        before = _as_tensor(grads[number])
        owner = tensor()
        result = _call(owner, hook, (before,), create_graph)
        if result is not None:
            grads = list(grads)
            grads[number] = _as_grad(_checked(result, before, hook), create_graph)
        _tell(node if owner is None else owner, before, before if result is None else result)
    for number, tensor in hooks.retained.items():
        kept = tensor()
        if kept is not None and grads[number] is not None:
            keep(kept, grads[number], create_graph)
    return grads


def keep(tensor: Tensor, grad: Any, create_graph: bool) -> None:
    """Add a gradient to a non-leaf's `.grad`: always as a new tensor."""
    if create_graph:
        tensor._grad = grad if tensor._grad is None else tensor._grad + grad
    else:
        before = tensor._grad
        tensor._grad = wrap(np.array(grad) if before is None else np.asarray(before.array + grad))


def run_pre(node: Any, hooks: Hooks, grads: list[Any], create_graph: bool) -> list[Any]:
    """Run the hooks that come before a node."""
    for hook in list(hooks.pre.values()):
        before = tuple(_as_tensor(g) for g in grads)
        result = _call(node, hook, (before,), create_graph)
        if result is not None:
            after = (result,) if isinstance(result, Tensor) else tuple(result)
            grads = [
                _as_grad(None if r is None else _checked(r, b, hook), create_graph)
                for r, b in zip(after, before, strict=True)
            ]
        _tell(node, before, before if result is None else after)
    return grads


def run_post(node: Any, hooks: Hooks, inputs: list[Any], grads: list[Any], create_graph: bool) -> list[Any]:
    """Run the hooks that come after a node."""
    for hook in list(hooks.post.values()):
        before = tuple(_as_tensor(g) for g in inputs)
        result = _call(node, hook, (before, tuple(_as_tensor(g) for g in grads)), create_graph)
        if result is not None:
            after = (result,) if isinstance(result, Tensor) else tuple(result)
            inputs = [
                _as_grad(None if r is None else _checked(r, b, hook), create_graph)
                for r, b in zip(after, before, strict=True)
            ]
        _tell(node, before, before if result is None else after)
    return inputs


def after_accumulate(node: Any, hooks: Hooks) -> None:
    """Run the hooks that come after a leaf's `.grad` has changed."""
    for hook in list(hooks.accumulated.values()):
        _call(node.variable, hook, (node.variable,), False)
        _tell(node.variable, node.variable._grad, node.variable._grad)
    for hook in list(hooks.post.values()):
        _call(node, hook, ((), (node.variable._grad,)), False)


def check_nan(node: Any, inputs: list[Any]) -> None:
    """Stop at the first node that makes a NaN (`detect_anomaly`)."""
    for i, grad in enumerate(inputs):
        array = grad.array if isinstance(grad, Tensor) else grad
        if array is not None and array.dtype.kind in "fc" and np.isnan(array).any():
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {i}th output.")


__all__ = [
    "Hooks",
    "RemovableHandle",
    "after_accumulate",
    "anomaly",
    "before_node",
    "check_nan",
    "keep",
    "run_post",
    "run_pre",
]
