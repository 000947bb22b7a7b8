"""The File menu: opens a program, a notebook or a recorded run, and gives what is on show as files."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import DeletedFile

from ...player import component
from .. import session
from ..files import open as opening
from ..files import uploads
from ..markdown import plain
from ..runs.results import Result
from . import export

__all__ = ["drop", "plain", "render", "take"]

MENU, FIELD, PROBLEM = "file_menu", "file_field", "file_problem"
"""Keys: of the menu, of the field for a file (with its number), and of why the newest file could not be opened,
with the revision of the program of that moment: it is told until the program is another."""

SERIAL, CLOSED = "file_serial", "file_closed"
"""Keys: of the number of files that were chosen, and of how often the menu was closed from here."""


def render(slot: DeltaGenerator, result: Result, scene: int) -> None:
    """Fills `slot` with the menu. Whether it is open is the browser's affair alone, and a file is made at the click.

    Streamlit could tell whether it is open, but then a run that answers to its being closed may meet, and close, a menu
    that was opened again meanwhile.
    """
    with slot, st.container(key=MENU):
        _menu(result, scene)


@st.fragment(key="files")
def _menu(result: Result, scene: int) -> None:
    if not session.is_drawn():
        st.rerun()
    closed = st.session_state.get(CLOSED, 0)
    with st.popover("File", icon=":material/draft:", key=f"{MENU}_{closed}"):
        st.markdown("**Open**")
        serial = st.session_state.get(SERIAL, 0)
        st.file_uploader(
            "A program (.py), a notebook (.ipynb) or a recorded run (.json)",
            type=list(opening.ENDINGS),
            key=f"{FIELD}_{serial}",
            on_change=take,
            args=(serial,),
        )
        why, rev = st.session_state.get(PROBLEM, ("", None))
        if rev == session.studio().source_rev:
            st.error(why, icon=":material/error:")
        with st.container(key="file_download", gap="small"):
            st.markdown("**Download**")
            export.buttons(result, scene)


def take(serial: int) -> None:
    """A file was chosen, or dropped on the menu: it is opened, or it is said why not; the field is empty again.

    Streamlit may tell the same file twice where the first time meets another run of the page.
    """
    chosen = st.session_state.get(f"{FIELD}_{serial}")
    if chosen is None or serial != st.session_state.get(SERIAL, 0) or isinstance(chosen, DeletedFile):
        return
    st.session_state[SERIAL] = serial + 1
    try:
        opened = opening.read(chosen.name, chosen.getvalue())
    except opening.OpeningError as error:
        st.session_state[PROBLEM] = plain(str(error)), session.studio().source_rev
        return
    finally:
        uploads.drop(chosen)
    st.session_state.pop(PROBLEM, None)
    st.session_state[CLOSED] = st.session_state.get(CLOSED, 0) + 1
    session.open_file(opened)


def drop() -> None:
    """A file was dropped on the page."""
    dropped = component.did(session.PLAYER).dropped
    if dropped is None:
        return
    try:
        session.open_file(opening.read_dropped(*dropped))
    except opening.OpeningError as error:
        session.studio().problem = plain(str(error))
