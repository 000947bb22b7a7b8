"""`torch.autograd.functional`: whole derivatives of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import grad_mode
from ..core.tensor import Tensor, wrap
from ..ops.shape.cat import stack
from . import grad


def _prepared(inputs: Any, create_graph: bool) -> tuple[bool, tuple[Tensor, ...]]:
    """Cut inputs off from their history, or keep it where the derivative itself is to be differentiated."""
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    ready = tuple(t.view_as(t) if create_graph and t.requires_grad else t.detach().requires_grad_() for t in given)
    return isinstance(inputs, Tensor), ready


def _shown(values: Any, single: bool) -> Any:
    return values[0] if single else tuple(values)


def _rows(output: Tensor, inputs: tuple[Tensor, ...], create_graph: bool, strict: bool) -> list[Tensor]:
    """Give the Jacobian of one output by each input, shaped (*output, *input)."""
    rows: list[list[Tensor]] = [[] for _ in inputs]
    for j in range(output.array.size):
        seed = np.zeros(output.array.size, output.array.dtype)
        seed[j] = 1
        found = grad(output, inputs, wrap(seed.reshape(output.array.shape)), True, create_graph, allow_unused=True)
        for row, value, tensor in zip(rows, found, inputs, strict=True):
            if value is None and strict:
                raise RuntimeError(
                    "The output of the user-provided function is independent of an input. This is not "
                    "allowed in strict mode."
                )
            row.append(wrap(np.zeros_like(tensor.array)) if value is None else value)
    return [stack(row).reshape((*output.shape, *t.shape)) for row, t in zip(rows, inputs, strict=True)]


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """Give the derivative of every element of the result by every element of the inputs.

    >>> from vizgrad import autodiff as torch
    >>> torch.autograd.functional.jacobian(lambda x: x * x, torch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    with grad_mode.enable_grad():
        one_input, ready = _prepared(inputs, create_graph)
        found = func(*ready)
        outputs = (found,) if isinstance(found, Tensor) else tuple(found)
        blocks = []
        for output in outputs:
            if output.requires_grad:
                rows = _rows(output, ready, create_graph, strict)
            else:
                rows = [wrap(np.zeros((*output.shape, *t.shape), output.array.dtype)) for t in ready]
            blocks.append(_shown(rows, one_input))
    return _shown(blocks, isinstance(found, Tensor))


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """Give the second derivatives of a function with one number as its result."""
    one_input = isinstance(inputs, Tensor)

    def gradient(*arguments: Tensor) -> Any:
        found = func(*arguments)
        if not isinstance(found, Tensor) or found.array.size != 1:
            raise RuntimeError("The Tensor returned by the function given to hessian should contain a single element")
        slopes = grad(found.reshape(()), arguments, create_graph=True, allow_unused=True, materialize_grads=True)
        return slopes[0] if one_input else slopes

    return jacobian(gradient, inputs, create_graph, strict)


def _seeds(outputs: tuple[Tensor, ...], v: Any) -> Any:
    if v is None:
        if len(outputs) != 1 or outputs[0].array.size != 1:
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single Tensor "
                "with a single element."
            )
        return None
    return (v,) if isinstance(v, Tensor) else tuple(v)


def vjp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """Give a function's result, and a vector times its Jacobian: one backward pass."""
    with grad_mode.enable_grad():
        one_input, ready = _prepared(inputs, create_graph)
        found = func(*ready)
        outputs = (found,) if isinstance(found, Tensor) else tuple(found)
        slopes = grad(
            outputs, ready, _seeds(outputs, v), create_graph=create_graph, allow_unused=True, materialize_grads=True
        )
    return (found if create_graph else _detached(found)), _shown(slopes, one_input)


def jvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """Give a function's result, and its Jacobian times a vector: backward through a backward pass."""
    with grad_mode.enable_grad():
        _, ready = _prepared(inputs, create_graph)
        found = func(*ready)
        outputs = (found,) if isinstance(found, Tensor) else tuple(found)
        weights = tuple(wrap(np.zeros_like(o.array)).requires_grad_() for o in outputs)
        slopes = grad(outputs, ready, weights, create_graph=True, allow_unused=True, materialize_grads=True)
        directions = _seeds(ready, v)
        products = grad(
            slopes, weights, directions, create_graph=create_graph, allow_unused=True, materialize_grads=True
        )
    return (found if create_graph else _detached(found)), _shown(products, isinstance(found, Tensor))


def hvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """Give a function's result, and its Hessian times a vector."""
    return _second(func, inputs, v, create_graph)


def vhp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> Any:
    """Give a function's result, and a vector times its Hessian: the same, as the Hessian is symmetric."""
    return _second(func, inputs, v, create_graph)


def _second(func: Callable[..., Any], inputs: Any, v: Any, create_graph: bool) -> Any:
    with grad_mode.enable_grad():
        one_input, ready = _prepared(inputs, create_graph)
        found = func(*ready)
        slopes = grad(found, ready, create_graph=True, allow_unused=True, materialize_grads=True)
        products = grad(
            slopes, ready, _seeds(ready, v), create_graph=create_graph, allow_unused=True, materialize_grads=True
        )
    return (found if create_graph else _detached(found)), _shown(products, one_input)


def _detached(found: Any) -> Any:
    return found.detach() if isinstance(found, Tensor) else tuple(t.detach() for t in found)
