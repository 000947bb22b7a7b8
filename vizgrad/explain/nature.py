"""What a derivative rule does to a gradient, found out by trying it: is it a product, a copy, a rearrangement?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from vizgrad.trace import Value

from .explanation import summed_to
from .rules import Rule, literal

PRECISION = {"float16": 2e-2, "bfloat16": 5e-2, "float64": 1e-7, "complex128": 1e-7}


class Nature(Enum):
    """What a rule does to the gradient that arrives."""

    PRODUCT = "multiplies each element by a local derivative"
    SAME = "passes it on as it is"
    COPY = "copies each element to all that it was the sum of"
    REARRANGE = "puts every element in another place"
    SCATTER = "puts every element in its place, and zeros everywhere else"
    OTHER = "does something else"


@dataclass(frozen=True)
class Finding:
    """A rule's nature; for a product `upstream` (as it is spread over the input's elements) and `local`, its factors."""

    nature: Nature
    upstream: np.ndarray | None = None
    local: np.ndarray | None = None


def find_out(rule: Rule, upstream: Value, sent: Value) -> Finding | None:
    """The nature of `rule`, on what was recorded; None if the rule does not give what was sent, or cannot be run.

    A rule is linear in the gradient, so one that turns a gradient r with no two elements alike into r times what it
    makes of ones multiplies elements one by one. `sent` is what the rule gave, before or after broadcasting is undone.
    """
    grad = upstream.array
    if grad is None or not sent.is_whole:
        return None
    try:
        given, local, probe = (rule.on_arrays(g) for g in (grad, np.ones_like(grad), _probe(grad)))
    except (TypeError, ValueError, RuntimeError, IndexError, AttributeError):
        return None
    if given is None or local is None or probe is None or not agrees(given, sent):
        return None
    r = _probe(grad)
    for spread in (grad.shape, _with_dim(grad.shape, rule, local.shape)):
        if spread is not None and _broadcasts(spread, local.shape) and _close(probe, r.reshape(spread) * local):
            return _product(grad, spread, local, rule)
    return Finding(_moved(r, probe))


def agrees(array: np.ndarray, value: Value) -> bool:
    """Whether an array is what was recorded, but for rounding; it may still have to be summed to the value's shape."""
    recorded = value.array
    if recorded is None or array.size < recorded.size:
        return False
    try:
        array = summed_to(array, value.shape)
    except ValueError:
        return False
    return array.shape == recorded.shape and _close(array, recorded, PRECISION.get(value.dtype, 1e-4))


def _product(grad: np.ndarray, spread: tuple[int, ...], local: np.ndarray, rule: Rule) -> Finding:
    upstream = grad.reshape(spread)
    is_one = bool((local == 1).all())
    if is_one and spread == local.shape:
        return Finding(Nature.SAME, upstream, local)
    return Finding(Nature.COPY if is_one and local.size != upstream.size else Nature.PRODUCT, upstream, local)


def _moved(r: np.ndarray, probe: np.ndarray) -> Nature:
    if np.array_equal(np.sort(r, axis=None), np.sort(probe, axis=None)):
        return Nature.REARRANGE
    kept = probe[probe != 0]
    if kept.size == r.size and np.array_equal(np.sort(r, axis=None), np.sort(kept)):
        return Nature.SCATTER
    return Nature.OTHER


def _probe(grad: np.ndarray) -> np.ndarray:
    """A gradient of the same shape and dtype, of which no two elements are alike."""
    return (1 + np.modf(np.arange(1, grad.size + 1) * 0.6180339887)[0]).reshape(grad.shape).astype(grad.dtype)


def _with_dim(shape: tuple[int, ...], rule: Rule, target: tuple[int, ...]) -> tuple[int, ...] | None:
    """The gradient's shape with the dimensions put back that the operation reduced away, if it did."""
    operand = next((o for o in rule.made.inputs if o.name == "dim"), None)
    dims = literal(operand.text) if operand is not None else None
    dims = (dims,) if isinstance(dims, int) else dims
    if not isinstance(dims, tuple | list) or not dims or len(shape) + len(dims) != len(target):
        return None
    removed = {int(d) % len(target) for d in dims}
    rest = iter(shape)
    return tuple(1 if i in removed else next(rest) for i in range(len(target)))


def _broadcasts(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(small, large) == large
    except ValueError:
        return False


def _close(a: np.ndarray, b: np.ndarray, precision: float = 1e-4) -> bool:
    if a.shape != b.shape:
        return False
    if not a.size:
        return True
    scale = float(np.nan_to_num(np.abs(b), posinf=0.0).max())
    with np.errstate(all="ignore"):
        return bool(np.allclose(a, b, rtol=precision, atol=precision * min(scale, 1.0) + 1e-30, equal_nan=True))
