"""Formulae: an operation's call and its derivative rules, run on symbols so that they write themselves as LaTeX."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from .registry import lookup
from .symbol import ATOM, CALLS, NAMES, POWER, PREFIX, PRODUCT, SUM, Symbol, call, lift

FIRST_FACTOR = re.compile(r"\{0:product\}\s*(\\,)?\s*")


def call_on_symbols(op: Any, args: Any) -> Symbol:
    """Write a call of an operation: as its record says, by its own definition, or by its name."""
    if op.tex is not None:
        parts = [lift(a) for a in args]
        lead = FIRST_FACTOR.match(op.tex) if op.params[0] == "grad_output" else None
        rest = op.tex[lead.end() :] if lead else op.tex
        found = Symbol(rest.format(*parts, **dict(zip(op.params, parts, strict=True))), PRODUCT)
        return parts[0] * found if lead else found  # a factor in front knows how it is multiplied
    if op.function in CALLS:
        return call(op.function, args)
    try:  # operations made of operators alone write themselves
        found = op.forward(*args)
        if isinstance(found, Symbol):
            return found
    except Exception:  # an operation that wants real numbers may raise anything
        pass
    return call(op.function, args)


def formula(name: str, input: str, names: Mapping[str, str] | None = None) -> str:
    """Write the rule for one input of an operation as LaTeX: the gradient that input gets.

    `name` is the operation's ("mul.Tensor", "exp") or its node's ("MulBackward0"). `names` gives the LaTeX for schema
    names: "grad" is the gradient that arrives, "result" the operation's own result.

    >>> import vizgrad.autodiff
    >>> formula("neg", "self", names={"grad": "g"})
    '-g'
    """
    op = lookup(name)
    if op is None:
        raise KeyError(f"no operation is called {name!r}")
    if input not in op.rules:
        raise KeyError(f"{name!r} has no derivative for {input!r}; it has for {', '.join(op.rules) or 'none'}")
    letters = {**NAMES, **(names or {})}
    upstream = letters["grad"]
    if "grad" not in (names or {}) and {"grad", "grad_output"} & {*op.params}:
        upstream = r"\bar{g}"  # the derivative of a derivative: g is what arrived at the first
    rule = op.formulas.get(input, op.rules[input])
    if isinstance(rule, str):
        known = {p: letters.get(p, p) for p in (*op.params, *op.saved, *op.outputs)}
        return rule.format(**{**known, "grad": upstream, "given": letters.get("grad_output")})
    first, *rest = inspect.signature(rule).parameters
    given = op.defaults if rule is not op.rules[input] else {}
    arguments = [given[n] if _is_choice(given.get(n, "")) else _argument(n, letters) for n in rest]
    upstreams: Any = Symbol(upstream, _binding(upstream))
    found = rule((upstreams, Symbol("0")) if first == "grads" else upstreams, *arguments)
    if isinstance(found, tuple):
        found = found[0]
    return lift(found).tex


def _is_choice(value: Any) -> bool:
    """Whether a default says how to compute rather than what with: a reduction, a dimension, a norm's order."""
    return value is None or isinstance(value, (bool, int))


def _argument(name: str, letters: Mapping[str, str]) -> Symbol:
    tex = letters.get(name)
    if tex is None:
        base, _, what = name.partition("_sym_")
        if what:
            tex = "n" if what == "numel" else rf"\mathrm{{shape}}_{{{letters.get(base, base)}}}"
        else:
            tex = name if len(name) == 1 else rf"\mathrm{{{name.replace('_', ' ')}}}"
    return Symbol(tex, _binding(tex))


def _binding(tex: str) -> int:
    """Judge how tightly a caller's LaTeX binds: brackets, fractions and single letters tightly, sums loosely."""
    depth, loosest = 0, ATOM
    for position, character in enumerate(tex):
        if character in "{(":
            depth += 1
        elif character in "})":
            depth -= 1
        elif not depth and character in "+-":
            loosest = min(loosest, SUM if position else PRODUCT)
        elif not depth and character == "^":
            loosest = min(loosest, POWER)
    if tex.startswith(r"\left(") and tex.endswith(r"\right)"):
        return ATOM
    if loosest == ATOM and tex.startswith(r"\frac"):
        return PREFIX
    return loosest
