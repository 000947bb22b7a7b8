"""What many declarations use: sample inputs, the derivative of a constant, in-place forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.inplace import InPlace
from ..core.op import Op, op
from ..core.samples import booleans, sample
from ..core.symbol import Symbol
from ..core.tensor import Tensor

zeros_like = op("zeros_like", lambda self: np.zeros_like(self), method=False, public=False, inputs="self", tex="0")
"""The derivative of what is constant almost everywhere."""
ones_like = op("ones_like", lambda self: np.ones_like(self), method=False, public=False, inputs="self", tex="1")


def _passed(grad_output: Any, mask: Any) -> Any:
    if isinstance(grad_output, Symbol):
        return grad_output * mask
    return np.where(mask, grad_output, grad_output.dtype.type(0))


passed = op(
    "where.passed",
    _passed,
    public=False,
    promotes="same",
    inputs="mask",
    node="WhereBackward0",
    grad_output=lambda grad, mask: passed(grad, mask),
    samples=[(sample(3), booleans(3))],
)
"""The gradient where a condition holds, and 0 elsewhere: a product would leave -0, which prints differently."""


def no_slope(grad: Any) -> Any:
    """The rule of what is constant almost everywhere."""
    return zeros_like(grad)


def in_place(name: str, with_tensor: Op, with_number: Op) -> None:
    """Offer the in-place form of a function that is one operation with a tensor and another with numbers."""
    forms = InPlace(with_number), InPlace(with_tensor)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return forms[any(isinstance(a, Tensor) for a in (*args, *kwargs.values()))](self, *args, **kwargs)

    method.__name__ = name
    setattr(Tensor, name, method)


def renumbered(made: Op, node: str, **rules: Any) -> InPlace:
    """Give an operation's in-place form a node of its own, where PyTorch does."""
    formulas = dict.fromkeys(rules, r"\text{{undefined}}") or made.formulas
    options = {"promotes": made.promotes, "tex": made.tex, "formulas": formulas, "public": False}
    twin = op(f"{made.function}_", made.forward, node=node, **options, **(rules or made.rules))  # type: ignore[arg-type]
    return InPlace(twin)


def underivables(name: str, *inputs: str) -> dict[str, Any]:
    """Give the rules and formulae of an operation that PyTorch cannot differentiate by any of its inputs."""
    return {**dict.fromkeys(inputs, underivable(name)), "formulas": dict.fromkeys(inputs, r"\text{{undefined}}")}


def underivable(name: str) -> Any:
    """Make the rule of an operation that PyTorch cannot differentiate: it raises."""

    def rule(grad: Any) -> Any:
        raise RuntimeError(f"derivative for aten::{name} is not implemented")

    return rule
