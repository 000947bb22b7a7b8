"""The builder: the program as a list of cards, each to be edited, moved and removed, and new ones to be made."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ...present import cards, trials
from ...present.cards import Card, Drafted, Outline
from ...present.request import NotPresented
from ...present.trials import Tensor, Verdict
from ...program.editing.fields import Unfinished
from .. import session
from ..markdown import plain
from ..runs import results
from ..runs.answers import asked
from . import editing as desks
from . import preview
from .editing import Desk
from .forms import ONLY_SCALARS, Form
from .kinds import KINDS, NEW

__all__ = ["ONLY_SCALARS", "render", "switch"]

OPEN = "builder_open"
"""The key of the switch."""

MOST = 60
"""So many cards are shown; of a longer program, those around the one that is open."""

MOST_FOLLOWED = 200
"""So many cards are marked while the reader steps."""

CURRENT = "border-left-color: var(--vg-step); background-image: linear-gradient(var(--vg-ground), var(--vg-ground));"

STYLE = (Path(__file__).parent / "builder.css").read_text(encoding="utf-8")


def switch() -> None:
    """The switch that opens the builder and closes it."""
    st.toggle("Build without typing", key=OPEN)


def render(slot: DeltaGenerator) -> None:
    """Fills `slot` with the builder, if it is open."""
    if st.session_state.get(OPEN):
        with slot:
            st.html(f"<style>{STYLE}</style>")
            outline()


@st.fragment(key="builder")
def outline() -> None:
    """The list of cards; what is done in it runs nothing but itself, until it changes the program."""
    if not session.is_drawn():
        st.rerun()
    here = desks.desk()
    with st.container(key="builder", gap=None):
        head(here)
        if here.fault is not None:
            fault(here, here.fault)
        if here.notice:
            st.warning(here.notice, icon=":material/info:")
            here.notice = ""
        rows(here)
        follow(here)


def follow(here: Desk) -> None:
    """Marks the card of the step on show: the player writes its line at the page, and the rest is style."""
    rules = []
    for card in here.cards[:MOST_FOLLOWED]:
        lines = ", ".join(f'[data-vizgrad-line="{n}"]' for n in range(card.first_line, card.last_line + 1))
        names = ", ".join(f".st-key-builder_{name}_{card.index}" for name in ("card", "chosen", "wrong"))
        rules.append(f":is({lines}) :is({names}) {{ {CURRENT} }}")
    if here.fault is None and rules:
        st.html(f"<style>{' '.join(rules)}</style>")


def head(here: Desk) -> None:
    """What this is, undo and redo."""
    studio = session.studio()
    with st.container(horizontal=True, vertical_alignment="center", gap=None, key="builder_head"):
        st.markdown("**Cards**", width="stretch")
        _icon("Undo", session.undo, icon=":material/undo:", disabled=not studio.before, key="undo")
        _icon("Redo", session.redo, icon=":material/redo:", disabled=not studio.after, key="redo")
        _icon("Start with an empty program", session.start_empty, icon=":material/note_add:", key="empty")


def fault(here: Desk, why: Outline) -> None:
    """Says why there are no cards of this text."""
    line = f"Line {why.line}: " if why.line else ""
    more = " The cards of the program before stand here until then." if here.cards else ""
    st.error(
        plain(f"{line}{(why.fault or '').rstrip('.')}. Mend it in the program, and the cards come back.{more}"),
        icon=":material/edit_off:",
    )


def rows(here: Desk) -> None:
    """The cards, the open form among them, and where new ones go."""
    shown = session.studio().shown
    shapes = beside(here, shown)
    stops_at = shown.shown.line if shown is not None and is_of(here) else None
    middle = here.chosen if here.chosen is not None else here.at if here.at is not None else len(here.cards)
    first = max(0, min(middle - MOST // 2, len(here.cards) - MOST))
    window = here.cards[first : first + MOST]
    hidden(first, "above")
    form: DeltaGenerator | None = None
    for card in window:
        if here.at == card.index and here.chosen is None:
            adding(here)
        row(here, card, shapes.get(card.index, ""), _is_at(card, stops_at))
        if card.index == here.chosen and here.fault is None:
            form = st.container(key="builder_form", gap="small")
            adding(here)
    hidden(here.count - first - len(window), "below")
    if not here.cards and here.fault is None:
        st.caption("The program is empty. Begin with a tensor.")
    if here.chosen is None and (here.at is None or here.at >= first + len(window)):
        adding(here)
    elif here.fault is None and here.at != len(here.cards):
        _button("New cards at the end again", desks.close, icon=":material/south:", key="to_end", type="tertiary")
    if form is not None and here.chosen is not None:  # trying a statement takes a moment: the list is there by then
        with form:
            edited(here, here.cards[here.chosen])


def hidden(count: int, where: str) -> None:
    """Says how many cards are not shown."""
    if count > 0:
        st.caption(f"… {count} more {where}: a long program is better edited as text.")


def row(here: Desk, card: Card, shape: str, is_wrong: bool) -> None:
    """One card: its icon and its text; the chosen one also says what can be done with it."""
    is_chosen = card.index == here.chosen
    state_name = "wrong" if is_wrong else "chosen" if is_chosen else "card"
    kind = KINDS[card.kind]
    dead = here.fault is not None
    key = f"builder_{state_name}_{card.index}"
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap=None, key=key):
        label = _code(card.text) + (f" :gray[{plain(shape)}]" if shape else "")
        _button(
            label,
            desks.choose,
            card.index,
            icon=kind.icon,
            key=f"line_{card.index}",
            disabled=dead,
            type="tertiary",
            width="stretch",
        )
        if is_chosen and not dead:
            last = len(here.cards) - 1
            at = card.index
            _icon("Move up", desks.move, at, at - 1, icon=":material/arrow_upward:", key="up", disabled=not at)
            _icon(
                "Move down", desks.move, at, at + 1, icon=":material/arrow_downward:", key="down", disabled=at == last
            )
            _icon("Remove", desks.remove, at, icon=":material/delete:", key="remove")


def adding(here: Desk) -> None:
    """The form of the new card, or the buttons that open one."""
    if here.fault is not None:
        return
    if here.making is not None:
        with st.container(key="builder_form_new", gap="small"):
            made(here, here.making)
        return
    if here.at is None:
        with st.container(horizontal=True, gap="xxsmall", key="builder_new"):
            for kind in NEW:
                _button(KINDS[kind].name, desks.make, kind, icon=KINDS[kind].icon, key=f"new_{kind}")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap=None, key="builder_new_below"):
        st.markdown("Add here", width="stretch")
        for kind in NEW:
            _icon(KINDS[kind].name, desks.make, kind, icon=KINDS[kind].icon, key=f"new_{kind}")


def made(here: Desk, kind: str) -> None:
    """The form of a new card."""
    st.markdown(f"{KINDS[kind].icon} **{KINDS[kind].name}**")
    stop = stop_of(here, here.at)
    before = (here.source or "")[:stop]
    filled_in(here, kind, Form(here.serial, here.source or "", known(here, before), desks.enter), stop)


def edited(here: Desk, card: Card) -> None:
    """The form of the chosen card."""
    with told():
        stop = stop_of(here, card.index)
        before, whole = (here.source or "")[:stop], asked(cards.opened, here.source or "", card.index)
        form = Form(here.serial, here.source or "", known(here, before), desks.enter, whole.code, whole.meaning)
        filled_in(here, card.kind, form, stop)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """What cannot be worked out says so in its place."""
    try:
        yield
    except NotPresented as why:
        st.caption(plain(str(why)))


def filled_in(here: Desk, kind: str, form: Form, stop: int) -> None:
    """A form's fields, what they would write, what comes of it, and the button that writes it.

    `stop` is where the program before it ends.
    """
    here.form = wish_of = KINDS[kind].draw(form)
    try:
        wish = wish_of()
        at, chosen = (here.at, None) if here.making is not None else (None, here.chosen)
        draft = asked(cards.drafted, here.source or "", wish, stop, at, chosen)
    except Unfinished as why:
        draft = Drafted(advice=str(why))
    if draft.advice:
        st.caption(plain(draft.advice))
    above = st.container()
    is_idle = not draft.statement or draft.is_same
    label, icon = ("Add", ":material/add:") if here.making else ("Save", ":material/check:")
    with st.container(horizontal=True, gap="small", key="builder_finish"):
        _button(label, desks.write, wish_of, icon=icon, key="write", disabled=is_idle, type="primary")
        _button("Cancel", desks.cancel if here.making else desks.close, key="cancel")
    if draft.statement:
        with above:
            st.code(draft.statement, language="python", wrap_lines=True)
            if not draft.is_same:
                verdict((here.source or "")[:stop], draft)


def verdict(before: str, draft: Drafted) -> None:
    """What comes of a statement, found by running it."""
    try:
        found = preview.tried(before, draft, session.studio().engine)
    except NotPresented as why:
        found = Verdict(False, str(why))
    mark = ":green[:material/check:]" if found.works else ":red[:material/error:]"
    with st.container(key="verdict", gap=None):
        st.markdown(f"{mark} {plain(found.text)}")
        if found.hint:
            st.caption(_with_code(found.hint))


def is_of(here: Desk) -> bool:
    """Whether the run on show is, as far as the page knows, that of these cards."""
    studio = session.studio()
    job = studio.job
    return here.fault is None and studio.source == here.source and job is not None and job.is_done and not job.problem


def beside(here: Desk, shown: results.Result | None) -> dict[int, str]:
    """The shape of the tensor that each card gives its name to, by the card's number."""
    if shown is None or not is_of(here):
        return {}
    try:
        bound = asked(trials.shapes, shown.trace, here.source).bound
    except NotPresented:  # the cards stand without them
        return {}
    return {
        card.index: shape
        for name, line, shape in bound
        for card in here.cards
        if card.name == name and card.first_line <= line <= card.last_line
    }


def _is_at(card: Card, line: int | None) -> bool:
    return line is not None and card.first_line <= line <= card.last_line


def stop_of(here: Desk, index: int | None) -> int:
    """Where the program before the statement of this number ends; None is the number behind the last."""
    if index is None or index > len(here.cards) or (index == len(here.cards) == here.count):
        return len(here.source or "")
    return here.cards[index - 1].stop if index else 0


def known(here: Desk, before: str) -> dict[str, Tensor]:
    """The tensors that have a name at the end of a program, newest last; those known last where none can be found now.

    So an open form never goes away, and what was typed into it neither.
    """
    with contextlib.suppress(NotPresented):
        here.known = {one.name: one for one in preview.known(before, session.studio().engine).tensors}
    return here.known


def _button(label: str, callback: Callable[..., None], *arguments: Any, key: str, **options: Any) -> None:
    """A button that counts once."""
    rev = session.studio().source_rev
    st.button(label, on_click=session.once, args=(rev, callback, *arguments), key=f"builder_{key}", **options)


def _icon(label: str, callback: Callable[..., None], *arguments: Any, key: str, **options: Any) -> None:
    """A button that shows its icon; its name is read aloud, and shown when it is pointed at."""
    _button(label, callback, *arguments, key=f"icon_{key}", type="tertiary", help=label, **options)


def _code(text: str) -> str:
    """Text as inline code in Markdown, whatever is in it."""
    fence = "`"
    while fence in text:
        fence += "`"
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}"


def _with_code(text: str) -> str:
    """A text in which what stands between backquotes is code, and nothing else is marked up."""
    parts = text.split("`")
    return "".join(f"`{part}`" if i % 2 and i < len(parts) - 1 else plain(part) for i, part in enumerate(parts))
