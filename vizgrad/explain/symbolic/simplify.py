"""Formulae made shorter by SymPy, where that is little work: nobody needs a short form that takes minutes to find."""

from __future__ import annotations

from math import comb, prod

import sympy as sp

OPERATIONS = 40
"""Operations in a formula that SymPy still simplifies fast enough."""

TERMS = 300
"""Terms that the formula may have when it is multiplied out over one denominator, as SymPy does on the way."""

HIGHEST = 30
"""The highest exponent that is multiplied out."""

DEEPEST = 5
"""Functions of functions: SymPy rewrites each by others, and those by others."""

Size = tuple[int, int]


def simplified(formula: sp.Expr, operations: int = OPERATIONS) -> sp.Expr:
    """The shortest form that SymPy finds; the formula itself where that would take long.

    Sums are simplified inside, and case distinctions not at all: what is around them is.

    >>> x = sp.Symbol("x")
    >>> simplified(sp.sin(x) ** 2 + sp.cos(x) ** 2), simplified((x + 1) ** 999 - x)
    (1, -x + (x + 1)**999)
    """
    if sp.count_ops(formula) > operations:
        return formula
    hidden: dict[sp.Expr, sp.Expr] = {}
    bare = _without_sums(formula, hidden, operations)
    if is_simple(bare, operations):
        simple = sp.simplify(bare)
        bare = min((sp.factor(simple), simple, bare), key=sp.count_ops)
    return bare.xreplace({dummy: inner for inner, dummy in hidden.items()})


def is_simple(formula: sp.Expr, operations: int = OPERATIONS) -> bool:
    """Whether SymPy simplifies the formula fast enough; it has no sums and no case distinctions."""
    if sp.count_ops(formula) > operations or formula.has(sp.sign):  # sign(x) would become a quotient, which fails at 0
        return False
    return _depth(formula) <= DEEPEST and max(_size(formula)) <= TERMS


def _without_sums(formula: sp.Expr, hidden: dict[sp.Expr, sp.Expr], operations: int) -> sp.Expr:
    """The formula with one symbol for each sum and each case distinction, as `hidden` then says."""
    if isinstance(formula, sp.Sum):
        inner = simplified(formula.function, operations)
        bound = {limit[0] for limit in formula.limits}
        outside, inside = inner.as_independent(*bound, as_Add=False)
        if inside == 1:
            return _without_sums(outside, hidden, operations) * prod(high - low + 1 for _, low, high in formula.limits)
        return _without_sums(outside, hidden, operations) * _stand_in(sp.Sum(inside, *formula.limits), hidden)
    if isinstance(formula, sp.Piecewise):
        return _stand_in(formula, hidden)
    if not formula.has(sp.Sum, sp.Piecewise):
        return formula
    return formula.func(*(_without_sums(argument, hidden, operations) for argument in formula.args))


def _stand_in(part: sp.Expr, hidden: dict[sp.Expr, sp.Expr]) -> sp.Expr:
    return hidden.setdefault(part, sp.Dummy(real=True))


def _depth(formula: sp.Basic) -> int:
    """How many functions lie in each other."""
    inside = max(map(_depth, formula.args), default=0)
    return inside + (isinstance(formula, sp.Function) or (isinstance(formula, sp.Pow) and not formula.exp.is_Integer))


def _size(formula: sp.Basic) -> Size:
    """Terms above and below the line when all is multiplied out; what is in a function counts as far as it is worse."""
    if not formula.args:
        return 1, 1
    if isinstance(formula, sp.Add):
        quotients = [sp.fraction(term) for term in formula.args]
        below = {denominator: _capped(_size(denominator)[0]) for _, denominator in quotients}
        common = prod(below.values())
        return _capped(sum(_size(above)[0] * common // below[under] for above, under in quotients)), _capped(common)
    sizes = [_size(argument) for argument in formula.args]
    if isinstance(formula, sp.Mul):
        return _capped(prod(above for above, _ in sizes)), _capped(prod(below for _, below in sizes))
    if isinstance(formula, sp.Pow) and formula.exp.is_Rational:
        power = max(abs(int(formula.exp.p)), int(formula.exp.q))
        if power > HIGHEST:
            return (TERMS + 1, 1) if _is_multiplied(formula) else (1, 1)
        over, under = (_capped(comb(n + power - 1, power)) for n in sizes[0])
        return (over, under) if formula.exp > 0 else (under, over)
    worst = max(max(size) for size in sizes)
    return (worst, 1) if worst > TERMS else (1, 1)


def _is_multiplied(power: sp.Pow) -> bool:
    """Whether a power is of more than one term; that of one stays as it is."""
    return bool(power.base.has(sp.Add))


def _capped(count: int) -> int:
    return min(count, TERMS + 1)
