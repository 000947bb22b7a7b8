"""Whether a derivative that a reader typed is the one that autograd computed, and if not, where it differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import sympy as sp

from .derive import Derivation, evaluated
from .parser import Typed, Unreadable
from .simplify import simplified

SAMPLES = 8
"""Points near the program's own at which two formulae are compared."""

PROVABLE = 60
"""Operations in a difference that SymPy still simplifies fast enough."""

RTOL, ATOL = 1e-6, 1e-9


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a typed derivative.

    `kind` is "right" (equal, everywhere it was looked), "here" (equal at the program's point, and not elsewhere),
    "wrong" or "unreadable"; `sentence` tells it to the reader, `proof` whether "symbols" or "samples" decided.
    """

    kind: Literal["right", "here", "wrong", "unreadable"]
    sentence: str
    proof: Literal["symbols", "samples", ""] = ""


def judge(derivation: Derivation, text: str) -> Verdict:
    """Compares the typed formula with the derivative: as formulae, and else at sampled points.

    >>> import vizgrad
    >>> run = vizgrad.run("import torch\\nx = torch.ones(2, requires_grad=True)\\n(5 * x ** 2).sum().backward()")
    >>> from vizgrad.explain.symbolic.derive import derive
    >>> judge(derive(run, run.scenes[0]), "10 x").kind, judge(derive(run, run.scenes[0]), "10").kind
    ('right', 'here')
    """
    try:
        typed = Typed(text, _spellings(derivation))
        point = derivation.point
        mine, theirs = _shaped(typed.at(_with_named(derivation, point)), derivation), derivation.value
        is_right_here = _same(mine, theirs)
        if is_right_here and _is_proven(derivation, typed):
            return Verdict("right", "Right: SymPy simplifies the difference to 0.", "symbols")
        difference = _difference(derivation, typed) if is_right_here else None
    except Unreadable as error:
        return Verdict("unreadable", str(error))
    if not is_right_here:
        return Verdict("wrong", f"Not yet: {_told(derivation, point, mine, theirs)}{_hint(mine, theirs)}")
    if difference is None:
        return Verdict("right", f"Right: equal at the program's point and at {SAMPLES} others near it.", "samples")
    return Verdict("here", f"Right at this point, but not as a formula: {difference}", "samples")


def _spellings(derivation: Derivation) -> dict[str, int]:
    """What may be typed for each tensor: its name, and v1 for v₁."""
    plain = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
    return {name.translate(plain): tensor for name, tensor in derivation.called.items()} | dict(derivation.called)


def _with_named(derivation: Derivation, point: Mapping[int, np.ndarray]) -> dict[int, np.ndarray]:
    """All tensors that may be typed: those that are given, and those that are computed from them."""
    given = {t: np.asarray(point[t], dtype=float) for t in derivation.symbols}
    return given | {t: evaluated(elements, given) for t, elements in derivation.named.items()}


def _shaped(array: np.ndarray, derivation: Derivation) -> np.ndarray:
    shape = derivation.value.shape
    try:
        return np.array(np.broadcast_to(array, shape))
    except ValueError:
        name = _name(derivation, derivation.leaf)
        told = f"This has shape {array.shape}; the gradient has the shape of {name}: {shape}."
        raise Unreadable(told) from None


def _same(mine: np.ndarray, theirs: np.ndarray) -> bool:
    size = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0))
    return bool(np.allclose(mine, theirs, rtol=RTOL, atol=ATOL + RTOL * size, equal_nan=True))


def _is_proven(derivation: Derivation, typed: Typed) -> bool:
    """Whether the difference is zero as a formula; False as well where this is too much to ask."""
    named = {t: e.formula for t, e in derivation.named.items() if not e.formula.has(sp.Sum)}
    formula = typed.symbolic({**derivation.symbols, **named})
    if formula is None:
        return False
    return bool(simplified(derivation.formula - formula, PROVABLE) == 0)


def _difference(derivation: Derivation, typed: Typed) -> str | None:
    """Where near the program's point the formulae differ, in words; None where they do not."""
    random = np.random.default_rng(0)
    for _ in range(SAMPLES):
        point = {
            tensor: value + 0.4 * (np.abs(value) + 0.5) * random.uniform(-1, 1, value.shape)
            for tensor, value in derivation.point.items()
            if tensor in derivation.symbols
        }
        theirs = derivation.at(point)
        mine = _shaped(typed.at(_with_named(derivation, point)), derivation)
        if np.isfinite(theirs).all() and not _same(mine, theirs):
            return _told(derivation, point, mine, theirs)
    return None


def _told(derivation: Derivation, point: Mapping[int, np.ndarray], mine: np.ndarray, theirs: np.ndarray) -> str:
    """The first element that differs: where, what was typed for it, what is right."""
    apart = ~np.isclose(mine, theirs, rtol=RTOL, atol=ATOL, equal_nan=True)
    place = tuple(int(i) for i in np.argwhere(apart)[0]) if apart.any() else ()
    name = _name(derivation, derivation.leaf)
    element = f"{name}[{', '.join(map(str, place))}]" if place else name
    return (
        f"at {element} = {point[derivation.leaf][place]:.4g} it gives {mine[place]:.4g},"
        f" and the derivative is {theirs[place]:.4g}."
    )


def _hint(mine: np.ndarray, theirs: np.ndarray) -> str:
    """What a wrong answer is wrong by, where that is simple."""
    if np.array_equal(mine, -theirs):
        return " Only the sign is wrong."
    with np.errstate(all="ignore"):
        factors = (mine / theirs)[theirs != 0]
    if factors.size and np.isfinite(factors).all() and factors[0] and np.allclose(factors, factors[0], rtol=1e-6):
        return f" It is {factors[0]:.4g} times the derivative: is a factor missing?"
    return ""


def _name(derivation: Derivation, tensor: int) -> str:
    return next(name for name, number in derivation.called.items() if number == tensor)
