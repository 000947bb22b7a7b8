"""The section with a slider and a number for every element of the leaves: what if it were another?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import floor, log10
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from ..program.whatif import WhatIf
from ..trace import Backward, Trace, Value
from ..trace.numbers import written
from . import probe, runs, state
from .chart import chart
from .probe import Leaf
from .view import View

if TYPE_CHECKING:
    from ..plots import Figure

POINTS = 33
"""Points of a curve."""

GRID = 17
"""Points along each side of a surface."""

MOST_CONTROLS = 36
PLOTTED = "whatif_plotted"
LEAVES, DRAWN = "whatif_leaves", "whatif_drawn"
"""Keys: of the newest leaves and of the newest figure, each with the program that it belongs to."""


def render(view: View) -> None:
    """Draws the controls beside the scalar as a function of the one or two elements that the reader chose."""
    now = state.changed_elements()
    leaves = leaves_of(view, now)
    if leaves is None:
        st.caption(view.why_not_again or "")
        return
    if not leaves:
        nothing = "Nothing to change: the program has no small leaf with requires_grad=True."
        st.caption(view.why_not_again or nothing)
        return
    left, right = st.columns([5, 7], gap="large")
    with left:
        title(bool(now))
        controls(leaves, now)
    with right:
        plot(view, leaves, now)


def leaves_of(view: View, now: probe.Elements) -> tuple[Leaf, ...] | None:
    """The leaves with the program's own numbers; None where they are not known while it runs."""
    program = view.source, view.engine
    known, leaves = st.session_state.get(LEAVES, (None, None))
    if known == program and (now or view.is_running):
        return leaves  # a run with other numbers need not come to its end, and the one with its own is not there yet
    if view.is_running:
        return None
    if not now and view.why_not_again:
        leaves = probe.leaves(view.trace)
    else:
        leaves = probe.leaves(probe.run(view.source, view.engine, {}))
    st.session_state[LEAVES] = program, leaves
    return leaves


def title(is_changed: bool) -> None:
    """The heading and the way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("What if …", anchor=False, width="content")
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            type="tertiary",
            disabled=not is_changed,
            on_click=state.reset_elements,
            key="whatif_reset",
        )
    st.caption("Other numbers in the leaves, for this run only: the program stays as it is.")


def controls(leaves: Sequence[Leaf], now: probe.Elements) -> None:
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
            on_change=state.change_element,
            args=(leaf.tensor, leaf.elements, place, slider),
        )
        st.number_input(
            label,
            key=number,
            step=step,
            format="%.4g",
            on_change=state.change_element,
            args=(leaf.tensor, leaf.elements, place, number),
            label_visibility="collapsed",
            width=150,
        )


def span(value: float) -> tuple[float, float, float]:
    """How far a slider goes around the program's own number, and its step: a round one.

    >>> span(1.0)
    (-2.0, 4.0, 0.05)
    """
    reach = 3 * max(abs(value), 1.0) if np.isfinite(value) else 3.0
    centre = value if np.isfinite(value) else 0.0
    step = 5 * 10.0 ** floor(log10(reach / 50))
    if reach / step > 100:
        step *= 2
    return centre - reach, centre + reach, step


def plot(view: View, leaves: Sequence[Leaf], now: probe.Elements) -> None:
    """The scalar as a function of one element, or of two."""
    places = {
        f"{leaf.tensor}.{place}": (leaf, place, label) for leaf in leaves for place, label in enumerate(leaf.labels())
    }
    st.subheader("As a function of", anchor=False)
    picked = st.multiselect(
        "As a function of",
        list(places),
        default=[next(iter(places))],
        max_selections=2,
        format_func=lambda key: places[key][2],
        key=PLOTTED,
        placeholder="One element, or two",
        label_visibility="collapsed",
    )
    chosen = [places[key] for key in picked if key in places]
    if not chosen:
        st.caption("Choose one element for the curve, its tangent and the derivative; two for surface and contour.")
        return
    program = view.source, view.engine
    if view.why_not_again:
        known, figure = st.session_state.get(DRAWN, (None, None))
        if not view.is_running or known != program:
            st.caption(view.why_not_again)
            return
    else:
        here = probe.outcome(probe.run(view.source, view.engine, now))
        if here is None:
            st.caption("No scalar is sent backward, so there is no function to plot.")
            return
        with st.spinner("Sampling the function …"):
            figure = curve(view, chosen[0], now, here) if len(chosen) == 1 else surface(view, chosen, now, here)
        st.session_state[DRAWN] = program, figure
    chart(figure, "whatif_plot")


def curve(view: View, chosen: tuple[Leaf, int, str], now: probe.Elements, here: probe.Outcome) -> Figure:
    """The curve over the slider's way, with the tangent where it stands."""
    from .. import plots

    leaf, place, label = chosen
    x, y, slope = curve_data(view.source, view.engine, without(now, leaf, place), leaf, place)
    at = now.get(leaf.tensor, leaf.elements)[place]
    gradient = here.gradients.get(leaf.tensor)
    slope_at = float("nan") if gradient is None else float(np.ravel(gradient)[place])
    went = path(probe.run(view.source, view.engine, now), [(leaf.tensor, place)])
    steps = [(x, y) for (x,), y in went]
    data = plots.Curve(label, here.name, x, y, slope, at, here.value, slope_at, steps)
    return plots.curve(data, dark=view.dark)


def without(now: probe.Elements, leaf: Leaf, *places: int) -> probe.Elements:
    """The changed elements, but those at `places` of the leaf: a curve is the same wherever they are."""
    elements = dict(now)
    if leaf.tensor in elements:
        own = list(elements[leaf.tensor])
        for place in places:
            own[place] = leaf.elements[place]
        elements[leaf.tensor] = tuple(own)
        if own == list(leaf.elements):
            del elements[leaf.tensor]
    return elements


def curve_data(
    source: str, engine: str, elements: probe.Elements, leaf: Leaf, place: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The curve over the slider's whole way: in `POINTS` places, or in fewer where a run takes long."""
    return runs.remembered(_curve, source, engine, WhatIf.of(elements), leaf, place)


@lru_cache(maxsize=128)
def _curve(
    source: str, engine: str, what_if: WhatIf, leaf: Leaf, place: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    at = np.linspace(*span(leaf.elements[place])[:2], POINTS).tolist()
    made = probe.Sampling(source, engine).curve(dict(what_if.elements), leaf, place, at)
    if len(made[0]) < len(at):
        raise runs.Passing(made)
    return made


def surface(view: View, chosen: list[tuple[Leaf, int, str]], now: probe.Elements, here: probe.Outcome) -> Figure:
    """The surface over both sliders' ways."""
    from .. import plots

    (first, i, label), (second, j, other) = chosen
    elements = without(now, first, *([i, j] if first == second else [i]))
    elements = without(elements, second, j)
    x, y, z = runs.remembered(_surface, view.source, view.engine, WhatIf.of(elements), first, i, second, j)
    point = [now.get(leaf.tensor, leaf.elements)[place] for leaf, place, _ in chosen]
    slopes = [here.gradients.get(leaf.tensor) for leaf, _, _ in chosen]
    gradient = [0.0 if g is None else float(np.ravel(g)[p]) for g, (_, p, _) in zip(slopes, chosen, strict=True)]
    went = path(probe.run(view.source, view.engine, now), [(leaf.tensor, place) for leaf, place, _ in chosen])
    data = plots.Surface(
        (label, other),
        here.name,
        x,
        y,
        z,
        (point[0], point[1]),
        (gradient[0], gradient[1]),
        [(one, two) for (one, two), _ in went],
    )
    return plots.surface(data, dark=view.dark)


@lru_cache(maxsize=32)
def _surface(
    source: str,
    engine: str,
    what_if: WhatIf,
    first: Leaf,
    i: int,
    second: Leaf,
    j: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y = (np.linspace(*span(leaf.elements[place])[:2], GRID) for leaf, place in ((first, i), (second, j)))
    sampling = probe.Sampling(source, engine)
    made = None
    for places in probe.coarse_to_fine(GRID):
        whole = np.full((len(places), len(places)), np.nan)
        for row, column in np.ndindex(whole.shape):
            if made is not None and sampling.is_over:  # what is whole by now is drawn
                raise runs.Passing(made)
            elements = probe.moved(second, dict(what_if.elements), j, float(y[places[row]]))
            found = sampling.outcome(probe.moved(first, elements, i, float(x[places[column]])))
            whole[row, column] = np.nan if found is None else found.value
        made = x[places], y[places], whole
    assert made is not None
    return made


def path(trace: Trace, places: Sequence[tuple[int, int]]) -> list[tuple[tuple[float, ...], float]]:
    """Where the elements were at each backward pass, and what it started from; one point without a loop."""
    values: dict[int, Value] = {}
    found = []
    for event in trace.events:
        values.update(written(event))
        if isinstance(event, Backward) and event.roots:
            root = probe.scalar(values.get(event.roots[0]))
            arrays = [values[tensor].array for tensor, _ in places if tensor in values]
            whole = [array for array in arrays if array is not None]
            if root is not None and len(whole) == len(places):
                at = tuple(float(np.ravel(a)[place]) for a, (_, place) in zip(whole, places, strict=True))
                found.append((at, root))
    return found
