"""How the page shows a plotly figure: in the page's own look, and as large as the page's text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ..player import component
from . import state

if TYPE_CHECKING:
    from ..plots import Figure


def chart(figure: Figure, key: str) -> None:
    """Draws a figure; on a wall, where the page's text is larger, the figure grows with it."""
    from ..plots import enlarged

    larger = enlarged(figure, component.did(state.PLAYER).zoom)
    st.plotly_chart(larger, theme=None, key=key, config={"displayModeBar": False})
