"""A tensor as the formula of its element: the core's own forward functions run on it as they run on arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import sympy as sp

Index = tuple[sp.Expr, ...]


class NotElementwise(Exception):
    """An operation that is neither elementwise nor a reduction."""


class TooLarge(Exception):
    """A formula that nobody could read, and SymPy would be long at; the text says what is too large in it."""


DIGITS = "its numbers would have too many digits to be written"
CASES = "it distinguishes cases by what distinguishes cases itself"


MOST_BITS = 4_096
"""Bits of the whole numbers in a formula."""

HIGHEST = 1_000
"""The highest exponent that is a number."""


def power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """A power; raises TooLarge where SymPy would write out more digits than anybody reads.

    >>> power(sp.Integer(2), sp.Integer(10))
    1024
    >>> power(3 * sp.Symbol("x"), sp.Integer(10) ** 9)
    Traceback (most recent call last):
    vizgrad.explain.symbolic.elements.TooLarge: its numbers would have too many digits to be written
    """
    if exponent.is_Rational:
        numbers = base.atoms(sp.Rational)
        bits = max((max(abs(n.p).bit_length(), n.q.bit_length()) for n in numbers), default=0)
        if abs(exponent) > HIGHEST or bits * abs(exponent) > MOST_BITS:
            raise TooLarge(DIGITS)
    return base**exponent


def compared(relation: Callable[..., sp.Expr], a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """A comparison; raises TooLarge where SymPy would solve it for each case that its sides distinguish."""
    if a.has(sp.Piecewise) or b.has(sp.Piecewise):
        raise TooLarge(CASES)
    return relation(a, b)


UFUNCS: dict[str, Callable[..., sp.Expr]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": power,
    "negative": lambda a: -a,
    "reciprocal": lambda a: 1 / a,
    "square": lambda a: power(a, sp.Integer(2)),
    "exp": sp.exp,
    "exp2": lambda a: power(sp.Integer(2), a),
    "expm1": lambda a: sp.exp(a) - 1,
    "log": sp.log,
    "log2": lambda a: sp.log(a) / sp.log(2),
    "log10": lambda a: sp.log(a) / sp.log(10),
    "log1p": lambda a: sp.log(1 + a),
    "sqrt": sp.sqrt,
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "arcsin": sp.asin,
    "arccos": sp.acos,
    "arctan": sp.atan,
    "arcsinh": sp.asinh,
    "arccosh": sp.acosh,
    "arctanh": sp.atanh,
    "absolute": sp.Abs,
    "sign": sp.sign,
    "maximum": lambda a, b: sp.Piecewise((a, compared(sp.Gt, a, b)), (b, True)),
    "minimum": lambda a, b: sp.Piecewise((a, compared(sp.Lt, a, b)), (b, True)),
}
"""NumPy's universal functions, in which the core computes, as SymPy's."""


def position(from_right: int) -> sp.Symbol:
    """The index that runs along a dimension, counted from the last (1), since broadcasting aligns there."""
    return sp.Symbol(f"index{from_right}", integer=True, positive=True)


def free_indices(shape: tuple[int, ...]) -> Index:
    """The indices of a tensor's element; 1 along a dimension of length 1."""
    rank = len(shape)
    return tuple(sp.Integer(1) if n == 1 else position(rank - d) for d, n in enumerate(shape))


def exact(value: Any) -> sp.Expr:
    """A plain number as SymPy's: 0.1 is a tenth.

    >>> exact(0.1), exact(0.5), exact(3)
    (1/10, 1/2, 3)
    """
    if isinstance(value, bool | np.bool_):
        raise NotElementwise
    if isinstance(value, int | np.integer):
        return sp.Integer(int(value))
    if isinstance(value, float | np.floating):
        number = float(value)
        if not math.isfinite(number):
            raise NotElementwise
        for known in (sp.pi, sp.sqrt(2), sp.sqrt(sp.pi), sp.log(2), sp.log(10)):
            for factor in (sp.Integer(1), sp.Integer(2), sp.Rational(1, 2)):
                for constant in (known * factor, factor / known):
                    if math.isclose(number, float(constant), rel_tol=1e-15):
                        return constant
        return sp.Rational(str(number))
    raise NotElementwise


class Elements:
    """What an array is to the core's functions, with a formula in the place of its numbers.

    `formula` is the element at the indices `free_indices(shape)`. An operation that looks at elements one by one, or
    sums them, gives another such; anything else raises NotElementwise.
    """

    dtype = np.dtype("float64")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, formula: sp.Expr, shape: tuple[int, ...]) -> None:
        self.formula, self.shape = formula, shape
        self.ndim, self.size = len(shape), math.prod(shape)

    # -- elementwise

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Elements:
        function = UFUNCS.get(ufunc.__name__)
        if function is None or method != "__call__" or options:
            raise NotElementwise
        operands = [x if isinstance(x, Elements) else Elements.of(x) for x in inputs]
        shape = np.broadcast_shapes(*(x.shape for x in operands))
        return Elements(function(*(x.formula for x in operands)), shape)

    @classmethod
    def of(cls, number: Any) -> Elements:
        """A plain number, or an array that holds one number everywhere."""
        array = np.asarray(number)
        if array.dtype == object or not array.size or (array != array.flat[0]).any():
            raise NotElementwise
        return cls(exact(number if isinstance(number, int | float) else array.flat[0]), array.shape)

    def __add__(self, other: Any) -> Elements:
        return _applied(np.add, self, other)

    def __radd__(self, other: Any) -> Elements:
        return _applied(np.add, other, self)

    def __sub__(self, other: Any) -> Elements:
        return _applied(np.subtract, self, other)

    def __rsub__(self, other: Any) -> Elements:
        return _applied(np.subtract, other, self)

    def __mul__(self, other: Any) -> Elements:
        return _applied(np.multiply, self, other)

    def __rmul__(self, other: Any) -> Elements:
        return _applied(np.multiply, other, self)

    def __truediv__(self, other: Any) -> Elements:
        return _applied(np.divide, self, other)

    def __rtruediv__(self, other: Any) -> Elements:
        return _applied(np.divide, other, self)

    def __pow__(self, other: Any) -> Elements:
        return _applied(np.power, self, other)

    def __rpow__(self, other: Any) -> Elements:
        return _applied(np.power, other, self)

    def __neg__(self) -> Elements:
        return _applied(np.negative, self)

    def __gt__(self, other: Any) -> Elements:
        return self._compared(sp.Gt, other)

    def __ge__(self, other: Any) -> Elements:
        return self._compared(sp.Ge, other)

    def __lt__(self, other: Any) -> Elements:
        return self._compared(sp.Lt, other)

    def __le__(self, other: Any) -> Elements:
        return self._compared(sp.Le, other)

    def _compared(self, relation: Callable[..., sp.Expr], other: Any) -> Elements:
        right = other if isinstance(other, Elements) else Elements.of(other)
        return Elements(compared(relation, self.formula, right.formula), np.broadcast_shapes(self.shape, right.shape))

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Elements:
        if function is not np.where or len(args) != 3 or options:
            raise NotElementwise(function.__name__)
        condition, yes, no = (x if isinstance(x, Elements) else Elements.of(x) for x in args)
        shape = np.broadcast_shapes(condition.shape, yes.shape, no.shape)
        return Elements(sp.Piecewise((yes.formula, condition.formula), (no.formula, True)), shape)

    def astype(self, dtype: Any, **options: Any) -> Elements:
        """The same: a formula has no dtype."""
        return self

    def __getattr__(self, name: str) -> Any:
        raise NotElementwise(name)

    def __bool__(self) -> bool:
        raise NotElementwise

    def __array__(self, *args: Any, **options: Any) -> np.ndarray:
        raise NotElementwise

    # -- reductions

    def sum(self, axis: Any = None, keepdims: bool = False) -> Elements:
        """The sum over all dimensions, or over those named."""
        named = range(self.ndim) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        axes = sorted({a % self.ndim for a in named}) if self.ndim else []
        formula, limits = self.formula, []
        for a in axes:
            index = position(self.ndim - a)
            bound = sp.Dummy("index", integer=True, positive=True)
            formula = formula.xreplace({index: bound})
            limits.append((bound, 1, self.shape[a]))
        shape = tuple(1 if i in axes else n for i, n in enumerate(self.shape))
        for bound, low, high in limits:
            formula = sp.Sum(formula, (bound, low, high)) if high > 1 else formula.xreplace({bound: sp.Integer(1)})
        kept = Elements(formula, shape)
        return kept if keepdims else kept.without(axes)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Elements:
        """The mean over all dimensions, or over those named."""
        total = self.sum(axis, keepdims)
        return Elements(total.formula / sp.Integer(self.size // max(total.size, 1)), total.shape)

    def without(self, axes: list[int]) -> Elements:
        """The same without some dimensions of length 1: the others move to the right."""
        rest = [d for d in range(self.ndim) if d not in axes]
        moves = {position(self.ndim - d): position(len(rest) - i) for i, d in enumerate(rest)}
        return Elements(self.formula.xreplace(moves), tuple(self.shape[d] for d in rest))


def _applied(function: np.ufunc, *operands: Any) -> Elements:
    return cast(Elements, function(*operands))
