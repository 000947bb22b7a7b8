"""What the page says while a program runs: for how long by now, and a button that stops it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ...program import isolated
from .. import session
from ..runs import results, waiting

POLL = 0.25
"""Seconds between looks, where few pages wait."""


def render(slot: DeltaGenerator) -> None:
    """Fills `slot` with the time and the button, which draw the page when the run has ended."""
    with slot:
        st.fragment(_watch, run_every=waiting.waiting.every(POLL), key="running")()


def _watch() -> None:
    job = session.studio().job
    if job is None or job.is_done:
        st.rerun()
    engine = job.what[1]
    name = results.ENGINES[engine]
    text = f"Running … {job.seconds:.1f} s" if isolated.is_warm(engine) else f"{name} is starting … {job.seconds:.0f} s"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="running"):
        st.badge(text, icon=":material/hourglass_top:", color="orange")
        st.button("Stop", on_click=job.stop, icon=":material/stop_circle:", key="stop_run")
