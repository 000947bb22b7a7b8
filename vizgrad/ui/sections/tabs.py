"""The sections below the player, one tab each; only the open one is worked out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from .. import calm
from ..runs import answers
from . import derivation, gradcheck, gradients, inspector, whatif
from .view import View

KEY = "section"


@dataclass(frozen=True, slots=True)
class Section:
    """One tab: its label and what draws it."""

    label: str
    render: Callable[[View], None]


SECTIONS = (
    Section(":material/bar_chart: Gradients", gradients.render),
    Section(":material/tune: What if", whatif.render),
    Section(":material/stylus_note: By hand", derivation.render),
    Section(":material/fact_check: Check", gradcheck.render),
    Section(":material/manage_search: Inspect", inspector.render),
)


def is_open(section: Callable[[View], None]) -> bool:
    """Whether a section is the one on show, as far as is known before it is drawn."""
    label = next(one.label for one in SECTIONS if one.render is section)
    return st.session_state.get(KEY, SECTIONS[0].label) == label


def render(view: View) -> None:
    """Draws the tabs and the open section, in the page's own run: what is changed here changes the picture."""
    tabs = st.tabs([one.label for one in SECTIONS], key=KEY, on_change="rerun")
    for tab, one in zip(tabs, SECTIONS, strict=True):
        if tab.open:
            with tab, calm.part(one.label.partition(": ")[2]), answers.remembered(is_only=view.is_running):
                one.render(view)
