"""The section with a slider and a number for every element of the leaves: what if it were another?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ...present import whatif as present
from ...present.request import NotPresented
from ...present.whatif import Axis, Changeable, Curve, Surface
from ...program.outcome import Elements, Leaf
from ...program.overrides import WhatIf
from .. import session
from ..runs import answers
from . import sampling
from .chart import chart, figure, zoom
from .sampling import Spot, span
from .view import View

MOST_CONTROLS = 36
PLOTTED = "whatif_plotted"
LEAVES, DRAWN = "whatif_leaves", "whatif_drawn"
"""Keys: of the newest leaves and of the newest figure, each with the program that it belongs to."""


def render(view: View) -> None:
    """Draws the controls beside the scalar as a function of the one or two elements that the reader chose."""
    now = session.changed_elements()
    with answers.calmly():
        found = found_in(view, now)
        if found is None or (not found.leaves and view.why_not_again):
            st.caption(view.why_not_again or "")
            return
        if not found.leaves:
            st.caption("Nothing to change: the program has no small leaf with requires_grad=True.")
            return
        left, right = st.columns([5, 7], gap="large")
        with left:
            title(bool(now))
            controls(found.leaves, now)
        with right, answers.calmly():
            plot(view, found, now)


def found_in(view: View, now: Elements) -> Changeable | None:
    """The leaves with the program's own numbers; None where they are not known while it runs. Raises NotPresented."""
    program = view.source, view.engine
    known, found = st.session_state.get(LEAVES, (None, None))
    if known == program and (now or view.is_running):
        return found  # a run with other numbers need not come to its end, and the one with its own is not there yet
    if view.is_running:
        return None
    ended_badly = not now and view.why_not_again
    trace = view.result.trace if ended_badly else answers.recorded(view.source, view.engine)
    found = answers.asked(present.changeable, trace)
    st.session_state[LEAVES] = program, found
    return found


def title(is_changed: bool) -> None:
    """The heading and the way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("What if …", anchor=False, width="content")
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            type="tertiary",
            disabled=not is_changed,
            on_click=session.reset_elements,
            key="whatif_reset",
        )
    st.caption("Other numbers in the leaves, for this run only: the program stays as it is.")


def controls(leaves: Sequence[Leaf], now: Elements) -> None:
    """A slider and a number for each element."""
    count = 0
    for leaf in leaves:
        elements = now.get(leaf.tensor, leaf.elements)
        for place, label in enumerate(leaf.labels()):
            count += 1
            if count > MOST_CONTROLS:
                st.caption("… and more: the others keep the program's numbers.")
                return
            control(leaf, place, label, elements[place])


def control(leaf: Leaf, place: int, label: str, value: float) -> None:
    """One element."""
    low, high, step = span(leaf.elements[place])
    key = f"whatif_{leaf.tensor}_{place}"
    slider, number = f"{key}_slider", f"{key}_number"
    st.session_state[slider] = min(max(value, low), high)
    st.session_state[number] = value
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.slider(
            label,
            low,
            high,
            key=slider,
            step=step,
            format="%.4g",
            on_change=session.change_element,
            args=(leaf.tensor, leaf.elements, place, slider),
        )
        st.number_input(
            label,
            key=number,
            step=step,
            format="%.4g",
            on_change=session.change_element,
            args=(leaf.tensor, leaf.elements, place, number),
            label_visibility="collapsed",
            width=150,
        )


def plot(view: View, found: Changeable, now: Elements) -> None:
    """The scalar as a function of one element, or of two; raises NotPresented."""
    spots = {
        f"{leaf.tensor}.{place}": Spot(leaf, place, label)
        for leaf in found.leaves
        for place, label in enumerate(leaf.labels())
    }
    st.subheader("As a function of", anchor=False)
    picked = st.multiselect(
        "As a function of",
        list(spots),
        default=[next(iter(spots))],
        max_selections=2,
        format_func=lambda key: spots[key].label,
        key=PLOTTED,
        placeholder="One element, or two",
        label_visibility="collapsed",
    )
    chosen = [spots[key] for key in picked if key in spots]
    if not chosen:
        st.caption("Choose one element for the curve, its tangent and the derivative; two for surface and contour.")
        return
    program = view.source, view.engine
    if view.why_not_again:
        known, drawn = st.session_state.get(DRAWN, (None, None))
        if not view.is_running or known != program:
            st.caption(view.why_not_again)
            return
    else:
        if not now and not found.has_scalar:
            raise NotPresented(present.NO_SCALAR)
        here = answers.recorded(view.source, view.engine, WhatIf.of(now))
        with st.spinner("Sampling the function …"):
            wanted = curve(view, chosen[0], now) if len(chosen) == 1 else surface(view, chosen, now)
        drawn = answers.asked(present.drawn, here, wanted)
        st.session_state[DRAWN] = program, drawn
    chart(figure(drawn), "whatif_plot")


def curve(view: View, spot: Spot, now: Elements) -> Curve:
    """The curve over the slider's way."""
    points, values, slopes = sampling.curve(view.source, view.engine, now, spot)
    return Curve(axis(spot, points, now), values, slopes, view.dark, zoom())


def surface(view: View, chosen: Sequence[Spot], now: Elements) -> Surface:
    """The surface over both sliders' ways."""
    first, second = chosen
    x, y, heights = sampling.surface(view.source, view.engine, now, first, second)
    return Surface((axis(first, x, now), axis(second, y, now)), heights, view.dark, zoom())


def axis(spot: Spot, points: tuple[float, ...], now: Elements) -> Axis:
    """One element and the points in which it was looked at."""
    return Axis(spot.leaf.tensor, spot.place, spot.label, points, spot.now(now))
