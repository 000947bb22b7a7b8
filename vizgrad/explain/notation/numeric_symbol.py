"""Numbers in a formula's place: a symbol that is written as the elements of a tensor."""

from __future__ import annotations

from typing import Any

from vizgrad.autodiff.core.symbol import ATOM, POWER, PREFIX, PRODUCT, SUM, Symbol, lift
from vizgrad.trace import Value

from .equations import shown

NEGATIVE = 0
"""How tightly a negative number binds: less than anything, so that it is bracketed wherever it is a part."""


class Figure(Symbol):
    r"""A symbol that knows whether it stands for one number or for many, and so which product is meant.

    >>> two, row = Figure("2", ATOM, 0), Figure(r"\left[1,\ 2\right]", ATOM, 1)
    >>> print((two * row).tex, "|", (row * row).tex)
    2 \cdot \left[1,\ 2\right] | \left[1,\ 2\right] \odot \left[1,\ 2\right]
    """

    __slots__ = ("exact", "ndim")

    def __init__(self, tex: str, binds: int = ATOM, ndim: int = 0, exact: bool = True) -> None:
        super().__init__(tex, binds)
        self.ndim, self.exact = ndim, exact

    @classmethod
    def of(cls, value: Value, name: str) -> Figure:
        """The elements of a value, or its name over its shape where they are too many."""
        tex, rounded, _ = shown(value, name)
        binds = NEGATIVE if tex.startswith("-") else PRODUCT if not value.shape and r"\cdot" in tex else ATOM
        return cls(tex, binds, len(value.shape), not rounded)

    def _with(self, other: Any, symbol: Symbol) -> Figure:
        ndim, exact = max(self.ndim, getattr(other, "ndim", 0)), self.exact and getattr(other, "exact", True)
        return Figure(symbol.tex, symbol.binds, ndim, exact)

    def bracketed(self) -> Figure:
        """In brackets, if it is negative."""
        return self if self.binds else Figure(rf"\left({self.tex}\right)", ATOM, self.ndim, self.exact)

    def __mul__(self, other: Any) -> Figure:
        if is_number(other):  # 5 times a row, as one writes it, though the operation has it the other way round
            return _figure(other) * self
        factor = _figure(other)
        sign = r"\odot" if self.ndim and factor.ndim else r"\cdot"
        left = self.tex if self.binds == NEGATIVE else self.at(PRODUCT)  # a sign in front needs no brackets
        binds = NEGATIVE if self.binds == NEGATIVE else PRODUCT
        return self._with(factor, Symbol(f"{left} {sign} {factor.at(PRODUCT)}", binds))

    def __rmul__(self, other: Any) -> Figure:
        return _figure(other) * self

    def __add__(self, other: Any) -> Figure:
        return self._with(other, Symbol(f"{self.tex} + {_figure(other).bracketed().at(SUM)}", SUM))

    def __radd__(self, other: Any) -> Figure:
        return _figure(other) + self

    def __sub__(self, other: Any) -> Figure:
        return self._with(other, Symbol(f"{self.tex} - {_figure(other).at(PRODUCT)}", SUM))

    def __rsub__(self, other: Any) -> Figure:
        return _figure(other) - self

    def __truediv__(self, other: Any) -> Figure:
        return self._with(other, super().__truediv__(other))

    def __rtruediv__(self, other: Any) -> Figure:
        return _figure(other) / self

    def __pow__(self, other: Any) -> Figure:
        return self._with(other, super().__pow__(other))

    def __rpow__(self, other: Any) -> Figure:
        return _figure(other) ** self

    def __neg__(self) -> Figure:
        return Figure(f"-{self.at(PRODUCT)}", NEGATIVE, self.ndim, self.exact)

    def _compared(self, sign: str, other: Any) -> Figure:
        return self._with(other, super()._compared(sign, other))

    def __hash__(self) -> int:
        return super().__hash__()


class Unit(Symbol):
    r"""The gradient 1, put into a rule so that what comes out is the local derivative: it vanishes from products.

    >>> x = Symbol("x")
    >>> (Unit() * x).tex, (-Unit() * x).tex, (Unit() / x).tex
    ('x', '-x', '\\frac{1}{x}')
    """

    __slots__ = ("sign",)

    def __init__(self, sign: int = 1) -> None:
        super().__init__(r"\mathbf{1}" if sign > 0 else r"-\mathbf{1}", ATOM if sign > 0 else PRODUCT)
        self.sign = sign

    @property
    def number(self) -> Symbol:
        """The local derivative that is left if nothing else is: 1 or -1."""
        return Symbol("1") if self.sign > 0 else Symbol("-1", PRODUCT)

    def __mul__(self, other: Any) -> Symbol:
        if isinstance(other, Unit):
            return Unit(self.sign * other.sign)
        factor = lift(other)
        return factor if self.sign > 0 else -factor

    def __rmul__(self, other: Any) -> Symbol:
        return self.__mul__(other)

    def __truediv__(self, other: Any) -> Symbol:
        quotient: Symbol = self.number / other
        return quotient

    def __neg__(self) -> Unit:
        return Unit(-self.sign)

    def __hash__(self) -> int:
        return super().__hash__()


class Name(Symbol):
    r"""A tensor's name as a symbol; a number goes before it in a product.

    >>> print((Name("x") * 5).tex, "|", (Name("x^{(1)}") ** 2).tex)
    5 \, x | \left(x^{(1)}\right)^{2}
    """

    __slots__ = ()

    def __init__(self, tex: str) -> None:
        # a fraction, and what has a superscript already, are bracketed before they get one
        super().__init__(tex, PREFIX if tex.startswith(r"\frac") else POWER if "^" in tex else ATOM)

    def __mul__(self, other: Any) -> Symbol:
        return lift(other) * Symbol(self.tex, self.binds) if is_number(other) else super().__mul__(other)

    def __hash__(self) -> int:
        return super().__hash__()


def is_number(value: Any) -> bool:
    """Whether it is a plain number of Python's, with a sign or without."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _figure(value: Any) -> Figure:
    if isinstance(value, Figure):
        return value
    symbol = lift(value)
    return Figure(symbol.tex, NEGATIVE if symbol.tex.startswith("-") else symbol.binds)
