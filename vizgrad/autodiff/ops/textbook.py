"""Words for the formulae of fused rules, as a textbook writes them; they work on symbols."""

from __future__ import annotations

from typing import Any

from ..core.symbol import PREFIX, Symbol, lift


def shared(slope: Any, reduction: int, n: Any) -> Any:
    """Give each of n losses its part of their mean (1); of their sum (2), or of none of both (0), it has all."""
    return lift(slope) / n if reduction == 1 else slope


def mean_of(values: Any) -> Symbol:
    r"""Write the mean: \overline{x}."""
    return Symbol(rf"\overline{{{lift(values).tex}}}")


def indicator(condition: str, *parts: Any) -> Symbol:
    """Write 1 where a condition holds and 0 elsewhere, as Iverson's bracket."""
    return Symbol(rf"\left[{condition.format(*map(lift, parts))}\right]")


def called(name: str, *parts: Any) -> Symbol:
    r"""Write a function's call under its usual sign: `called(r"\sigma", x)`."""
    return Symbol(rf"{name}\left({', '.join(lift(p).tex for p in parts)}\right)")


def per(above: Any, below: Any) -> Symbol:
    """Write a fraction of whole numbers, without dividing it out."""
    return Symbol(rf"\frac{{{lift(above).tex}}}{{{lift(below).tex}}}", PREFIX)


def arriving(grads: Any, *rules: Any) -> Any:
    """Add up what the rules make of the gradients of several outputs, leaving out those that are zero."""
    terms = [rule(grad) for grad, rule in zip(grads, rules, strict=True) if lift(grad).tex != "0"]
    return sum(terms[1:], terms[0]) if terms else Symbol("0")
