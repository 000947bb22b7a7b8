"""The sections below the player, one tab each; only the open one is worked out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from . import derivation, gradients, inspector
from .view import View

KEY = "section"


@dataclass(frozen=True, slots=True)
class Section:
    """One tab: its label and what draws it."""

    label: str
    render: Callable[[View], None]


SECTIONS = (
    Section(":material/bar_chart: Gradients", gradients.render),
    Section(":material/stylus_note: By hand", derivation.render),
    Section(":material/manage_search: Inspect", inspector.render),
)


@st.fragment(key="sections")
def render(view: View) -> None:
    """Draws the tabs and the open section; changing the tab runs nothing but this."""
    tabs = st.tabs([one.label for one in SECTIONS], key=KEY, on_change="rerun")
    for tab, one in zip(tabs, SECTIONS, strict=True):
        if tab.open:
            with tab:
                one.render(view)
