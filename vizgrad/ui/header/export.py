"""What is on show as files: the player, the picture, the record and the program."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

import streamlit as st

from ... import gallery
from ...present.files import Format, exported
from ...present.request import NotPresented
from ...workers import turns
from .. import session as state
from .. import visitor
from ..runs.results import Result


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of file: its label, ending and media type, and whether it is a picture, which Graphviz lays out."""

    label: str
    ending: str
    media: str
    is_picture: bool = False


PLAYER = Offer("Step player, HTML", "html", "text/html")
OFFERS = (
    Offer("Picture, SVG", "svg", "image/svg+xml", True),
    Offer("Picture, PNG", "png", "image/png", True),
    Offer("Picture, PDF", "pdf", "application/pdf", True),
    Offer("Graphviz source, DOT", "dot", "text/vnd.graphviz"),
    Offer("Everything recorded, JSON", "json", "application/json"),
)
NOTEBOOK = Offer("Program, notebook", "ipynb", "application/x-ipynb+json")

NOTHING = "The program computed nothing that could be drawn."
FAILED = "export_failed"
"""The key of why files could not be made, by the payload's id, the scene and the ending: those of one payload."""

Failed = dict[tuple[str, int, str], str]


@dataclass(frozen=True, slots=True)
class File:
    """One offer: what makes its content, and why there can be none ("": there can be one)."""

    offer: Offer
    make: Callable[[], bytes]
    problem: str = ""


def files(result: Result, scene: int = -1, failed: Failed | None = None) -> tuple[File, ...]:
    """The files of a run, pictures of `scene`; what is known not to be possible, or has `failed`, is not to be made.

    Nothing is made yet: a picture takes its time. Making one may raise NotPresented, which says why.
    """
    shown = result.shown
    known = NOTHING if shown.is_empty else shown.problem if scene in (-1, shown.scene) else None
    failed = {} if failed is None else failed
    found = []
    for offer in OFFERS:
        needs_graph = offer.is_picture or (offer.ending == "dot" and shown.is_empty)
        place = shown.id, scene, offer.ending
        problem = (known if needs_graph else None) or failed.get(place, "")
        make = partial(_made, failed, place, visitor.session(), result.trace, offer.ending, scene)
        found.append(File(offer, make, problem))
    return tuple(found)


def _made(
    failed: Failed, place: tuple[str, int, str], session: str, trace: bytes, ending: str, scene: int, **more: str
) -> bytes:
    """The content of one file, in whatever thread it is asked for; why there is none is kept for the next look."""
    if ending == "json":
        return trace
    try:
        with turns.on_behalf_of(session):
            return exported(trace, cast(Format, ending), scene, **more)
    except NotPresented as why:
        failed[place] = str(why)
        raise


def stem(slug: str) -> str:
    """The beginning of every file's name, safe on every system.

    >>> stem("by-hand-and-by-machine"), stem("../x y"), stem("")
    ('by-hand-and-by-machine', 'x-y', 'vizgrad')
    """
    return re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-") or "vizgrad"


def buttons(result: Result, scene: int) -> None:
    """A button for every kind of file, and why one cannot be made."""
    lesson = gallery.lesson(state.studio().lesson)
    name, title = named(state.studio(), lesson)
    failed = failures(result.shown.id)
    text = state.text()
    plain_run = b"" if state.changed_elements() else result.trace  # with other numbers the program itself prints others
    session, number = visitor.session(), result.shown.id
    player = partial(_made, failed, (number, -1, "html"), session, result.trace, "html", -1, title=title)
    notebook = partial(_made, failed, (number, -1, "ipynb"), session, plain_run, "ipynb", -1, source=text)
    made = (
        File(PLAYER, player, failed.get((number, -1, "html"), "")),
        *files(result, scene, failed),
        File(Offer("Program, Python", "py", "text/x-python"), partial(_encoded, text)),
        File(NOTEBOOK, notebook, failed.get((number, -1, "ipynb"), "")),
    )
    problems: dict[str, list[str]] = {}
    with st.container(key="export_files", gap=None):
        for file in made:
            _button(file, name)
            if file.problem:
                problems.setdefault(file.problem, []).append(file.offer.ending.upper())
    for sentence, endings in problems.items():
        st.caption(f"No {', '.join(endings)}:")
        st.text(sentence)


def failures(number: str) -> Failed:
    """Why files of this payload could not be made; of others nothing is kept."""
    kept: Failed = st.session_state.setdefault(FAILED, {})
    for place in [place for place in kept if place[0] != number]:
        kept.pop(place, None)
    return kept


def named(studio: state.Studio, lesson: gallery.Lesson) -> tuple[str, str]:
    """The beginning of the files' names and the title of the player: the opened file's, or the lesson's."""
    if studio.opened is None:
        return stem(lesson.slug), lesson.title
    own = studio.opened.name.rpartition(".")[0]
    return stem(own), own


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a program may hold half a character


def _button(file: File, name: str) -> None:
    # A callable is asked at the click; content handed over at once would be fetched by the browser beforehand.
    st.download_button(
        file.offer.label,
        file.make,
        f"{name}.{file.offer.ending}",
        file.offer.media,
        key=f"export_{file.offer.ending}",
        on_click="ignore",
        disabled=bool(file.problem),
        type="tertiary",
        width="content",
    )
