"""Python's operators on tensors, as a table of the functions they call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .core import grad_mode
from .core.fast_path import shortcut
from .core.op import Op
from .core.registry import FUNCTIONS, OPS
from .core.scalars import WeakFloat, WeakInt
from .core.tensor import Tensor
from .ops.elementwise import powers, rounding
from .ops.elementwise.arithmetic import add, add_scalar, mul, mul_scalar, neg, rsub, sub, sub_scalar
from .ops.elementwise.division import div, div_scalar, floor_divide, reciprocal, remainder
from .ops.matrix.products import matmul

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "add": add, "sub": sub, "mul": mul, "truediv": div, "floordiv": floor_divide, "mod": remainder,
    "pow": powers.pow, "matmul": matmul, "and": OPS["bitwise_and"], "or": OPS["bitwise_or"], "xor": OPS["bitwise_xor"],
    "lshift": OPS["bitwise_left_shift"], "rshift": OPS["bitwise_right_shift"],
}  # fmt: skip
# A number in a rule is a C++ scalar in PyTorch, and the node of such a product has a number of its own.
IN_RULES = {
    "add": add_scalar, "radd": add_scalar, "sub": sub_scalar, "mul": mul_scalar, "rmul": mul_scalar,
    "truediv": div_scalar,
}  # fmt: skip
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
REFLECTED: dict[str, Callable[[Any, Any], Any]] = {
    "radd": add,
    "rsub": lambda self, other: rsub(self, other),
    "rmul": mul,
    "rtruediv": lambda self, other: mul(reciprocal(self), other),
    "rpow": lambda self, other: powers.pow(other, self),
    "rmod": lambda self, other: remainder(_tensor(other), self),
    "rfloordiv": lambda self, other: floor_divide(_tensor(other), self),
    "rmatmul": lambda self, other: matmul(other, self),
    "rand": lambda self, other: OPS["bitwise_and"](self, other),
    "ror": lambda self, other: OPS["bitwise_or"](self, other),
    "rxor": lambda self, other: OPS["bitwise_xor"](self, other),
}
IN_PLACE = {
    "iadd": "add_", "isub": "sub_", "imul": "mul_", "itruediv": "div_", "ipow": "pow_", "ifloordiv": "floor_divide_",
    "iand": "bitwise_and_", "ior": "bitwise_or_", "ixor": "bitwise_xor_",
}  # fmt: skip
_NUMBERS = (bool, int, float, complex, Tensor)


def _tensor(value: Any) -> Tensor:
    from .creation import tensor

    return tensor(value)


def _operator(compute: Callable[[Any, Any], Any], name: str = "") -> Callable[[Any, Any], Any]:
    in_rule = IN_RULES.get(name, compute)
    kinds = Tensor if name in ("matmul", "rmatmul") else _NUMBERS

    def operator(self: Any, other: Any) -> Any:
        if isinstance(other, kinds):
            if isinstance(other, (WeakFloat, WeakInt)):
                return compute(self, other.real)
            numbers = grad_mode.current().in_rule and not isinstance(other, Tensor)
            return (in_rule if numbers else compute)(self, other)
        return compute(self, other.item()) if isinstance(other, np.generic) else NotImplemented

    if isinstance(compute, Op) and len(compute.rules) == 2 and compute.promotes != "same":
        return shortcut(compute, operator)
    return operator


def _in_place(name: str) -> Callable[[Any, Any], Any]:
    def operator(self: Any, other: Any) -> Any:
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        return getattr(self, name)(other)

    return operator


def _comparison(name: str) -> Callable[[Any, Any], Any]:
    def operator(self: Any, other: Any) -> Any:
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        return OPS[name](self, other)

    return operator


for _name, _compute in OPERATORS.items():
    setattr(Tensor, f"__{_name}__", _operator(_compute, _name))
for _name, _compute in REFLECTED.items():
    setattr(Tensor, f"__{_name}__", _operator(_compute, _name))
for _name, _method in IN_PLACE.items():
    setattr(Tensor, f"__{_name}__", _in_place(_method))
for _name in COMPARISONS:
    setattr(Tensor, f"__{_name}__", _comparison(_name))
Tensor.__neg__ = lambda self: neg(self)  # type: ignore[method-assign]
setattr(Tensor, "__pos__", lambda self: self)  # noqa: B010
Tensor.__abs__ = lambda self: rounding.abs(self)  # type: ignore[attr-defined]
setattr(Tensor, "__invert__", lambda self: OPS["bitwise_not"](self))  # noqa: B010
Tensor.__hash__ = lambda self: id(self)  # type: ignore[method-assign]

ALIASES = {
    "absolute": "abs", "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div", "negative": "neg",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh", "greater": "gt", "greater_equal": "ge", "less": "lt", "less_equal": "le", "not_equal": "ne",
    "fix": "trunc",
}  # fmt: skip
for _alias, _name in ALIASES.items():
    FUNCTIONS[_alias] = FUNCTIONS[_name]
    setattr(Tensor, _alias, getattr(Tensor, _name))
