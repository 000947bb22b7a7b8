"""The section that checks autograd: finite differences beside it for every element, and PyTorch beside our core."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import inf, isfinite, isnan, nan

import streamlit as st

from ...present.request import NotPresented
from ...program import isolated
from ...program.outcome import Elements, Leaf, Outcome, moved
from ...program.overrides import WhatIf
from .. import session
from ..runs import answers, results
from . import sampling
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


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows for the elements for which there was time, and whether these are not all."""

    rows: tuple[Row, ...] = ()
    is_cut: bool = False


def checked(source: str, elements: Elements, step: float, engines: tuple[str, ...]) -> Checked:
    """Checks the gradient of the first scalar that the program sends backward, by every element of its small leaves.

    No rows where the program sends no scalar backward. The differences are central ones, (f(x + h) - f(x - h)) / 2h, on
    the NumPy core in float64, with h = `step` times the element's size, at least 1. `engines` are those that are ready
    to run the program in its own precision. Raises NotPresented.
    """
    double = answers.sampled(source, "numpy", [WhatIf.of(elements, double=True)], MOST)
    (here,) = double.found
    if here is None:
        return Checked()
    spots = [
        sampling.Spot(leaf, place, label)
        for leaf in double.leaves
        if leaf.tensor in here.gradients
        for place, label in enumerate(leaf.labels())
    ][:MOST]
    if not spots:
        return Checked()
    plain = {engine: _plain(source, engine, elements) for engine in engines}
    points = [
        WhatIf.of(moved(leaf, elements, place, leaf.elements[place] + side), double=True)
        for leaf, place, _ in spots
        for side in (_reach(leaf, place, step), -_reach(leaf, place, step))
    ]
    found = [sampling.value(one) for one in answers.sampled(source, "numpy", points, MOST).found]
    if len(found) < 2:
        raise NotPresented(sampling.TOO_SLOW)
    made = tuple(
        Row(
            element=label,
            value=leaf.elements[place],
            autograd=sampling.slope(here, leaf, place),
            difference=(above - below) / (2 * _reach(leaf, place, step)),
            numpy=sampling.slope(plain.get("numpy"), leaf, place),
            torch=sampling.slope(plain.get("torch"), leaf, place),
        )
        for (leaf, place, label), above, below in zip(spots, found[::2], found[1::2], strict=False)
    )
    return Checked(made, is_cut=len(made) < len(spots))


def _plain(source: str, engine: str, elements: Elements) -> Outcome | None:
    """What an engine comes to in the program's own precision; None where it does not start."""
    try:
        return answers.sampled(source, engine, [WhatIf.of(elements)]).found[0]
    except NotPresented:
        return None


def _reach(leaf: Leaf, place: int, step: float) -> float:
    return step * max(abs(leaf.elements[place]), 1.0)


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
        try:
            with st.spinner("Running the program twice for each element …"):
                ready = tuple(engine for engine in results.ENGINES if isolated.is_warm(engine))
                made = checked(view.source, session.changed_elements(), step, ready)
        except NotPresented as why:
            st.caption(str(why))
            return
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
    none = "nan" if isnan(row.autograd) else "–"
    return (*numbers, *(none if isnan(g) else f"{g:.7g}" for g in (row.numpy, row.torch)))
