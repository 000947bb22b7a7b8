"""Circular and hyperbolic functions, and their inverses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import ONE, positive, sample
from ...core.tensor import Tensor
from ..common import renumbered
from .powers import rsqrt, sqrt

sin = op(
    "sin",
    lambda self: np.sin(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * cos(self),
    samples=[ONE],
)
cos = op(
    "cos",
    lambda self: np.cos(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * -sin(self),
    samples=[ONE],
)
tan = op(
    "tan",
    lambda self: np.tan(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: grad * (1 + result**2),
    samples=[(sample(2, 3, low=-1, high=1),)],
)
asin = op(
    "asin",
    lambda self: np.arcsin(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * rsqrt(1 - self * self),
    formulas={"self": lambda grad, self: grad / sqrt(1 - self**2)},
    samples=[(sample(2, 3, low=-0.8, high=0.8),)],
)
acos = op(
    "acos",
    lambda self: np.arccos(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * -rsqrt(1 - self * self),
    formulas={"self": lambda grad, self: -grad / sqrt(1 - self**2)},
    samples=[(sample(2, 3, low=-0.8, high=0.8),)],
)
atan = op(
    "atan",
    lambda self: np.arctan(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / (self * self + 1),
    formulas={"self": lambda grad, self: grad / (1 + self**2)},
    samples=[ONE],
)
sinh = op(
    "sinh",
    lambda self: np.sinh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * cosh(self),
    samples=[ONE],
)
cosh = op(
    "cosh",
    lambda self: np.cosh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * sinh(self),
    samples=[ONE],
)
asinh = op(
    "asinh",
    lambda self: np.arcsinh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * rsqrt(self**2 + 1),
    samples=[ONE],
)
acosh = op(
    "acosh",
    lambda self: np.arccosh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * rsqrt(self**2 - 1),
    samples=[(sample(2, 3, low=1.5, high=3),)],
)
atanh = op(
    "atanh",
    lambda self: np.arctanh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / (1 - self**2),
    samples=[(sample(2, 3, low=-0.8, high=0.8),)],
)
deg2rad = op(
    "deg2rad",
    lambda self: self * (math.pi / 180),
    promotes="float",
    inplace=True,
    self=lambda grad: grad * (math.pi / 180),
    samples=[ONE],
)
rad2deg = op(
    "rad2deg",
    lambda self: self * (180 / math.pi),
    promotes="float",
    inplace=True,
    self=lambda grad: grad * (180 / math.pi),
    samples=[ONE],
)
atan2 = op(
    "atan2",
    lambda self, other: np.arctan2(self, other),
    promotes="float",
    inplace=True,
    self=lambda grad, self, other: grad * (other / (self**2 + other**2)),
    other=lambda grad, self, other: grad * (-self / (self**2 + other**2)),
    samples=[(positive(2, 3), positive(3))],
)


def _no_in_place_rule(name: str) -> Any:
    def rule(grad: Any) -> Any:
        raise NotImplementedError(f"the derivative for 'inplace version of {name}' is not implemented.")

    return rule


for _made in (asinh, acosh, atanh):
    _form = renumbered(_made, f"{_made.grad_fn[:-1]}1", self=_no_in_place_rule(_made.function))
    setattr(Tensor, f"{_made.function}_", _form)
