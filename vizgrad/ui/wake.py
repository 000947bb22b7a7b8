"""Has a fragment of a session's page drawn again when something is done: a page that is told need not look.

Streamlit offers no such call. This does what Streamlit does itself when a browser asks for a fragment again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

SLICE = 0.1
"""Seconds between two looks whether what is waited for is still wanted."""


def is_pushed() -> bool:
    """Whether there is a server that can be told: elsewhere, as in a test of the page, one must look."""
    return Runtime.exists()


def fragment(key: str) -> Callable[[], None]:
    """A function that has this session's fragment of that key drawn again, called from any thread."""
    context = get_script_run_ctx()
    if context is None or not Runtime.exists():
        return lambda: None
    session_id = context.session_id

    def again() -> None:
        found = Runtime.instance()._session_mgr.get_active_session_info(session_id)
        if found is not None:  # a browser that comes back asks for the whole page by itself
            found.session._event_loop.call_soon_threadsafe(_run, found.session, key)

    return again


def _run(session: Any, key: str) -> None:
    """In the server's own thread, where the browser's messages arrive too: none of them is lost by this."""
    try:
        (number,) = session._fragment_storage.resolve_target(key)
    except (LookupError, ValueError, StreamlitAPIException):  # the page has been drawn without it meanwhile
        return
    client = session._client_state
    data = RerunData(
        query_string=client.query_string,
        page_script_hash=client.page_script_hash,
        page_name=client.page_name,
        fragment_id=number,
        is_auto_rerun=True,
        context_info=client.context_info if client.HasField("context_info") else None,
    )
    runner = session._scriptrunner
    if runner is None or not runner.request_rerun(data):
        session._create_scriptrunner(data)


def wait(event: threading.Event, seconds: float) -> bool:
    """Waits for an event, up to so long; ends at once, by Streamlit's own signal, where the page is wanted anew."""
    while seconds > 0:
        if event.wait(min(seconds, SLICE)):
            return True
        seconds -= SLICE
        _ = "wanted" in st.session_state  # each look at the state asks Streamlit whether this run is still wanted
    return event.is_set()
