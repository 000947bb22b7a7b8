"""Formulae in index notation: written as LaTeX, differentiated by an element, and computed on arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

import numpy as np
import sympy as sp
from sympy.printing.latex import LatexPrinter

from ..notation.numbers import number
from .simplify import simplified

NEXT = r" \\ "
WRITTEN_OUT = 6
"""Terms of a sum that are written out in a substitution."""

Pairs = tuple[tuple[sp.Expr, sp.Expr], ...]
LETTERS = "ijklmnpqrs"
FUNCTIONS = {
    sp.exp: np.exp, sp.log: np.log, sp.sin: np.sin, sp.cos: np.cos, sp.tan: np.tan, sp.sinh: np.sinh, sp.cosh: np.cosh,
    sp.tanh: np.tanh, sp.asin: np.arcsin, sp.acos: np.arccos, sp.atan: np.arctan, sp.asinh: np.arcsinh,
    sp.acosh: np.arccosh, sp.atanh: np.arctanh, sp.Abs: np.abs, sp.sign: np.sign, sp.Pow: np.power,
    sp.StrictGreaterThan: np.greater, sp.StrictLessThan: np.less, sp.GreaterThan: np.greater_equal,
    sp.LessThan: np.less_equal, sp.KroneckerDelta: np.equal, sp.Equality: np.equal, sp.Unequality: np.not_equal,
}  # fmt: skip


def derivative(formula: sp.Expr, element: sp.Expr) -> sp.Expr:
    """The derivative by one element, x[i]; a sum collapses to those of its terms that contain the element.

    >>> x, i, j = sp.IndexedBase("x"), sp.Symbol("i", integer=True), sp.Symbol("j", integer=True)
    >>> derivative(sp.Sum(x[i] ** 2, (i, 1, 3)), x[j])
    2*x[j]
    """
    return simplified(
        sp.Add(*(c * sp.Mul(*(sp.KroneckerDelta(*pair) for pair in pairs)) for c, pairs in _terms_of(formula, element)))
    )


def _terms_of(formula: sp.Expr, element: sp.Expr) -> Iterator[tuple[sp.Expr, Pairs]]:
    """The derivative as terms, each with the pairs of indices that must be equal for it to count."""
    parts = list(_parts(formula, element))
    hidden = {part: sp.Dummy(real=True) for part in parts}
    shown = {dummy: part for part, dummy in hidden.items()}
    bare = formula.xreplace(hidden)
    for part, dummy in hidden.items():
        outer = sp.diff(bare, dummy).xreplace(shown)
        if outer == 0:
            continue
        if isinstance(part, sp.Sum):
            for inner, pairs in _terms_of(part.function, element):
                yield from ((outer * c, rest) for c, rest in _summed(inner, pairs, part.limits))
        elif isinstance(part, sp.Indexed):
            yield outer, tuple((a, b) for a, b in zip(part.indices, element.indices, strict=True) if a != b)
        else:
            yield outer, ()


def _parts(formula: sp.Expr, element: sp.Expr) -> Iterator[sp.Expr]:
    """The places of a formula at which it depends on the element: elements of the same tensor, and sums."""
    if isinstance(formula, sp.Sum):
        if formula.has(element.base if isinstance(element, sp.Indexed) else element):
            yield formula
    elif isinstance(formula, sp.Indexed):
        if isinstance(element, sp.Indexed) and formula.base == element.base:
            yield formula
    elif formula == element:
        yield formula
    else:
        for arg in formula.args:
            yield from _parts(arg, element)


def _summed(term: sp.Expr, pairs: Pairs, limits: Any) -> Iterator[tuple[sp.Expr, Pairs]]:
    """A term of a sum's derivative: an index that must equal another takes its value, and is summed over no more."""
    bound = {limit[0] for limit in limits}
    fixed: dict[sp.Expr, sp.Expr] = {}
    rest = []
    for a, b in pairs:
        if a in bound and a not in fixed:
            fixed[a] = b
        else:
            rest.append((a, b))
    term = term.xreplace(fixed)
    for limit in limits:
        if limit[0] not in fixed:
            term = sp.Sum(term, limit) if term.has(limit[0]) else term * (limit[2] - limit[1] + 1)
    yield term, tuple((a.xreplace(fixed), b) for a, b in rest)


class Writer(LatexPrinter):  # type: ignore[misc]  # SymPy tells no types
    """Writes a formula with the program's names: x_{i}, and a sum without its bounds.

    `names` gives the LaTeX of each label; with `point`, the values by label, elements are written as numbers, and
    `is_exact` tells afterwards whether none of them had to be rounded.
    """

    def __init__(self, names: Mapping[str, str], point: Mapping[str, np.ndarray] | None = None) -> None:
        super().__init__({"fold_short_frac": False, "ln_notation": True, "mul_symbol": "dot" if point else None})
        self._labels, self._values = names, point
        self._written: dict[tuple[type, Any], str] = {}
        self.is_exact = True

    def _print(self, expr: Any, **options: Any) -> str:
        """As SymPy's, but each part is written once: what asks for the sign of a part would double the time."""
        if options or not isinstance(expr, sp.Basic):
            return str(super()._print(expr, **options))
        key = type(expr), expr
        if key not in self._written:
            self._written[key] = str(super()._print(expr))
        return self._written[key]

    def _print_Indexed(self, expr: Any) -> str:
        label = str(expr.base.label)
        if self._values is not None and all(i.is_Integer for i in expr.indices):
            return self._number(self._values[label][tuple(int(i) - 1 for i in expr.indices)])
        return indexed(self._labels[label], "".join(self._print(i) for i in expr.indices))

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        if self._values is not None and expr.name in self._values:
            return self._number(self._values[expr.name])
        return self._labels.get(expr.name, expr.name)

    _print_Dummy = _print_Symbol

    def _number(self, value: Any) -> str:
        shown = number(float(np.float32(value)), "float32")
        self.is_exact = self.is_exact and not shown.rounded
        return rf"\left({shown.latex}\right)" if shown.latex.startswith("-") or r"\cdot" in shown.latex else shown.latex

    def _print_Pow(self, expr: Any) -> str:
        if (
            self._values is not None
            and expr.exp.is_Integer
            and expr.exp > 1
            and isinstance(expr.base, sp.Indexed | sp.Symbol)
        ):
            return f"{self._print(expr.base)}^{{{self._print(expr.exp)}}}"
        return str(super()._print_Pow(expr))

    def _print_Sum(self, expr: sp.Sum) -> str:
        letters = "".join(self._print(limit[0]) for limit in expr.limits)
        return rf"\sum_{{{letters}}} {self._factor(expr.function)}"

    def _print_Add(self, expr: sp.Add, order: Any = None) -> str:
        content, rest = expr.primitive()
        if content.is_Integer and content > 1:  # SymPy multiplies a number into a sum; a textbook leaves it outside
            sign = r"\cdot " if self._values is not None else ""
            return rf"{self._print(content)} {sign}\left({super()._print_Add(rest)}\right)"
        return str(super()._print_Add(expr, order))

    def is_sum(self, expr: sp.Expr) -> bool:
        """Whether the formula is written as a sum, or with a sign in front, and must be bracketed in a product."""
        return (expr.is_Add and expr.primitive()[0] in (1, -1)) or self._print(expr).startswith("-")

    def _print_Mul(self, expr: sp.Mul) -> str:
        coefficient, rest = expr.as_coeff_Mul()
        if expr.has(sp.Sum) and coefficient.is_Rational and not coefficient.is_Integer:  # a half times the sum
            return f"{self._print(coefficient)} {self._factor(rest)}"
        return str(super()._print_Mul(expr))

    def _factor(self, expr: sp.Expr) -> str:
        text = self._print(expr)
        return rf"\left({text}\right)" if self.is_sum(expr) else text

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        cases = [
            f"{self._print(value)} & "
            + (r"\text{otherwise}" if condition == True else rf"\text{{if }} {self._print(condition)}")  # noqa: E712
            for value, condition in expr.args
        ]
        return rf"\begin{{cases}} {NEXT.join(cases)} \end{{cases}}"

    def _print_KroneckerDelta(self, expr: Any) -> str:
        i, j = (self._print(a) for a in expr.args)
        return rf"\left[{i} = {j}\right]"


def indexed(name: str, letters: str) -> str:
    r"""A name in LaTeX with indices; they join the subscript it may have.

    >>> print(indexed("x", "ij"), indexed("v_{2}", "i"), indexed("x", ""))
    x_{ij} v_{2,i} x
    """
    if not letters:
        return name
    if name.endswith("}") and "_{" in name and not name.startswith(r"\mathrm"):
        return f"{name[:-1]},{letters}}}"
    if "_{" in name:
        return rf"\left({name}\right)_{{{letters}}}"
    return f"{name}_{{{letters}}}"


def lettered(formula: sp.Expr, rank: int) -> sp.Expr:
    """The formula with letters for its indices: i, j … for the free ones from the left, the next for those of sums."""
    free = sorted((s for s in formula.free_symbols if s.name.startswith("index")), key=lambda s: s.name, reverse=True)
    chosen = {s: sp.Symbol(LETTERS[rank - int(s.name[5:])], integer=True, positive=True) for s in free}
    return _bound_lettered(formula.xreplace(chosen), frozenset(s.name for s in chosen.values()))


def _bound_lettered(expr: sp.Expr, taken: frozenset[str]) -> sp.Expr:
    if isinstance(expr, sp.Sum):
        letters = [letter for letter in LETTERS if letter not in taken]
        moves = {limit[0]: sp.Symbol(letters[n], integer=True, positive=True) for n, limit in enumerate(expr.limits)}
        inner = _bound_lettered(expr.function.xreplace(moves), taken | {s.name for s in moves.values()})
        return sp.Sum(inner, *((moves[v], low, high) for v, low, high in expr.limits))
    if not expr.args or isinstance(expr, sp.Indexed) or not expr.has(sp.Sum):
        return expr
    return expr.func(*(_bound_lettered(a, taken) for a in expr.args))


def compute(expr: sp.Basic, values: Mapping[str, np.ndarray], indices: Mapping[sp.Symbol, np.ndarray]) -> np.ndarray:
    """The formula's value for all indices at once; `indices` gives each free index as an array counted from 1.

    >>> x, i = sp.IndexedBase("x"), sp.Symbol("i", integer=True)
    >>> compute(sp.Sum(x[i] ** 2, (i, 1, 3)), {"x": np.array([1.0, 2.0, 3.0])}, {}).item()
    14.0
    """
    match expr:
        case sp.Number() | sp.NumberSymbol():
            return np.asarray(float(expr))
        case sp.Indexed():
            places = np.broadcast_arrays(*(compute(i, values, indices) for i in expr.indices))
            return np.asarray(values[str(expr.base.label)][tuple(p.astype(int) - 1 for p in places)])
        case sp.Symbol():
            return indices[expr] if expr in indices else values[expr.name]
        case sp.Sum():
            ((bound, low, high), *rest) = expr.limits
            body = sp.Sum(expr.function, *rest) if rest else expr.function
            inner = {s: a[..., None] for s, a in indices.items()} | {bound: np.arange(int(low), int(high) + 1)}
            found = compute(body, values, inner)
            if not found.ndim or found.shape[-1] == 1 != int(high) - int(low) + 1:
                return found[..., 0] * (int(high) - int(low) + 1) if found.ndim else found * (int(high) - int(low) + 1)
            return np.asarray(found.sum(axis=-1))
        case sp.Add():
            return np.asarray(sum((compute(a, values, indices) for a in expr.args), np.asarray(0.0)))
        case sp.Mul():
            result = np.asarray(1.0)
            for a in expr.args:
                result = result * compute(a, values, indices)
            return result
        case sp.Piecewise():
            result = np.asarray(np.nan)
            for value, condition in reversed(expr.args):
                truth = np.asarray(True) if condition == True else compute(condition, values, indices)  # noqa: E712
                result = np.where(truth, compute(value, values, indices), result)
            return result
        case sp.And():
            return np.asarray(np.logical_and.reduce([compute(a, values, indices) for a in expr.args]))
        case sp.Or():
            return np.asarray(np.logical_or.reduce([compute(a, values, indices) for a in expr.args]))
    function = FUNCTIONS.get(type(expr))
    if function is None:
        raise NotImplementedError(type(expr).__name__)
    with np.errstate(all="ignore"):
        return np.asarray(function(*(compute(a, values, indices) for a in expr.args)), dtype=float)


def decided(formula: sp.Expr, values: Mapping[str, np.ndarray]) -> sp.Expr:
    """The formula with its case distinctions decided, where the numbers can: for the elements of one place."""

    def branch(cases: sp.Piecewise) -> sp.Expr:
        for value, condition in cases.args:
            try:
                if condition == True or compute(condition, values, {}):  # noqa: E712
                    return value
            except (KeyError, NotImplementedError):
                return cases
        return cases

    return formula.replace(lambda e: isinstance(e, sp.Piecewise), branch)


def written_out(formula: sp.Expr) -> sp.Expr:
    """The formula with its short sums written term by term.

    >>> x, i = sp.IndexedBase("x"), sp.Symbol("i", integer=True)
    >>> written_out(sp.Sum(x[i], (i, 1, 3)) ** 2)
    (x[1] + x[2] + x[3])**2
    """
    return formula.replace(lambda e: isinstance(e, sp.Sum), _term_by_term)


def _term_by_term(total: sp.Sum) -> sp.Expr:
    ranges = [range(int(low), int(high) + 1) for _, low, high in total.limits]
    if prod(map(len, ranges)) > WRITTEN_OUT:
        return total
    bound = [limit[0] for limit in total.limits]
    places = product(*ranges)
    return sp.Add(*(total.function.xreplace(dict(zip(bound, map(sp.Integer, p), strict=True))) for p in places))
