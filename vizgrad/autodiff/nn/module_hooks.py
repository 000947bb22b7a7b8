"""What a program hangs on a module: hooks around its forward and its backward."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..core import grad_mode
from ..core.function import Function
from ..core.hooks import RemovableHandle
from ..core.tensor import Tensor

_NO_INPUT_NEEDS_ONE = (
    "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require "
    "gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html"
    "#torch.nn.Module.register_full_backward_hook for more details."
)


@dataclass(frozen=True)
class _Hook:
    call: Callable[..., Any]
    with_kwargs: bool = False
    always: bool = False


class Hooked(Protocol):
    """A module, as far as its hooks know it."""

    _hooks: ModuleHooks

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute."""


@dataclass
class ModuleHooks:
    """The hooks of one module, by when they run; false when there are none."""

    before: dict[int, _Hook] = field(default_factory=dict)
    after: dict[int, _Hook] = field(default_factory=dict)
    before_backward: dict[int, _Hook] = field(default_factory=dict)
    backward: dict[int, _Hook] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.before or self.after or self.before_backward or self.backward)

    def add(
        self, when: str, hook: Callable[..., Any], prepend: bool, with_kwargs: bool = False, always: bool = False
    ) -> RemovableHandle:
        """Hang a hook behind the others of its kind, or in front of them."""
        hooks: dict[int, _Hook] = getattr(self, when)
        handle = RemovableHandle(hooks)
        others = dict(hooks) if prepend else {}
        if prepend:
            hooks.clear()
        hooks[handle.id] = _Hook(hook, with_kwargs, always)
        hooks.update(others)
        return handle


def run(module: Hooked, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a module's forward with its hooks around it."""
    waiting = [hook for hook in module._hooks.after.values() if hook.always]
    result = None
    try:
        args, kwargs = _before(module, args, kwargs)
        watch = _BackwardWatch(module) if module._hooks.backward or module._hooks.before_backward else None
        if watch is not None:
            args = watch.entering(args)
        result = module.forward(*args, **kwargs)
        for hook in list(module._hooks.after.values()):
            if hook in waiting:
                waiting.remove(hook)
            result = _after(hook, module, args, kwargs, result)
        return result if watch is None else watch.leaving(result)
    except Exception:
        # Such a hook is for closing what another has opened: it runs although there is no result.
        for hook in waiting:
            _after(hook, module, args, kwargs, result)
        raise


def _before(module: Hooked, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    for hook in list(module._hooks.before.values()):
        if not hook.with_kwargs:
            answer = hook.call(module, args)
            if answer is not None:
                args = answer if isinstance(answer, tuple) else (answer,)
            continue
        answer = hook.call(module, args, kwargs)
        if answer is not None:
            if not (isinstance(answer, tuple) and len(answer) == 2):
                raise RuntimeError(
                    f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {answer}."
                )
            args, kwargs = answer
    return args, kwargs


def _after(hook: _Hook, module: Hooked, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
    answer = hook.call(module, args, kwargs, result) if hook.with_kwargs else hook.call(module, args, result)
    return result if answer is None else answer


class _BackwardWatch:
    """Puts a node that changes nothing before and after a module, and learns there what flows back through it."""

    def __init__(self, module: Hooked) -> None:
        self.module = module
        self.arriving: tuple[Any, ...] | None = None
        self.entered: list[int] | None = None  # where among the arguments the watched tensors are
        self.left: list[int] = []
        self.arguments = self.results = 0

    def entering(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Watch the tensors that go into the module."""
        args, places, node = _through_node(args)
        if node is not None:
            node.register_hook(self._at_inputs)
            self.entered = places
        self.arguments = len(args)
        return args

    def leaving(self, result: Any) -> Any:
        """Watch the tensors that come out of the module."""
        whole = result if isinstance(result, tuple) else (result,)
        whole, places, node = _through_node(whole)
        if node is not None:
            node.register_hook(self._at_outputs)
            self.left = places
        self.results = len(whole)
        return whole if isinstance(result, tuple) else whole[0]

    def _at_outputs(self, _: tuple[Any, ...], grads: tuple[Any, ...]) -> tuple[Any, ...]:
        arriving = _spread(grads, self.left, self.results)
        hooks = self.module._hooks
        for hook in list(hooks.before_backward.values()):
            answer = hook.call(self.module, arriving)
            if answer is not None:
                if len(answer) != self.results:
                    raise RuntimeError(
                        f"Backward pre hook returned an invalid number of grad_output, got {len(answer)}, but expected "
                        f"{self.results}"
                    )
                arriving = answer
        if self.entered is not None:
            self.arriving = arriving
        else:
            # No input needs a gradient, so there is no node before the module to wait for.
            warnings.warn(_NO_INPUT_NEEDS_ONE, UserWarning, stacklevel=2)
            for hook in list(hooks.backward.values()):
                answer = hook.call(self.module, (None,) * self.arguments, arriving)
                if answer is not None and not (isinstance(answer, tuple) and all(each is None for each in answer)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always return None or None "
                        "for all gradients."
                    )
        return tuple(arriving[i] for i in self.left)

    def _at_inputs(self, grads: tuple[Any, ...], _: tuple[Any, ...]) -> tuple[Any, ...] | None:
        if self.arriving is None or self.entered is None:
            raise RuntimeError(
                "Module backward hook for grad_input is called before the grad_output one. This happens because the "
                "gradient in your nn.Module flows to the Module's input without passing through the Module's output. "
                "Make sure that the output depends on the input and that the loss is computed based on the output."
            )
        going = _spread(grads, self.entered, self.arguments)
        for hook in list(self.module._hooks.backward.values()):
            answer = hook.call(self.module, going, self.arriving)
            if answer is not None:
                going = answer if isinstance(answer, tuple) else (answer,)
                if len(going) != self.arguments:
                    raise RuntimeError(
                        f"Backward hook returned an invalid number of grad_input, got {len(going)}, but expected "
                        f"{self.arguments}"
                    )
        self.arriving = None
        return tuple(going[i] for i in self.entered)


def _through_node(values: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[int], Any]:
    """Send all tensors through one node that changes nothing; without gradients there is no node."""
    places = [i for i, value in enumerate(values) if isinstance(value, Tensor)]
    if not grad_mode.is_grad_enabled() or not any(values[i].requires_grad for i in places):
        return values, places, None
    passed = BackwardHookFunction.apply(*[values[i] for i in places])
    passed = passed if isinstance(passed, tuple) else (passed,)
    whole = list(values)
    for i, tensor in zip(places, passed, strict=True):
        whole[i] = tensor
    return tuple(whole), places, next(t.grad_fn for t in passed if t.grad_fn is not None)


def _spread(grads: tuple[Any, ...], places: list[int], length: int) -> tuple[Any, ...]:
    """Put gradients at the places of the tensors, with None for what is no tensor."""
    whole: list[Any] = [None] * length
    for place, grad in zip(places, grads, strict=True):
        whole[place] = grad
    return tuple(whole)


class BackwardHookFunction(Function):
    """Passes tensors and gradients on unchanged; PyTorch's name, since it is seen in the graph."""

    @staticmethod
    def forward(ctx: Any, *tensors: Tensor) -> Any:
        """Pass the tensors on."""
        ctx.mark_non_differentiable(*[tensor for tensor in tensors if not tensor.requires_grad])
        return tensors

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """Pass the gradients on."""
        return grads
