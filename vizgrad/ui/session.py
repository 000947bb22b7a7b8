"""All state of one visitor's session, in one place, changed only by the functions here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast, get_args

import streamlit as st

from .. import gallery
from ..draw.model.drawing import Detail
from ..player import component
from ..program.overrides import WhatIf
from .files import address as share
from .files.address import FIRST_ENGINE
from .files.open import Opened
from .runs.agreement import Check
from .runs.job import Job
from .runs.results import ENGINES, Result

KEY = "studio"
PLAYER = "player"
LESSON, ENGINE = "lesson_picker", "engine_switch"
"""Keys of the two widgets whose values are also state."""

MOST_UNDO = 50
LONGEST = 100_000
"""Programs of more characters are not taken over from the editor."""


@dataclass(eq=False)
class Studio:
    """One visitor's program and how it is run.

    `source` is the program that was run last, `source_rev` grows each time somebody else than the editor changes it,
    `drawn_rev` is the one that the whole page was drawn with, `before` holds earlier programs for undo and `after` what
    was undone, `scene` is the one on show (-1: the last), `detail` how much the picture shows, `embedded` whether the
    page is the player alone, `last_good` the newest trace in which something was computed where that is not
    the one on show, `job` the run going on or the newest one, `shown` the result that the page shows. `home` is the
    program that the address opens and `packed` the same as it stands there (None: the address names a lesson),
    `problem` why its link could not be read; `opened` is the file that the program came from, `is_recording` whether
    the run recorded in it is on show. `elements` are the numbers that
    the reader puts in the place of those of the program `elements_of`, by the tensor's number.
    """

    source: str
    lesson: str
    engine: str = FIRST_ENGINE
    source_rev: int = 0
    drawn_rev: int = -1
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    scene: int = -1
    detail: Detail = "full"
    embedded: bool = False
    last_good: bytes | None = None
    check: Check | None = None
    job: Job | None = None
    shown: Result | None = None
    home: str = ""
    packed: str | None = None
    problem: str = ""
    opened: Opened | None = None
    is_recording: bool = False
    elements: dict[int, tuple[float, ...]] = field(default_factory=dict)
    elements_of: str = ""


def studio() -> Studio:
    """The session's state; a first visit opens what its address names (`?lesson=gates&engine=torch`, `?program=…`).

    The address is read this once and never written here: the player keeps it, in the browser, at what is on show.
    `?embed=true` asks for the player alone (Streamlit keeps this one from `st.query_params`).
    """
    if KEY not in st.session_state:
        asked = share.asked(st.query_params.to_dict())
        st.session_state[KEY] = Studio(
            asked.source,
            asked.lesson,
            asked.engine,
            scene=asked.scene,
            embedded=bool(st.context.is_embedded),
            home=asked.source,
            packed=asked.packed,
            problem=asked.problem,
        )
        st.session_state[LESSON] = asked.lesson
        st.session_state[ENGINE] = asked.engine
    state = st.session_state[KEY]
    assert isinstance(state, Studio)
    return state


def address(state: Studio) -> dict[str, str | None]:
    """What the address is to say of the page; None for what a first visit shows anyway."""
    return {
        "lesson": None if state.lesson == gallery.FIRST_VISIT else state.lesson,
        "engine": None if state.engine == FIRST_ENGINE else state.engine,
        "program": state.packed,
    }


def link(state: Studio) -> dict[str, str | None]:
    """What a link to the page says: all that the address may leave out, since what goes without saying may change."""
    return {"lesson": state.lesson, "engine": state.engine, "program": state.packed}


def text() -> str:
    """What stands in the editor: what was typed there since, or the program that was run last."""
    state = studio()
    done = component.did(PLAYER)
    return state.source if done.text is None or done.rev != state.source_rev else done.text


def is_changed(state: Studio) -> bool:
    """Whether the program is no longer the lesson's."""
    return state.source != gallery.lesson(state.lesson).source


def shows_recording(state: Studio) -> bool:
    """Whether the recorded run of a file is on show: not where the reader asks for what was not recorded."""
    if not state.is_recording or state.opened is None or changed_elements():
        return False
    return state.opened.shows(state.scene)


def is_drawn() -> bool:
    """Whether the page shows the program; not so where a fragment alone ran after a change."""
    state = studio()
    return state.drawn_rev == state.source_rev


def drawn() -> None:
    """The whole page is being drawn with the program as it is."""
    state = studio()
    state.drawn_rev = state.source_rev


def show(state: Studio, made: Result | None) -> Result | None:
    """Takes over a new result, and gives the one that the page shows: without a new one, that from before."""
    if made is not None and made is not state.shown:
        before = state.shown
        if not made.shown.is_empty:
            state.last_good = None
        elif before is not None and not before.shown.is_empty:
            state.last_good = before.trace
        state.shown = made
    return state.shown


# -- callbacks


def choose_lesson() -> None:
    """The lesson picker was used."""
    state = studio()
    slug = st.session_state[LESSON]
    if slug is not None:
        state.lesson = slug
        reset()


def open_lesson(slug: str) -> None:
    """A lesson was taken from the shelf."""
    st.session_state[LESSON] = slug
    choose_lesson()


def choose_engine() -> None:
    """The engine switch was used."""
    engine = st.session_state[ENGINE]
    if engine in ENGINES:
        studio().engine = engine
        studio().is_recording = False


def submit() -> None:
    """The editor hands over its text to be run; it goes on showing it."""
    state = studio()
    source = component.did(PLAYER).source
    if state.job is not None and state.job.is_over:
        state.job = None  # the same program again: it may have been stopped, or may have had too little time
    state.is_recording = False
    if source is not None and source != state.source:
        state.problem = ""
        _remember(state, state.source)
        state.source = source[:LONGEST]
        state.scene = -1


def try_again() -> None:
    """The program that came to no result is to be run once more."""
    studio().job = None


def changed_elements() -> dict[int, tuple[float, ...]]:
    """The numbers that the reader has put into leaves; those of another program do not count."""
    state = studio()
    return state.elements if state.elements_of == state.source else {}


def what_if(state: Studio) -> WhatIf:
    """The same, as a run is told of it."""
    return WhatIf.of(changed_elements())


def change_element(tensor: int, own: tuple[float, ...], place: int, key: str) -> None:
    """A slider or a number was moved; `own` are the elements that the program gives the tensor."""
    state = studio()
    elements = list(changed_elements().get(tensor, own))
    value = st.session_state[key]
    if value is None:
        return
    elements[place] = float(value)
    state.elements = {**changed_elements(), tensor: tuple(elements)}
    state.elements_of = state.source
    if tuple(elements) == own:
        del state.elements[tensor]


def reset_elements() -> None:
    """The program's own numbers come back."""
    studio().elements = {}


def choose_scene() -> None:
    """The player asks for a scene that its payload does not hold."""
    scene = component.did(PLAYER).scene
    if scene is not None:
        studio().scene = scene


def choose_detail() -> None:
    """The player asks for a picture that shows more, or less."""
    detail = component.did(PLAYER).detail
    if detail in get_args(Detail):
        studio().detail = cast(Detail, detail)


def replace(source: str) -> None:
    """Somebody else than the editor changes the program; the editor follows, and undo brings back what stood there."""
    state = studio()
    stood = text()
    if source != stood:
        _remember(state, stood)
    _take(state, source)


def once(rev: int, change: Callable[..., None], *arguments: Any) -> None:
    """Calls `change` if the program is still the one of `rev`, with which the button was drawn.

    Streamlit may deliver one click twice where it meets another run of the page.
    """
    if studio().source_rev == rev:
        change(*arguments)


def reset() -> None:
    """The lesson's own program comes back."""
    state = studio()
    replace(gallery.lesson(state.lesson).source)
    state.home, state.packed = state.source, None


def open_file(opened: Opened) -> None:
    """A file was opened: its program stands in the editor, and a run recorded in it is shown until it is run again."""
    state = studio()
    replace(opened.source)
    state.opened = opened
    if opened.recording is not None:
        state.is_recording = True
        state.engine = st.session_state[ENGINE] = opened.engine


def start_empty() -> None:
    """An empty program, to build from cards."""
    replace("import torch\n")


def undo() -> None:
    """The program before the last change comes back."""
    state = studio()
    if state.before:
        state.after.append(text())
        _take(state, state.before.pop())


def redo() -> None:
    """The program that was undone last comes back."""
    state = studio()
    if state.after:
        state.before.append(text())
        _take(state, state.after.pop())


def _take(state: Studio, source: str) -> None:
    state.source = source
    state.source_rev += 1
    state.scene = -1
    state.opened, state.is_recording, state.problem = None, False, ""


def _remember(state: Studio, source: str) -> None:
    state.before.append(source)
    state.after.clear()
    del state.before[:-MOST_UNDO]
