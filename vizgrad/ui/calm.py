"""A fault of ours stays in its part of the page: the log names it, the reader is told, and everything else stands."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import streamlit as st

log = logging.getLogger("vizgrad")


@contextlib.contextmanager
def part(name: str) -> Iterator[None]:
    """One part of the page, called `name` to its reader."""
    try:
        yield
    except Exception:  # Streamlit's own signals, such as a rerun, are none
        log.exception("%s could not be shown", name)
        st.warning(
            f"{name} could not be shown: something in vizgrad failed. It was noted, and the rest of the page works."
            " Your program stands in the editor as before.",
            icon=":material/info:",
        )
