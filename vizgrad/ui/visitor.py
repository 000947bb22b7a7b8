"""Who visits: one session, from one address; and how often it may have programs run."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ..workers import turns
from ..workers.fairness import Rate, address_of

_of_sessions = Rate(turns.limits.runs_per_minute)
_of_addresses = Rate(turns.limits.runs_per_address)


class TooOften(Exception):
    """A visitor has too many programs run; the text is for the reader."""

    def __init__(self, who: str, seconds: float) -> None:
        super().__init__(f"{who} had very many programs run. The next one can run in {seconds:.0f} s.")


def session() -> str:
    """The session's own name, which nobody else knows."""
    context = get_script_run_ctx()
    return "" if context is None else context.session_id


def address() -> str:
    """Where the visitor comes from, as far as that can be trusted."""
    return address_of(st.context.ip_address, st.context.headers.get("X-Forwarded-For"), turns.limits.proxies)


def count_run() -> None:
    """One program more is to be run for this visitor; raises TooOften if that is more than is fair."""
    if seconds := _of_sessions.allow(session()):
        raise TooOften("You", max(seconds, 1))
    if seconds := _of_addresses.allow(address()):
        raise TooOften("Visitors from your address", max(seconds, 1))
