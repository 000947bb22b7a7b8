"""The badge: whether the other engine agrees, and if not, where."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ..program import pool
from ..trace import Trace
from . import agreement, runs, state

POLL = 0.5
"""Seconds between looks while the other engine is at work."""

PATIENCE = 0.15
"""Seconds a run of the page waits for the other engine: a warm one is done by then, and nothing flickers."""

Color = Literal["green", "red", "orange"]

LOOKS: dict[str, tuple[Color, str]] = {
    "agrees": ("green", ":material/check_circle:"),
    "differs": ("red", ":material/error:"),
    "unknown": ("orange", ":material/help:"),
    "unreached": ("orange", ":material/help:"),
}
MOST_TOLD = 20


def render(slot: DeltaGenerator, trace: Trace) -> None:
    """Fills `slot` with the badge for `trace`; while the other engine works, the badge looks again by itself.

    A program that its reader stopped is not run by the other engine either.
    """
    if is_stopped(trace):
        return
    studio = state.studio()
    studio.check = agreement.start(trace, studio.check, state.what_if(studio))
    found = studio.check.wait(PATIENCE)
    with slot:
        if found is None:
            st.fragment(_await, run_every=POLL, key="badge")()
        else:
            _show(found)


def is_stopped(trace: Trace) -> bool:
    """Whether the reader stopped the program."""
    return trace.error is not None and trace.error.type == "KeyboardInterrupt"


def _await() -> None:
    """Shows that the other engine is at work; when it is done, the page is drawn once more, with the answer."""
    check = state.studio().check
    if check is None:
        return
    if check.agreement is not None:
        st.rerun()
    name = runs.ENGINES[runs.other(check.engine)]
    text = f"Asking {name} …" if pool.is_warm(runs.other(check.engine)) else f"{name} is starting …"
    st.badge(text, icon=":material/hourglass_top:", color="gray")


def _show(found: agreement.Agreement) -> None:
    color, icon = LOOKS[found.status]
    if not found.details:
        st.badge(found.text, icon=icon, color=color)
        return
    with st.popover(f":{color}[{icon} {found.text}]", type="tertiary"):
        for line in found.details[:MOST_TOLD]:
            st.text(line)
        if len(found.details) > MOST_TOLD:
            st.caption(f"… and {len(found.details) - MOST_TOLD} more")
