"""Comparing derivatives with finite differences: `gradcheck` and `gradgradcheck`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core import grad_mode
from ..core.tensor import Tensor, wrap
from . import grad

NOTHING_TO_CHECK = (
    "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
)
NOT_DOUBLE = (
    "Input #{} requires gradient and is not a double precision floating point or complex. This check will likely fail "
    "if all the inputs are not of double precision floating point or complex. "
)


class GradcheckError(RuntimeError):
    """A derivative is not what finite differences say."""


def _outputs(function: Callable[..., Any], inputs: Sequence[Any]) -> tuple[Tensor, ...]:
    found = function(*inputs)
    found = found if isinstance(found, (tuple, list)) else (found,)
    return tuple(t for t in found if isinstance(t, Tensor) and t.array.dtype.kind in "fc")


def numerical_jacobians(
    function: Callable[..., Any], inputs: Sequence[Any], which: Tensor, eps: float
) -> list[np.ndarray]:
    """Move each element of one input by ±eps; give for each output how all its elements follow.

    A row for each element of the input, a column for each element of the output, as PyTorch lays them out.
    """
    flat = which.array.reshape(-1) if which.array.flags.c_contiguous else None
    if flat is None:
        which.array = np.ascontiguousarray(which.array)
        flat = which.array.reshape(-1)
    rows: list[list[np.ndarray]] = []
    token = grad_mode.change(grad_mode.current()._replace(grad=False, observer=None))
    try:
        for i in range(flat.size):
            middle = flat[i].copy()
            ends = []
            for step in (eps, -eps):
                flat[i] = middle + step
                ends.append([t.array.astype(np.float64).reshape(-1) for t in _outputs(function, inputs)])
            flat[i] = middle
            rows.append([(high - low) / (2 * eps) for high, low in zip(*ends, strict=True)])
    finally:
        grad_mode.restore(token)
    return [np.stack(column) for column in zip(*rows, strict=True)] if rows else []


def analytical_jacobian(output: Tensor, which: Tensor, create_graph: bool = False) -> np.ndarray:
    """Ask backward for the gradient of each element of an output."""
    jacobian = np.zeros((which.array.size, output.array.size), np.float64)
    for j in range(output.array.size):
        seed = np.zeros(output.array.size, output.array.dtype)
        seed[j] = 1
        seeds = wrap(seed.reshape(output.array.shape))
        (found,) = grad(output, which, seeds, retain_graph=True, create_graph=create_graph, allow_unused=True)
        if found is not None:
            jacobian[:, j] = found.array.reshape(-1)
    return jacobian


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: Any = None,
) -> bool:
    """Compare the derivatives of a function with finite differences; inputs in double precision.

    Returns True, or raises GradcheckError (returns False with `raise_exception=False`).

    >>> from vizgrad import autodiff as torch
    >>> x = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(torch.sin, (x,))
    True
    """
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    checked = [(i, t) for i, t in enumerate(given) if isinstance(t, Tensor) and t.requires_grad]
    if not checked:
        raise ValueError(NOTHING_TO_CHECK)
    for i, tensor in checked:
        if tensor.array.dtype not in (np.float64, np.complex128):
            warnings.warn(NOT_DOUBLE.format(i), UserWarning, stacklevel=2)
    outputs = _outputs(func, given)
    for position, (_, tensor) in enumerate(checked):
        numerical = numerical_jacobians(func, given, tensor, eps)
        for number, output in enumerate(outputs):
            if not output.requires_grad:
                continue
            analytical = analytical_jacobian(output, tensor)
            if not np.allclose(analytical, numerical[number], rtol, atol):
                if not raise_exception:
                    return False
                shown = [repr(wrap(j)) for j in (numerical[number], analytical)]
                raise GradcheckError(
                    f"Jacobian mismatch for output {number} with respect to input {position},\n"
                    f"numerical:{shown[0]}\nanalytical:{shown[1]}\n"
                )
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    **options: Any,
) -> bool:
    """Compare the derivatives of a function's gradient with finite differences."""
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    outputs = [t for t in _outputs(func, given) if t.requires_grad]
    if grad_outputs is None:
        generator = np.random.default_rng(0)
        seeds = [wrap(generator.standard_normal(t.array.shape).astype(t.array.dtype)).requires_grad_() for t in outputs]
    else:
        seeds = [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs)
    places = [i for i, t in enumerate(given) if isinstance(t, Tensor) and t.requires_grad]

    def gradients(*arguments: Any) -> tuple[Any, ...]:
        with grad_mode.enable_grad():
            inside, weights = list(arguments[: len(given)]), arguments[len(given) :]
            for i in places:  # also where finite differences call this, without recording
                inside[i] = inside[i] if inside[i].requires_grad else inside[i].detach().requires_grad_()
            found = [t for t in _outputs(func, inside) if t.requires_grad]
            wanted = [inside[i] for i in places]
            results = grad(found, wanted, list(weights), create_graph=True, allow_unused=True)
        return tuple(r for r in results if r is not None)

    return gradcheck(
        gradients, (*given, *seeds), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception, **options
    )
