"""Python's operators and builtins that can make very much out of very little, each asking the budget first."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Mapping
from typing import Any

from ..exceptions import NotOffered
from ..limits.budget import Budget
from ..limits.uncopied import Uncopied
from .formatting import Texts
from .numpy_calls import stored

SEQUENCES = (list, tuple, str, bytes)
INPLACE: Mapping[str, Callable[[Any, Any], Any]] = {
    "Sub": operator.isub,
    "Div": operator.itruediv,
    "FloorDiv": operator.ifloordiv,
    "MatMult": operator.imatmul,
    "RShift": operator.irshift,
    "BitAnd": operator.iand,
    "BitOr": operator.ior,
    "BitXor": operator.ixor,
}


class Growth(Uncopied):
    """The operators as guards; what is not about Python's own numbers and sequences goes straight on."""

    def __init__(self, budget: Budget, texts: Texts) -> None:
        self.budget, self.texts = budget, texts

    # -- binary

    def add(self, a: Any, b: Any) -> Any:
        """`a + b`."""
        if type(a) in SEQUENCES:
            self.budget.items(len(a) + (len(b) if type(b) in SEQUENCES else 0))
        return a + b

    def mul(self, a: Any, b: Any) -> Any:
        """`a * b`."""
        ta, tb = type(a), type(b)
        if ta is float:
            return a * b
        if ta is int and tb is int:
            self.budget.bits(a.bit_length() + b.bit_length())
        elif ta in SEQUENCES and isinstance(b, int):
            self.budget.items(len(a) * max(b, 0))
        elif tb in SEQUENCES and isinstance(a, int):
            self.budget.items(len(b) * max(a, 0))
        return a * b

    def pow(self, a: Any, b: Any) -> Any:
        """`a ** b`."""
        if isinstance(a, int) and isinstance(b, int) and b > 0:
            self.budget.bits(a.bit_length() * b)
        return a**b

    def lshift(self, a: Any, b: Any) -> Any:
        """`a << b`."""
        if isinstance(a, int) and isinstance(b, int):
            self.budget.bits(a.bit_length() + b)
        return a << b

    def mod(self, a: Any, b: Any) -> Any:
        """`a % b`, which is also the old way to format text."""
        return self.texts.percent(a, b) if isinstance(a, str | bytes) else a % b

    # -- in place

    def iadd(self, a: Any, b: Any) -> Any:
        """`a += b`."""
        if type(a) is list:
            self.budget.items(
                len(a) + (len(b) if hasattr(type(b), "__len__") and type(b) in (*SEQUENCES, range) else 0)
            )
        elif type(a) in SEQUENCES:
            return self.add(a, b)
        a += b
        return a

    def imul(self, a: Any, b: Any) -> Any:
        """`a *= b`."""
        if type(a) is list and isinstance(b, int):
            self.budget.items(len(a) * max(b, 0))
        elif type(a) is int or type(a) in SEQUENCES:
            return self.mul(a, b)
        a *= b
        return a

    def ipow(self, a: Any, b: Any) -> Any:
        """`a **= b`."""
        if isinstance(a, int):
            return self.pow(a, b)
        a **= b
        return a

    def ilshift(self, a: Any, b: Any) -> Any:
        """`a <<= b`."""
        if isinstance(a, int):
            return self.lshift(a, b)
        a <<= b
        return a

    def imod(self, a: Any, b: Any) -> Any:
        """`a %= b`."""
        if isinstance(a, str | bytes):
            return self.mod(a, b)
        a %= b
        return a

    def inplace(self, name: str) -> Callable[[Any, Any], Any]:
        """The in-place operator that an AST calls `name`."""
        mine = {"Add": self.iadd, "Mult": self.imul, "Pow": self.ipow, "LShift": self.ilshift, "Mod": self.imod}
        return mine.get(name) or INPLACE[name]

    def iitem(self, owner: Any, index: Any, name: str, value: Any) -> None:
        """`owner[index] op= value`."""
        made = self.inplace(name)(owner[index], value)
        stored(owner)[index] = self.budget.sized(made) if isinstance(index, slice) else made

    # -- builtins

    def measured(self, kind: Any, *values: Any, **named: Any) -> Any:
        """`kind(...)` for the classes whose calls are looked at: str, range, list, tuple, set, sorted, bytes."""
        if values:
            if kind is str:
                self.texts.weighed(values[0])
            elif type(values[0]) is range:
                self.budget.items(len(values[0]) if values[0] else 0)
        return kind(*values, **named)

    def sum(self, values: Any, /, start: Any = 0) -> Any:
        """`sum`; of lists and tuples one at a time, since each may be longer than the last."""
        if isinstance(start, list | tuple):
            for value in values:
                start = self.add(start, value)
            return start
        if type(values) is range:
            self.budget.items(len(values))
        return builtins.sum(values, start)

    def round(self, number: Any, ndigits: Any = None) -> Any:
        """`round`."""
        if isinstance(number, int) and isinstance(ndigits, int) and ndigits < 0:
            self.budget.bits(-ndigits * 4)
        return builtins.round(number) if ndigits is None else builtins.round(number, ndigits)

    def power(self, base: Any, exp: Any, mod: Any = None) -> Any:
        """`pow`."""
        if mod is None:
            return self.pow(base, exp)
        if isinstance(exp, int) and isinstance(mod, int):
            self.budget.bits(8 * (exp.bit_length() + mod.bit_length()))  # slow long before it is large
        return builtins.pow(base, exp, mod)

    def iter(self, value: Any, *sentinel: Any) -> Any:
        """`iter` of one value; with a sentinel it could go on for ever."""
        if sentinel:
            raise NotOffered("vizgrad runs a safe part of Python; `iter` with two arguments is not in it")
        return builtins.iter(value)

    def factorial(self, n: Any) -> int:
        """`math.factorial`."""
        import math

        if isinstance(n, int) and n > 0:
            self.budget.bits(n * max(n.bit_length() - 2, 1))
        return math.factorial(n)

    def comb(self, n: Any, k: Any) -> int:
        """`math.comb`."""
        import math

        if isinstance(n, int) and isinstance(k, int):
            self.budget.bits(n.bit_length() * min(abs(k), abs(n)))
        return math.comb(n, k)

    def perm(self, n: Any, k: Any = None) -> int:
        """`math.perm`."""
        import math

        if isinstance(n, int):
            self.budget.bits(n.bit_length() * (abs(k) if isinstance(k, int) else abs(n)))
        return math.perm(n, k)

    def prod(self, values: Any, /, *, start: Any = 1) -> Any:
        """`math.prod`."""
        for value in values:
            start = self.mul(start, value)
        return start
