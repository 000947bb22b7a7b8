"""What is on show as files: the player, the picture, the record and the program."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from .. import api, gallery
from ..program import notebook
from ..trace import Trace
from . import state


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of file: its label, ending and media type, and what makes it from a trace and a scene."""

    label: str
    ending: str
    media: str
    make: Callable[[api.Trace, int], str | bytes]
    is_picture: bool = False


OFFERS = (
    Offer("Picture, SVG", "svg", "image/svg+xml", lambda trace, scene: trace.svg(scene), True),
    Offer("Picture, PNG", "png", "image/png", lambda trace, scene: trace.png(scene), True),
    Offer("Picture, PDF", "pdf", "application/pdf", lambda trace, scene: trace.pdf(scene), True),
    Offer("Graphviz source, DOT", "dot", "text/vnd.graphviz", lambda trace, scene: trace.dot(scene).source, True),
    Offer("Everything recorded, JSON", "json", "application/json", lambda trace, scene: trace.to_json()),
)

NOTHING = "The program computed nothing that could be drawn."


@dataclass(frozen=True, slots=True)
class File:
    """One offer: what makes its content, and why there can be none ("": there can be one)."""

    offer: Offer
    make: Callable[[], bytes]
    problem: str = ""


def files(trace: Trace, scene: int = -1, problem: str | None = None) -> tuple[File, ...]:
    """The files of a trace, pictures of `scene`; with a known `problem` of its picture none is to be made.

    Nothing is made yet: a picture takes its time. Making one may raise LayoutError, which says why.
    """
    whole = api.Trace.of(trace)
    known = problem or ("" if trace.tensors else NOTHING)
    return tuple(
        File(offer, partial(_made, offer, whole, scene), known if needs_layout(offer, trace) else "")
        for offer in OFFERS
    )


def needs_layout(offer: Offer, trace: Trace) -> bool:
    """Whether a file is a picture that Graphviz lays out; its own source is so only where there is nothing to draw."""
    return offer.is_picture and not (offer.ending == "dot" and trace.tensors)


def _made(offer: Offer, trace: api.Trace, scene: int) -> bytes:
    made = offer.make(trace, scene)
    return made if isinstance(made, bytes) else _encoded(made)


def stem(slug: str) -> str:
    """The beginning of every file's name, safe on every system.

    >>> stem("by-hand-and-by-machine"), stem("../x y"), stem("")
    ('by-hand-and-by-machine', 'x-y', 'vizgrad')
    """
    return re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-") or "vizgrad"


def buttons(trace: Trace, scene: int, problem: str | None) -> None:
    """A button for every kind of file, and why one cannot be made."""
    lesson = gallery.lesson(state.studio().lesson)
    name, title = named(state.studio(), lesson)
    with st.container(key="export_files", gap=None):
        _button("Step player, HTML", f"{name}.html", "text/html", partial(api.Trace.of(trace).html, title=title))
        problems: dict[str, list[str]] = {}
        for file in files(trace, scene, problem):
            _button(file.offer.label, f"{name}.{file.offer.ending}", file.offer.media, file.make, bool(file.problem))
            if file.problem:
                problems.setdefault(file.problem, []).append(file.offer.ending.upper())
        text = state.text()
        plain = None if state.changed_elements() else trace  # with other numbers the program itself prints other text
        _button("Program, Python", f"{name}.py", "text/x-python", partial(_encoded, text))
        _button("Program, notebook", f"{name}.ipynb", "application/x-ipynb+json", partial(notebook.write, text, plain))
    for sentence, endings in problems.items():
        st.caption(f"No {', '.join(endings)}:")
        st.text(sentence)


def named(studio: state.Studio, lesson: gallery.Lesson) -> tuple[str, str]:
    """The beginning of the files' names and the title of the player: the opened file's, or the lesson's."""
    if studio.opened is None:
        return stem(lesson.slug), lesson.title
    own = studio.opened.name.rpartition(".")[0]
    return stem(own), own


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a program may hold half a character


def _button(label: str, name: str, media: str, content: Callable[[], str | bytes], disabled: bool = False) -> None:
    # A callable is asked at the click; content handed over at once would be fetched by the browser beforehand.
    st.download_button(
        label,
        content,
        name,
        media,
        key=f"export_{name.rpartition('.')[2]}",
        on_click="ignore",
        disabled=disabled,
        type="tertiary",
        width="content",
    )
