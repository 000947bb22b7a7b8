"""What a derivative rule does to a gradient, found out by trying it: is it a product, a copy, a rearrangement?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from vizgrad.trace import Value
from vizgrad.trace.values import STORED_AS

from ..explanation import summed_to
from .rule import Missing, Rule, literal

RULE_FAILS = (TypeError, ValueError, RuntimeError, LookupError, AttributeError, ArithmeticError)
LARGEST_TRIAL = 2**20
PRECISION = {"float16": 2e-2, "bfloat16": 5e-2, "float64": 1e-7, "complex128": 1e-7}


class Nature(Enum):
    """What a rule does to the gradient that arrives."""

    PRODUCT = "multiplies each element by a local derivative"
    SAME = "passes it on as it is"
    COPY = "copies each element to all that it was the sum of"
    REARRANGE = "puts every element in another place"
    SCATTER = "puts every element in its place, and zeros everywhere else"
    TAKE = "takes some of the elements"
    OTHER = "does something else"


@dataclass(frozen=True)
class Finding:
    """A rule's nature, and the shape of what it gives before broadcasting is undone.

    `given` is that result; for a product `upstream` (as it is spread over the input's elements) and `local` are its
    factors. They are None where the values are not all kept, so that the rule was tried on others of their shapes.
    """

    nature: Nature
    shape: tuple[int, ...]
    given: np.ndarray | None = None
    upstream: np.ndarray | None = None
    local: np.ndarray | None = None


def find_out(rule: Rule, upstream: Value, sent: Value) -> Finding | None:
    """The nature of `rule`, on what was recorded; None if the rule does not give what was sent, or cannot be run.

    A rule is linear in the gradient, so one that turns a gradient r with no two elements alike into r times what it
    makes of ones multiplies elements one by one. `sent` is what the rule gave, before or after broadcasting is undone.
    """
    grad = upstream.array
    try:
        if grad is None or not sent.is_whole:
            return _tried_out(rule, upstream)
        given = rule.on_arrays(grad)
        if not agrees(given, sent):
            return None
        finding = _tried(rule, grad, None)
    except Missing:  # it is a LookupError, but another trial helps
        return _tried_out(rule, upstream)
    except RULE_FAILS:
        return None
    if finding.upstream is None or finding.local is None:
        return replace(finding, given=given)
    return replace(finding, given=given, upstream=grad.reshape(finding.upstream.shape), local=_compact(rule, finding))


def _compact(rule: Rule, finding: Finding) -> np.ndarray | None:
    """The local derivative in its own shape: that of a factor k is k, even where it multiplies a whole matrix."""
    local = finding.local
    assert local is not None
    try:
        own = rule.on_arrays(np.ones((), local.dtype))
    except (Missing, *RULE_FAILS):
        return local
    if not _broadcasts(own.shape, local.shape) or not np.array_equal(np.broadcast_to(own, local.shape), local, True):
        return local
    return own


def _tried_out(rule: Rule, upstream: Value) -> Finding | None:
    """The rule's nature, found with made-up numbers in the shapes of values that are not kept."""
    grad = _stand_in(upstream)
    if grad is None:
        return None
    try:
        finding = _tried(rule, grad, _stand_in)
    except (Missing, *RULE_FAILS):
        return None
    return replace(finding, upstream=None, local=None)


def _tried(rule: Rule, grad: np.ndarray, stand_in: Callable[[Value], np.ndarray | None] | None) -> Finding:
    """Tries the rule on a gradient of `grad`'s shape; the upstream it reports is the one tried."""
    r = _probe(grad)
    local, probe = rule.on_arrays(np.ones_like(grad), stand_in), rule.on_arrays(r, stand_in)
    if grad.shape != local.shape and (moved := _moved(r, probe)) is not None:
        return Finding(moved, local.shape)
    for spread in (grad.shape, _with_dim(grad.shape, rule, local.shape)):
        if spread is not None and _broadcasts(spread, local.shape) and _close(probe, r.reshape(spread) * local):
            nature = Nature.PRODUCT
            if (local == 1).all():
                nature = Nature.SAME if spread == local.shape else Nature.COPY
            return Finding(nature, local.shape, None, r.reshape(spread), local)
    return Finding(_moved(r, probe) or Nature.OTHER, local.shape)


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


def _moved(r: np.ndarray, probe: np.ndarray) -> Nature | None:
    """Whether the elements of r were only moved about."""
    elements, found = np.sort(r, axis=None), np.sort(probe, axis=None)
    if found.size == elements.size:
        return Nature.REARRANGE if np.array_equal(elements, found) else None
    if found.size < elements.size:
        return Nature.TAKE if np.isin(found, elements).all() and np.unique(found).size == found.size else None
    kept = found[found != 0]
    return Nature.SCATTER if kept.size == elements.size and np.array_equal(elements, kept) else None


def _stand_in(value: Value) -> np.ndarray | None:
    """An array like a value that is not kept: positive numbers, no two alike; None for other than floats."""
    if value.array is not None:
        return value.array
    if np.dtype(STORED_AS.get(value.dtype, value.dtype)).kind != "f" or value.size > LARGEST_TRIAL:
        return None
    return _probe(np.empty(value.shape, STORED_AS.get(value.dtype, value.dtype)))


def _probe(grad: np.ndarray) -> np.ndarray:
    """A gradient of the same shape and dtype, of which no two elements are alike."""
    parts = np.modf(np.arange(1, grad.size + 1) * 0.6180339887)[0]
    return np.asarray(1 + parts).reshape(grad.shape).astype(grad.dtype)


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
