"""The section with a chart of each gradient beside the table of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ..trace import Trace
from . import table
from .view import View

if TYPE_CHECKING:
    from ..plots import Figure

BESIDE = 2
"""Up to this many charts stand beside the table; more get the page's width."""

MOST_IN_A_ROW = 4


def render(view: View) -> None:
    """Gradients beside the table of tensors; of the last program that computed something, if this one did not."""
    shown, scene = (view.last_good, -1) if view.is_empty else (view.trace, view.scene)
    if shown is None:
        return
    if view.is_empty:
        st.caption("This program computed nothing. Below is what the one before it gave.")
    tiles = charts(shown, scene, view.dark)
    if len(tiles) <= BESIDE:
        left, right = st.columns([5, 7], gap="large")
    else:
        left, right = st.container(), st.container()
    with right:
        st.subheader("Tensors", anchor=False)
        st.html(table.html(table.rows(shown, scene)))
    with left:
        st.subheader("Gradients", anchor=False)
        if not any(key.startswith("grad_") for key in tiles):
            st.caption("No tensor has a .grad at the end of the program: gradients appear after backward().")
        tiled(tiles)


def charts(trace: Trace, scene: int, dark: bool) -> dict[str, Figure]:
    """The plotly figures by their keys: the gradient of each tensor, and the norm along the graph."""
    from .. import plots  # plotly takes a moment to import; the player is on its way by now

    made = {f"grad_{panel.tensor}": panel.figure for panel in plots.gradients(trace, dark=dark)}
    norms = plots.norms(trace, scene, dark=dark)
    return made if norms is None else {**made, "norms": norms}


def tiled(tiles: dict[str, Figure]) -> None:
    """A few charts one below the other, many in rows; the last one, with the longest axis, gets the room left over."""
    per_row = 1 if len(tiles) <= BESIDE else MOST_IN_A_ROW
    keys = list(tiles)
    for start in range(0, len(keys), per_row):
        row = keys[start : start + per_row]
        widths = [1] * (len(row) - 1) + [per_row - len(row) + 1]
        for column, key in zip(st.columns(widths, gap="medium"), row, strict=True):
            column.plotly_chart(tiles[key], theme=None, key=key, config={"displayModeBar": False})
