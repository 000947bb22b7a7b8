"""PyTorch watched lightly: backward passes are seen, and operations only where they must be measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.autograd.graph import get_gradient_edge

from .backward import Asked
from .calls import PASSES
from .dispatch import Operations
from .reader import next_number
from .schema import Tensor, tensors_in

transforming = torch._C._functorch.peek_interpreter_stack
run_backward = torch.autograd.Variable._execution_engine.run_backward


def lightly(recorder: Operations, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A call of the program's that is not small, while the record is light."""
    asks = PASSES.get(func)
    if asks is not None and not recorder.is_passing and (asked := asks(args, kwargs)).is_plain:
        return _pass(recorder, lambda: func(*args, **kwargs), asked)
    return _watched(recorder, lambda: func(*args, **kwargs))


def transformed(recorder: Operations, call: Callable[[], Any]) -> Any:
    """Makes a call inside of a function that torch.func has transformed: measured, and not written down.

    Its tensors stand for several, or for a derivative, and have no elements of their own that could be read.
    """
    recorder.settle()
    was, recorder.is_whole = recorder.is_whole, True
    try:
        return _watched(recorder, call)
    finally:
        recorder.is_whole = was
        recorder.last_number = next_number()


def _watched(recorder: Operations, call: Callable[[], Any]) -> Any:
    """Makes a call with the dispatch mode on, which lets every operation of it be measured."""
    if recorder.gauge is None or recorder.is_watching:
        return call()
    recorder.watch()
    try:
        return call()
    finally:
        recorder.unwatch()


def _pass(recorder: Operations, call: Callable[[], Any], asked: Asked) -> Any:
    """Runs the engine."""
    span = recorder.locate()
    found = recorder.before_pass(asked.roots)
    recorder.is_passing = True
    try:
        if _is_simple(asked) and (recorder.gauge is None or recorder.gauge.is_plain(found.kinds, found.size)):
            (root,) = asked.roots
            seed = torch.ones_like(root)
            with recorder.functions:  # for what the program itself does in hooks and functions of its own
                result = run_backward((root,), (seed,), asked.retain_graph, False, (), True, accumulate_grad=True)
        else:
            result = _watched(recorder, call)
    finally:
        recorder.is_passing = False
    if not asked.accumulate:
        gradients = list(zip(asked.inputs, tensors_in(result), strict=False))
    else:
        gradients = [(leaf, leaf.grad) for leaf in asked.inputs or found.leaves]
    recorder.after_pass(asked.roots, gradients, span)
    return None if asked.accumulate else result


def _is_simple(asked: Asked) -> bool:
    """Whether it is no more than `loss.backward()`."""
    if len(asked.roots) != 1 or asked.inputs or asked.create_graph or not asked.accumulate:
        return False
    (root,), (seed,) = asked.roots, asked.seeds
    return (
        seed is None
        and root.requires_grad
        and root.numel() == 1
        and root.dtype.is_floating_point
        and isinstance(root, Tensor)
        and get_gradient_edge(root).node is not None
    )
