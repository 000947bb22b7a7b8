"""The section with the gradients in charts, beside the table of tensors."""

from __future__ import annotations

import streamlit as st

from ...present import charts
from ...present.charts import LOOP, NORMS, Plotted
from ..runs import answers
from .chart import Figure, chart, figures, zoom
from .view import View

SAME_SCALE = "same_scale"
LED = "Click a bar, a cell or a point: the player goes to its tensor, a second click to where its gradient came."

BESIDE = 3
"""Up to this many charts stand beside the table; more get the page's width."""

MOST_IN_A_ROW = 3


def render(view: View) -> None:
    """Gradients beside the table of tensors; of the last program that computed something, if this one did not."""
    shown, scene = (view.last_good, -1) if view.is_empty else (view.result.trace, view.scene)
    if shown is None:
        return
    if view.is_empty:
        st.caption("This program computed nothing. Below is what the one before it gave.")
    with answers.calmly():
        same_scale = bool(st.session_state.get(SAME_SCALE))
        plotted, bodies = answers.asked(
            charts.charts, shown, scene, view.dark, same_scale, zoom(), keeps=lambda made: not made[0].missing
        )
        laid_out(plotted, {key: plotted.missing.get(key, "") for key in plotted.keys} | figures(bodies))


def laid_out(plotted: Plotted, tiles: dict[str, Figure | str]) -> None:
    """The charts (a sentence where one is missing) and the table, as their number wants it."""
    loop = tiles.pop(LOOP, None)
    if loop is not None:  # as many points as iterations: it gets the page's width
        tile(loop, LOOP)
    if len(tiles) > BESIDE and NORMS in tiles:  # of many gradients this is the overview
        tile(tiles.pop(NORMS), NORMS)
    if len(tiles) <= BESIDE:
        left, right = st.columns([5, 8], gap="medium")
    else:
        left, right = st.container(), st.container()
    with right:
        st.subheader("Tensors", anchor=False)
        table(plotted)
    with left:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Gradients", anchor=False, width="content", help=LED if tiles else None)
            if plotted.several:
                st.toggle("Same scale", key=SAME_SCALE, help="A length or a colour then means the same in all charts")
        if plotted.ungraded is not None:
            st.caption(plotted.ungraded)
        tiled(tiles)


def table(plotted: Plotted) -> None:
    """The table, and how much of it is left out."""
    if not plotted.table:
        st.caption("The table of tensors could not be made.")
        return
    st.html(plotted.table)
    if plotted.more:
        st.caption(f"… and {plotted.more:,} more.")


def tiled(tiles: dict[str, Figure | str]) -> None:
    """A few charts one below the other, many in rows; the last one, with the longest axis, gets the room left over."""
    per_row = 1 if len(tiles) <= BESIDE else MOST_IN_A_ROW
    keys = list(tiles)
    for start in range(0, len(keys), per_row):
        row = keys[start : start + per_row]
        widths = [1] * (len(row) - 1) + [per_row - len(row) + 1]
        for column, key in zip(st.columns(widths, gap="medium"), row, strict=True):
            with column:
                tile(tiles[key], key)


def tile(made: Figure | str, key: str) -> None:
    """One chart, or why it is missing."""
    if isinstance(made, str):
        st.caption(made)
    else:
        chart(made, key)
