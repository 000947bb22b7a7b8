"""The shelf of lessons: searched by a word, chosen by its picture."""

from __future__ import annotations

import base64
from functools import partial
from html import escape
from itertools import groupby

import streamlit as st

from ... import gallery
from ...present.request import NotPresented
from ...present.thumbnail import small
from ...workers.pool import Busy, NotStarted
from .. import session
from ..runs import results

ENGINE = "numpy"
"""The engine that draws the pictures: it is there at once."""

PER_ROW = 3
OPEN = "lessons_on_show"

_pictures: dict[tuple[str, bool], str] = {}
"""Those that were drawn: two for each lesson, which are our own."""


def found(words: str) -> tuple[gallery.Lesson, ...]:
    """The lessons in which every one of the words occurs, in whatever is told of them or in their program.

    >>> [one.slug for one in found("hessian")]
    ['hessian']
    >>> len(found("")) == len(gallery.lessons())
    True
    """
    wanted = words.casefold().split()
    return tuple(one for one in gallery.lessons() if all(word in _all_text(one) for word in wanted))


def _all_text(one: gallery.Lesson) -> str:
    return "\n".join((one.title, one.part, one.question, one.look_at, one.source)).casefold()


def picture(slug: str, dark: bool) -> str:
    """A lesson's graph in small, as the address of an image; empty where none can be drawn."""
    if (slug, dark) not in _pictures:
        try:
            trace = results.run(gallery.lesson(slug).source, ENGINE).trace
            svg = small(trace, dark)
        except (NotPresented, NotStarted, Busy):  # the shelf must open even where nothing can be drawn
            return ""
        _pictures[slug, dark] = "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
    return _pictures[slug, dark]


def opener() -> None:
    """The button that opens the shelf."""
    st.button(
        "Lessons",
        icon=":material/local_library:",
        key="lessons_open",
        help="All lessons, with pictures",
        on_click=is_open,
        args=(True,),
    )
    if st.session_state.get(OPEN):  # in each run: one that the page makes of itself must not close it
        shelf()


def is_open(yes: bool) -> None:
    """The shelf is to be on show, or not."""
    st.session_state[OPEN] = yes


@st.dialog("Lessons", width="large", icon=":material/local_library:", on_dismiss=partial(is_open, False))
def shelf() -> None:
    """All lessons by their parts, those that have the searched words."""
    words = st.text_input(
        "Search", key="lessons_search", placeholder="Search: softmax, hook, view …", label_visibility="collapsed"
    )
    shown = found(words)
    if not shown:
        st.caption("No lesson has all these words.")
    dark = st.context.theme.type == "dark"
    for part, ones in groupby(shown, key=lambda one: one.part):
        st.subheader(part, anchor=False)
        row = list(ones)
        for start in range(0, len(row), PER_ROW):
            for column, one in zip(st.columns(PER_ROW, gap="small"), row[start : start + PER_ROW], strict=False):
                with column:
                    card(one, dark)


def card(one: gallery.Lesson, dark: bool) -> None:
    """One lesson: its picture, its title to press, and what to think about."""
    with st.container(border=True, key=f"lesson_card_{one.slug}", gap="small", height="stretch"):
        st.html(f'<div class="vg-thumbnail"><img alt="" src="{escape(picture(one.slug, dark))}"></div>')
        chosen = st.button(
            f"**{one.order}. {one.title}**".replace(" * ", " × "),
            key=f"lesson_{one.slug}",
            type="tertiary",
            on_click=take,
            args=(one.slug,),
        )
        st.caption("Think: " + one.question.replace("*", r"\*"))
    if chosen:
        st.rerun()  # closes the shelf, and the page shows the lesson


def take(slug: str) -> None:
    """A lesson is taken from the shelf, which is closed."""
    is_open(False)
    session.open_lesson(slug)
