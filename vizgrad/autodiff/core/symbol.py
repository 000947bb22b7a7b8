"""Run a derivative rule on symbols instead of numbers: the rule writes itself, as LaTeX."""

from __future__ import annotations

import math
import re
from typing import Any

# How tightly each form binds, as a textbook reads it; a part that binds more loosely than its place is bracketed.
SUM, PRODUCT, PREFIX, POWER, ATOM = 1, 2, 3, 4, 5

NAMES = {
    "grad": "g", "grads": "g", "grad_output": "g", "self": "x", "other": "y", "result": "z", "result0": "z",
    "output": "z", "input": "x",
    "exponent": "n", "mat2": "B", "mat1": "A", "mat": "A", "vec": "v", "vec1": "u", "vec2": "v",
    "tensor": "y", "weight": "w", "bias": "b", "target": "t",
    "condition": "c", "mask": "m", "batch1": "A", "batch2": "B", "tensor1": "u", "tensor2": "v", "value": r"\lambda",
    "negative_slope": r"\alpha", "alpha": r"\alpha", "beta": r"\beta", "min": "a", "max": "b", "min_val": "a",
    "max_val": "b", "eps": r"\varepsilon", "threshold": r"\theta", "index": "i", "indices": "i", "src": "s",
    "source": "s", "values": "v", "end": "y", "ord": "p", "p": "p", "delta": r"\delta", "lambd": r"\lambda",
    "margin": "m", "x1": "x", "x2": "y", "i1": "a", "i2": "b", "inverse": "A^{-1}", "pos_weight": "w_1",
}  # fmt: skip
"""The letter for each schema name, where the caller has no better one."""

CALLS = {
    "exp": r"e^{{{0}}}", "exp2": r"2^{{{0}}}", "log": r"\ln {0:prefix}", "sqrt": r"\sqrt{{{0}}}",
    "abs": r"\left|{0}\right|",
    "sin": r"\sin {0:prefix}", "cos": r"\cos {0:prefix}", "tan": r"\tan {0:prefix}", "sinh": r"\sinh {0:prefix}",
    "cosh": r"\cosh {0:prefix}", "tanh": r"\tanh {0:prefix}", "t": r"{0:power}^{{\top}}", "mT": r"{0:power}^{{\top}}",
    "reciprocal": r"\frac{{1}}{{{0}}}", "sigmoid": r"\sigma\left({0}\right)", "rsqrt": r"\frac{{1}}{{\sqrt{{{0}}}}}",
    "square": r"{0:power}^{{2}}", "log2": r"\log_2 {0:prefix}", "log10": r"\log_{{10}} {0:prefix}",
    "expm1": r"\left(e^{{{0}}} - 1\right)", "log1p": r"\ln\left(1 + {0}\right)",
}  # fmt: skip
"""How a call of a function is written; `:prefix` and `:power` say how tightly the argument must bind."""

CONSTANTS = {
    math.pi: r"\pi", math.log(2): r"\ln 2", math.log(10): r"\ln 10", 2 / math.sqrt(math.pi): r"\frac{2}{\sqrt{\pi}}",
    math.sqrt(math.pi) / 2: r"\frac{\sqrt{\pi}}{2}", math.pi / 180: r"\frac{\pi}{180}",
    180 / math.pi: r"\frac{180}{\pi}",
}  # fmt: skip
"""Numbers that a rule computes and a textbook writes otherwise."""

NUMBER = re.compile(r"-?[0-9.]+")
UNIT_FRACTION = r"\frac{1}"
AT_LEAST, AT_MOST = (re.compile(rf"\\left\[(.+) \\{sign} (.+)\\right\]") for sign in ("ge", "le"))

_BINDS = {"exp": POWER, "exp2": POWER, "t": POWER, "mT": POWER, "square": POWER}
_PLACES = {"sum": SUM, "product": PRODUCT, "prefix": PREFIX, "power": ATOM, "": SUM}


class Symbol:
    """A piece of LaTeX that behaves like a number.

    >>> x, y = Symbol("x"), Symbol("y")
    >>> ((x + y) * x).tex
    '\\\\left(x + y\\\\right) \\\\, x'
    """

    __slots__ = ("binds", "tex")
    __array_ufunc__ = None  # NumPy is to leave symbols alone

    def __init__(self, tex: str, binds: int = ATOM) -> None:
        self.tex, self.binds = tex, binds

    def at(self, place: int) -> str:
        """Write it for a place that binds that tightly."""
        return self.tex if self.binds >= place else rf"\left({self.tex}\right)"

    def __format__(self, place: str) -> str:
        return self.at(_PLACES[place])

    def __add__(self, other: Any) -> Symbol:
        return Symbol(f"{self.at(SUM)} + {lift(other).at(SUM)}", SUM)

    def __radd__(self, other: Any) -> Symbol:
        return lift(other) + self

    def __sub__(self, other: Any) -> Symbol:
        return Symbol(f"{self.at(SUM)} - {lift(other).at(PRODUCT)}", SUM)

    def __rsub__(self, other: Any) -> Symbol:
        return lift(other) - self

    def __mul__(self, other: Any) -> Symbol:
        left, right = self.at(PRODUCT), lift(other)
        if right.at(PRODUCT).startswith("-"):
            if NUMBER.fullmatch(right.tex):
                return Symbol(rf"{left} \cdot \left({right.tex}\right)", PRODUCT)
            return -(self * Symbol(right.tex[1:], right.binds))  # a sign goes before the whole product
        if right.tex.startswith(UNIT_FRACTION) and right.binds == PREFIX:
            return Symbol(rf"\frac{{{self.tex}}}" + right.tex[len(UNIT_FRACTION) :], PREFIX)
        if right.at(PRODUCT)[:1].isdigit():  # two numbers side by side would read as one
            return Symbol(rf"{left} \cdot {right.at(PRODUCT)}", PRODUCT)
        return Symbol(rf"{left} \, {right.at(PRODUCT)}", PRODUCT)

    def __rmul__(self, other: Any) -> Symbol:
        return lift(other) * self

    def __matmul__(self, other: Any) -> Symbol:
        return Symbol(rf"{self.at(PRODUCT)} \, {lift(other).at(PRODUCT)}", PRODUCT)

    def __rmatmul__(self, other: Any) -> Symbol:
        return lift(other) @ self

    def __truediv__(self, other: Any) -> Symbol:
        if self.at(PRODUCT).startswith("-") and not NUMBER.fullmatch(self.tex):
            return -(-self / other)
        below = lift(other)
        if below.at(PRODUCT).startswith("-") and not NUMBER.fullmatch(below.tex):
            return -(self / -below)
        return Symbol(rf"\frac{{{self.tex}}}{{{below.tex}}}", PREFIX)

    def __rtruediv__(self, other: Any) -> Symbol:
        return lift(other) / self

    def __neg__(self) -> Symbol:
        if self.at(PRODUCT).startswith("-"):
            return Symbol(self.tex[1:], self.binds)
        return Symbol(f"-{self.at(PRODUCT)}", PRODUCT)

    def __pow__(self, other: Any) -> Symbol:
        power = lift(other)
        return self if power.tex == "1" else Symbol(rf"{self.at(ATOM)}^{{{power.tex}}}", POWER)

    def __rpow__(self, other: Any) -> Symbol:
        return lift(other) ** self

    def _compared(self, sign: str, other: Any) -> Symbol:
        return Symbol(rf"\left[{self.tex} {sign} {lift(other).tex}\right]")

    def __gt__(self, other: Any) -> Symbol:
        return self._compared(">", other)

    def __ge__(self, other: Any) -> Symbol:
        return self._compared(r"\ge", other)

    def __lt__(self, other: Any) -> Symbol:
        return self._compared("<", other)

    def __le__(self, other: Any) -> Symbol:
        return self._compared(r"\le", other)

    def __eq__(self, other: object) -> Symbol:  # type: ignore[override]
        return self._compared("=", other)

    def __and__(self, other: Any) -> Symbol:
        low, high = AT_LEAST.fullmatch(self.tex), AT_MOST.fullmatch(lift(other).tex)
        if low and high and low[1] == high[1]:
            return Symbol(rf"\left[{low[2]} \le {low[1]} \le {high[2]}\right]")
        return Symbol(rf"{self.at(PRODUCT)} \, {lift(other).at(PRODUCT)}", PRODUCT)

    def __invert__(self) -> Symbol:
        return Symbol(rf"\lnot {self.at(PREFIX)}", PREFIX)

    def __hash__(self) -> int:
        return hash(self.tex)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in ("T", "mT"):
            return call("mT", (self,))
        return lambda *args: call(name, (self, *args))

    def __bool__(self) -> bool:
        raise TypeError("a symbol has no value to decide on: a rule must not branch on what it saves")

    def __repr__(self) -> str:
        return f"Symbol({self.tex!r})"


def lift(value: Any) -> Symbol:
    """Make a symbol of a number."""
    if isinstance(value, Symbol):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            return Symbol(r"\mathrm{NaN}")
        return Symbol(r"\infty") if value > 0 else Symbol(r"-\infty", PRODUCT)
    if isinstance(value, float) and abs(value) in CONSTANTS:
        return Symbol(CONSTANTS[value], PREFIX) if value > 0 else -Symbol(CONSTANTS[-value], PREFIX)
    if isinstance(value, float) and value == int(value):
        value = int(value)
    text = f"{value:g}" if isinstance(value, (int, float)) else rf"\text{{{value}}}"
    if "e" in text and isinstance(value, (int, float)):
        base, exponent = text.split("e")
        return Symbol(rf"{base} \cdot 10^{{{int(exponent)}}}", PRODUCT)
    return Symbol(text, PRODUCT if text.startswith("-") else ATOM)


def call(name: str, args: tuple[Any, ...]) -> Symbol:
    """Write a call of a function."""
    if name in CALLS:
        binds = _BINDS.get(name, PREFIX)
        return Symbol(CALLS[name].format(*map(lift, args)), binds)
    shown = ", ".join(lift(a).tex for a in args if isinstance(a, Symbol) or _plain(a))
    return Symbol(rf"\operatorname{{{name.replace('_', ' ').strip()}}}\left({shown}\right)")


def _plain(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
