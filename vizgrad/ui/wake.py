"""Has a session's page drawn again when something is done, so that a page which waits need not look all the time."""

from __future__ import annotations

import threading
from collections.abc import Callable

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

SLICE = 0.1
"""Seconds between two looks whether what is waited for is still wanted."""


def redraw() -> Callable[[], bool]:
    """A function that has this session's page drawn again, from any thread; it says whether that could be asked for.

    Streamlit offers no such call; this is how it does it itself when a file of the app has changed.
    """
    context = get_script_run_ctx()
    session_id = "" if context is None else context.session_id

    def ask() -> bool:
        try:
            found = Runtime.instance()._session_mgr.get_active_session_info(session_id)
            if found is None:
                return False
            found.session.request_rerun(found.session._client_state)
        except (RuntimeError, AttributeError):  # no server, as in a test of the page; or another Streamlit
            return False
        return True

    return ask


def is_pushed() -> bool:
    """Whether `redraw` can be expected to work: who is not told must look."""
    return Runtime.exists()


def wait(event: threading.Event, seconds: float) -> bool:
    """Waits for an event, up to so long; ends at once, by Streamlit's own signal, where the page is wanted anew."""
    while seconds > 0:
        if event.wait(min(seconds, SLICE)):
            return True
        seconds -= SLICE
        _ = "wanted" in st.session_state  # each look at the state asks Streamlit whether this run is still wanted
    return event.is_set()
