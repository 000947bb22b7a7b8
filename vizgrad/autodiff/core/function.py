"""`torch.autograd.Function`: operations that a program declares itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import errors, grad_mode
from .engine import fit_slot
from .node import Node, gradient_edge, modified
from .tensor import NO_EDGE, Tensor, wrap

LEGACY = (
    "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function "
    "with static forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
)
_NO_TENSOR = wrap(np.zeros((), np.float32))  # stands for an output that is no tensor


class FunctionNode(Node):
    """The node of a program's own operation, and the `ctx` its forward and backward are given."""

    __slots__ = ("__dict__",)
    function: Any
    _tensor_inputs: list[bool]

    def __init__(self) -> None:
        super().__init__((), ())
        self._saved: tuple[Any, ...] = ()
        self._versions: tuple[Any, ...] = ()
        self._freed = False
        self._non_differentiable: set[int] = set()
        self._dirty: tuple[Any, ...] = ()
        self._materialize = True
        self.needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for backward; they come back as `ctx.saved_tensors`."""
        for i, value in enumerate(tensors):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type {type(value).__name__}"
                )
        self._saved = tensors
        self._versions = tuple(None if v is None or v.is_inference() else v._version for v in tensors)

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` kept."""
        if self._freed:
            raise RuntimeError(errors.BACKWARD_TWICE)
        for value, version in zip(self._saved, self._versions, strict=True):
            if version is not None and value._version != version:
                raise modified(value, version)
        return self._saved

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say which outputs have no gradient."""
        self._non_differentiable = {id(t) for t in tensors}

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say which inputs forward has written to."""
        self._dirty = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Say whether missing gradients come as zeros (the default) or as None."""
        self._materialize = value

    def apply(self, grads: list[Any], wanted: list[bool] | None, create_graph: bool) -> list[Any]:
        """Run the program's backward."""
        now = grad_mode.current()
        arriving = self.filled(grads, create_graph) if self._materialize else grads
        tensors = [g if g is None or isinstance(g, Tensor) else wrap(g) for g in arriving]
        observer = now.observer if create_graph else None
        token = grad_mode.change(now._replace(grad=create_graph, observer=observer, in_rule=False))
        try:
            found = self.function.backward(self, *tensors)
        finally:
            grad_mode.restore(token)
        results = list(found) if isinstance(found, tuple) else [found]
        expected = len(self.needs_input_grad)
        while len(results) > expected and results[-1] is None:
            results.pop()
        if len(results) != expected:
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected {expected}, "
                f"got {len(results)})"
            )
        kept = []
        for value, tensor in zip(results, self._tensor_inputs, strict=True):
            if not tensor:
                continue
            if value is not None and not isinstance(value, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(value).__name__})")
            kept.append(value if value is None or create_graph else value.array)
        return [
            None if e[0] is None else fit_slot(self, i, g, create_graph)
            for i, (g, e) in enumerate(zip(kept, self.next_functions, strict=True))
        ]

    def release(self) -> bool:
        """Drop what was saved."""
        freed = bool(self._saved)
        self._freed, self._saved = freed, ()
        return freed


class _FunctionMeta(type):
    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> None:
        super().__init__(name, bases, body)
        cls._node = type(f"{name}Backward", (FunctionNode,), {"function": cls, "__module__": "torch.autograd.function"})


class FunctionOp:
    """What the observer sees of a program's own operation: its name and parameters, as an Op shows them."""

    rules: dict[str, Any] = {}

    def __init__(self, function: type) -> None:
        self.name = self.function = function.__name__
        self.grad_fn = f"{function.__name__}Backward"


class Function(metaclass=_FunctionMeta):
    """A program's own operation: static `forward(ctx, …)` and `backward(ctx, grad)`; used as `Name.apply(…)`."""

    _node: type[FunctionNode]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: operations are used through `apply`."""
        raise RuntimeError(LEGACY)

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute; to be written by the program."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """Give the gradient of each input of forward; to be written by the program."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward without recording, and make one node for the whole."""
        now = grad_mode.current()
        ctx: Any = cls._node()
        ctx._tensor_inputs = [isinstance(a, Tensor) for a in args]
        ctx.needs_input_grad = tuple(isinstance(a, Tensor) and a.requires_grad for a in args)
        edges = tuple(gradient_edge(a) if a.requires_grad else NO_EDGE for a in args if isinstance(a, Tensor))
        token = grad_mode.change(now._replace(grad=False, observer=None))
        try:
            if "setup_context" in cls.__dict__:
                found = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, found)  # type: ignore[attr-defined]
            else:
                found = cls.forward(ctx, *args, **kwargs)
        finally:
            grad_mode.restore(token)
        listed = found if isinstance(found, tuple) else (found,)
        tracked = now.grad and any(ctx.needs_input_grad)
        results = [cls._result(ctx, value, args) for value in listed]
        if tracked:
            ctx.next_functions = edges
            ctx.describe([v if isinstance(v, Tensor) else _NO_TENSOR for v in results])
            for i, (value, given) in enumerate(zip(results, listed, strict=True)):
                if (
                    isinstance(value, Tensor)
                    and value.array.dtype.kind in "fc"
                    and id(given) not in ctx._non_differentiable
                ):
                    value._edge, value._requires_grad = (ctx, i), True
        if now.observer is not None:
            tensors = tuple(v for v in results if isinstance(v, Tensor))
            inputs = {f"arg{i}": a for i, a in enumerate(args)}
            now.observer.computed(FunctionOp(cls), inputs, tensors, ctx if tracked else None)
        return tuple(results) if isinstance(found, tuple) else results[0]

    @staticmethod
    def _result(ctx: Any, value: Any, args: Any) -> Any:
        """An input that is returned as it came becomes a tensor of its own, unless it was marked dirty."""
        if isinstance(value, Tensor) and any(value is a for a in args) and not any(value is d for d in ctx._dirty):
            fresh = wrap(value.array)
            fresh._counter = value._shared_counter()
            return fresh
        return value


def once_differentiable(backward: Any) -> Any:
    """Mark a backward whose own computation is not to be differentiated."""

    def wrapper(ctx: Any, *grads: Any) -> Any:
        needed = grad_mode.current().grad and any(isinstance(g, Tensor) and g.requires_grad for g in grads)
        token = grad_mode.change(grad_mode.current()._replace(grad=False))
        try:
            found = backward(ctx, *grads)
        finally:
            grad_mode.restore(token)
        if not needed:
            return found
        listed = found if isinstance(found, tuple) else (found,)
        blocked = tuple(
            v if not isinstance(v, Tensor) else _Once.apply(v, *[g for g in grads if isinstance(g, Tensor)])
            for v in listed
        )
        return blocked if isinstance(found, tuple) else blocked[0]

    return wrapper


class _Once(Function):
    """Stands behind a result that must not be differentiated again."""

    @staticmethod
    def forward(ctx: Any, value: Any, *grads: Any) -> Any:
        """Pass the result on."""
        return value.clone()

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """Refuse."""
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")
