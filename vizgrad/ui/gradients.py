"""The section with the gradients in charts, beside the table of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ..trace import Backward, Trace
from . import table
from .chart import chart
from .view import View

if TYPE_CHECKING:
    from ..plots import Figure

SAME_SCALE = "same_scale"
LOOP, NORMS = "training", "norms"
LED = "Click a bar, a cell or a point: the player goes to its tensor, a second click to where its gradient came."

BESIDE = 3
"""Up to this many charts stand beside the table; more get the page's width."""

MOST_IN_A_ROW = 3
MOST = 24
"""Charts of single tensors that are drawn; a model of many layers has its norms for the rest."""


def render(view: View) -> None:
    """Gradients beside the table of tensors; of the last program that computed something, if this one did not."""
    shown, scene = (view.last_good, -1) if view.is_empty else (view.trace, view.scene)
    if shown is None:
        return
    if view.is_empty:
        st.caption("This program computed nothing. Below is what the one before it gave.")
    several = len(shown.end.grads) > 1
    same_scale = several and bool(st.session_state.get(SAME_SCALE))
    tiles = charts(shown, scene, view.dark, same_scale)
    loop = tiles.pop(LOOP, None)
    if loop is not None:  # as many points as iterations: it gets the page's width
        chart(loop, LOOP)
    if len(tiles) > BESIDE and NORMS in tiles:  # of many gradients this is the overview
        chart(tiles.pop(NORMS), NORMS)
    if len(tiles) <= BESIDE:
        left, right = st.columns([5, 8], gap="medium")
    else:
        left, right = st.container(), st.container()
    with right:
        st.subheader("Tensors", anchor=False)
        st.html(table.html(table.rows(shown, scene)))
    with left:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Gradients", anchor=False, width="content", help=LED if tiles else None)
            if several:
                st.toggle("Same scale", key=SAME_SCALE, help="A length or a colour then means the same in all charts")
        if not any(key.startswith("grad_") for key in tiles):
            st.caption(ungraded(shown))
        tiled(tiles)


def ungraded(trace: Trace) -> str:
    """Why there is no gradient to look at, and what to do."""
    if not any(trace.end.requires_grad.values()):
        return "No tensor requires a gradient: make a leaf with requires_grad=True."
    if not any(isinstance(event, Backward) for event in trace.events):
        return "No tensor has a .grad: gradients appear after backward()."
    return "No tensor has a .grad at the end of the program."


def charts(trace: Trace, scene: int, dark: bool, same_scale: bool = False) -> dict[str, Figure]:
    """The plotly figures by their keys.

    The loss of a loop first, then each tensor's gradient and what it is the sum of, then the norms along the graph.
    """
    from .. import plots  # plotly takes a moment to import; the player is on its way by now

    loop = plots.training(trace, dark=dark)
    made = {} if loop is None else {LOOP: loop}
    sums = plots.makeup(trace, dark=dark)
    for panel in plots.gradients(trace, dark=dark, same_scale=same_scale)[:MOST]:
        made[f"grad_{panel.tensor}"] = panel.figure
        if panel.tensor in sums:
            made[f"sum_{panel.tensor}"] = sums[panel.tensor]
    norms = plots.norms(trace, scene, dark=dark)
    return made if norms is None else {**made, NORMS: norms}


def tiled(tiles: dict[str, Figure]) -> None:
    """A few charts one below the other, many in rows; the last one, with the longest axis, gets the room left over."""
    per_row = 1 if len(tiles) <= BESIDE else MOST_IN_A_ROW
    keys = list(tiles)
    for start in range(0, len(keys), per_row):
        row = keys[start : start + per_row]
        widths = [1] * (len(row) - 1) + [per_row - len(row) + 1]
        for column, key in zip(st.columns(widths, gap="medium"), row, strict=True):
            with column:
                chart(tiles[key], key)
