"""The section that checks autograd: finite differences beside it for every element, and PyTorch beside our core."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from math import inf, isfinite, nan

import numpy as np
import streamlit as st

from ..program import pool
from ..program.whatif import WhatIf
from . import probe, runs, state
from .probe import Leaf
from .view import View

MOST = 64
"""Elements that are checked: each takes two runs of the program."""

STEPS = tuple(float(f"1e-{k}") for k in range(1, 13))
BEST = 1e-5
"""About the cube root of float64's precision: there rounding and the curve's bend do equally little."""

GOOD, DOUBTFUL = 1e-6, 1e-3
"""Relative errors up to which two derivatives are called equal, and close."""

STEP = "check_step"


@dataclass(frozen=True, slots=True)
class Row:
    """One element: its value, the derivative by autograd and by finite differences in float64, and by both engines.

    `numpy` and `torch` are what the engines computed in the program's own precision; NaN where one gave nothing.
    """

    element: str
    value: float
    autograd: float
    difference: float
    numpy: float
    torch: float

    @property
    def error(self) -> float:
        """How far apart they are, relative to the larger."""
        size = max(abs(self.autograd), abs(self.difference))
        apart = abs(self.autograd - self.difference)
        return nan if not isfinite(apart) else apart / size if size > 1e-9 else apart


Changed = tuple[tuple[int, tuple[float, ...]], ...]
"""Elements that the reader changed, so that they can be remembered."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows for the elements for which there was time, and whether these are not all."""

    rows: tuple[Row, ...] = ()
    is_cut: bool = False


def rows(source: str, elements: Changed, step: float, engines: tuple[str, ...]) -> tuple[Row, ...]:
    """Checks the gradient of the first scalar that the program sends backward, by every element of its small leaves.

    Empty where the program sends no scalar backward. The differences are central ones, (f(x + h) - f(x - h)) / 2h, on
    the NumPy core in float64, with h = `step` times the element's size, at least 1. `engines` are those that are ready
    to run the program in its own precision.
    """
    return checked(source, elements, step, engines).rows


def checked(source: str, elements: Changed, step: float, engines: tuple[str, ...]) -> Checked:
    """As `rows`, and whether a slow program left no time for all of them."""
    made: Checked = runs.remembered(_checked, source, elements, step, engines)
    return made


@lru_cache(maxsize=64)
def _checked(source: str, elements: Changed, step: float, engines: tuple[str, ...]) -> Checked:
    changed = dict(elements)
    double = probe.run(source, "numpy", changed, double=True)
    here = probe.outcome(double)
    if here is None:
        return Checked()
    plain = {engine: probe.outcome(probe.run(source, engine, changed)) for engine in engines}
    until = time.monotonic() + probe.SECONDS  # from here on: an engine may have had to start first
    made: list[Row] = []
    for leaf in probe.leaves(double, MOST):
        gradient = here.gradients.get(leaf.tensor)
        for place, label in enumerate(leaf.labels()):
            if gradient is None or len(made) == MOST:
                break
            if made and time.monotonic() >= until:
                raise runs.Passing(Checked(tuple(made), is_cut=True))
            numpy, torch = (_element(plain.get(engine), leaf, place) for engine in ("numpy", "torch"))
            difference = _difference(source, changed, leaf, place, step)
            made.append(Row(label, leaf.elements[place], float(np.ravel(gradient)[place]), difference, numpy, torch))
    return Checked(tuple(made))


def _element(found: probe.Outcome | None, leaf: Leaf, place: int) -> float:
    gradient = None if found is None else found.gradients.get(leaf.tensor)
    return nan if gradient is None or place >= gradient.size else float(np.ravel(gradient)[place])


def _difference(source: str, elements: probe.Elements, leaf: Leaf, place: int, step: float) -> float:
    x = leaf.elements[place]
    h = step * max(abs(x), 1.0)
    outcomes = [
        probe.outcome(probe.run(source, "numpy", probe.moved(leaf, elements, place, x + side), double=True))
        for side in (h, -h)
    ]
    above, below = (nan if one is None else one.value for one in outcomes)
    return (above - below) / (2 * h)


def render(view: View) -> None:
    """Draws the table, and the step size that it was made with."""
    left, right = st.columns([7, 5], gap="large")
    with right:
        st.subheader("Step size h", anchor=False)
        step = st.select_slider(
            "Step size h", STEPS, value=BEST, key=STEP, format_func=lambda h: f"{h:.0e}", label_visibility="collapsed"
        )
        st.caption(
            "Relative to the element. Too large a step sees the curve's bend; too small a one loses its digits in"
            " f(x + h) − f(x − h). The error is smallest in between."
        )
        st.latex(r"\frac{\partial f}{\partial x} \approx \frac{f(x + h) - f(x - h)}{2h}")
    with left:
        st.subheader("Autograd and finite differences", anchor=False)
        if view.why_not_again:
            st.caption(view.why_not_again)
            return
        with st.spinner("Running the program twice for each element …"):
            ready = tuple(engine for engine in runs.ENGINES if pool.is_warm(engine))
            made = checked(view.source, WhatIf.of(state.changed_elements()).elements, step, ready)
        found = made.rows
        if not found:
            st.caption("Nothing to check: no scalar is sent backward to a small leaf with requires_grad=True.")
            return
        st.markdown(verdict(found))
        st.html(table(found))
        if made.is_cut:
            st.caption("The program takes long: these are the elements for which there was time.")
        elif len(found) == MOST:
            st.caption(f"The first {MOST} elements.")


def verdict(found: tuple[Row, ...]) -> str:
    """What the table comes to, in a sentence."""
    worst = max(found, key=lambda row: row.error if isfinite(row.error) else inf)
    if not isfinite(worst.error):
        return f":orange[:material/error:] Nothing to compare at {worst.element}: it has numbers that are not finite."
    if worst.error <= GOOD:
        return f":green[:material/check_circle:] Autograd and finite differences agree, to {worst.error:.1e} at worst."
    if worst.error <= DOUBTFUL:
        return f":orange[:material/error:] They are close: {worst.element} is {worst.error:.1e} off. Try another step."
    return (
        f":red[:material/cancel:] They differ at {worst.element}. A kink or a jump there, a hook, a detach or a"
        " backward of your own may be why: the program then does not send back the derivative of what it computes."
    )


def table(found: tuple[Row, ...]) -> str:
    """The rows as HTML."""
    head = "".join(
        f"<th>{word}</th>"
        for word in ("element", "value", "autograd", "finite difference", "relative error", "NumPy core", "PyTorch")
    )
    body = "".join(
        f"<tr class='{_kind(row)}'><th>{escape(row.element)}</th>"
        + "".join(f"<td>{text}</td>" for text in _texts(row))
        + "</tr>"
        for row in found
    )
    return f'<div class="vg-table vg-check"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _kind(row: Row) -> str:
    return "vg-good" if row.error <= GOOD else "vg-bad" if row.error > DOUBTFUL else "vg-doubtful"


def _texts(row: Row) -> tuple[str, ...]:
    numbers = f"{row.value:.6g}", f"{row.autograd:.12g}", f"{row.difference:.12g}", f"{row.error:.1e}"
    none = "nan" if np.isnan(row.autograd) else "–"
    return (*numbers, *(none if np.isnan(g) else f"{g:.7g}" for g in (row.numpy, row.torch)))
