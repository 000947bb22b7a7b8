"""The badge: whether the other engine agrees, and if not, where."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ...present.agreement import Agreement
from ...program import isolated
from .. import session
from ..runs import agreement, results, waiting
from ..runs.results import Result

POLL = 0.5
"""Seconds between looks while the other engine is at work, where few pages wait."""

PATIENCE = 0.15
"""Seconds a run of the page waits for the other engine: a warm one is done by then, and nothing flickers."""

Color = Literal["green", "red", "orange", "gray"]

LOOKS: dict[str, tuple[Color, str]] = {
    "agrees": ("green", ":material/check_circle:"),
    "differs": ("red", ":material/error:"),
    "unknown": ("orange", ":material/help:"),
    "unreached": ("orange", ":material/help:"),
    "busy": ("gray", ":material/hourglass_disabled:"),
}


def render(slot: DeltaGenerator, result: Result) -> None:
    """Fills `slot` with the badge for the run on show; while the other engine works, the badge looks again by itself.

    A program that its reader stopped is not run by the other engine either.
    """
    if result.shown.error == "KeyboardInterrupt":
        return
    studio = session.studio()
    asked = agreement.Asked(studio.source, studio.engine, session.what_if(studio))
    studio.check = agreement.start(asked, result, studio.check)
    found = studio.check.wait(PATIENCE)
    with slot:
        if found is None:
            st.fragment(_await, run_every=waiting.waiting.every(POLL), key="badge")()
        else:
            _show(found)


def _await() -> None:
    """Shows that the other engine is at work; when it is done, the page is drawn once more, with the answer."""
    check = session.studio().check
    if check is None:
        return
    if check.agreement is not None:
        st.rerun()
    other = results.other(check.asked.engine)
    name = results.ENGINES[other]
    text = f"Asking {name} …" if isolated.is_warm(other) else f"{name} is starting …"
    st.badge(text, icon=":material/hourglass_top:", color="gray")


def _show(found: Agreement) -> None:
    color, icon = LOOKS[found.status]
    if not found.details:
        st.badge(found.text, icon=icon, color=color)
        return
    with st.popover(f":{color}[{icon} {found.text}]", type="tertiary"):
        for line in found.details:
            st.text(line)
        if found.more:
            st.caption(f"… and {found.more} more")
