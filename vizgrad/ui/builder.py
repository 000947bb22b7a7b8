"""The builder: the program as a list of cards, each to be edited, moved and removed, and new ones to be made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ..program import edit
from ..program.edit import Card, Unreadable
from ..program.reading import Import, Other, meaning
from ..trace import Bind, Trace
from . import checked, runs, state, statements
from . import desk as desks
from .desk import Desk
from .fields import Unfinished
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
    if not state.is_drawn():
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
    studio = state.studio()
    with st.container(horizontal=True, vertical_alignment="center", gap=None, key="builder_head"):
        st.markdown("**Cards**", width="stretch")
        _icon("Undo", state.undo, icon=":material/undo:", disabled=not studio.before, key="undo")
        _icon("Redo", state.redo, icon=":material/redo:", disabled=not studio.after, key="redo")
        _icon("Start with an empty program", state.start_empty, icon=":material/note_add:", key="empty")


def fault(here: Desk, why: Unreadable) -> None:
    """Says why there are no cards of this text."""
    line = f"Line {why.line}: " if why.line else ""
    more = " The cards of the program before stand here until then." if here.cards else ""
    st.error(
        _plain(f"{line}{why.message}. Mend it in the program, and the cards come back.{more}"),
        icon=":material/edit_off:",
    )


def rows(here: Desk) -> None:
    """The cards, the open form among them, and where new ones go."""
    shown = state.studio().shown
    is_current = shown is not None and shown.trace.source == here.source and here.fault is None
    trace = shown.trace if shown is not None and is_current else None
    shapes = bound(trace, here.cards) if trace else {}
    stops_at = trace.error.line if trace and trace.error else None
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
    hidden(len(here.cards) - first - len(window), "below")
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
    kind = KINDS[card.meaning.kind]
    dead = here.fault is not None
    key = f"builder_{state_name}_{card.index}"
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap=None, key=key):
        first, *rest = card.code.split("\n")
        label = f"{_code(first + (' …' if rest else ''))}" + (f" :gray[{_plain(shape)}]" if shape else "")
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
    before = _text_before(here, len(here.cards) if here.at is None else here.at)
    filled_in(here, kind, Form(here.serial, here.source or "", _known(before), desks.enter), before)


def edited(here: Desk, card: Card) -> None:
    """The form of the chosen card."""
    before = _text_before(here, card.index)
    form = Form(here.serial, here.source or "", _known(before), desks.enter, card.code, card.meaning)
    filled_in(here, card.meaning.kind, form, before)


def filled_in(here: Desk, kind: str, form: Form, before: str) -> None:
    """A form's fields, what they would write, what comes of it, and the button that writes it."""
    here.form = statement_of = KINDS[kind].draw(form)
    statement = ""
    try:
        statement = statement_of()
    except Unfinished as advice:
        st.caption(_plain(str(advice)))
    is_same = statement == form.code or (
        form.meaning not in (None, Other(), Import()) and meaning(statement) == form.meaning
    )
    told = st.container()
    is_idle = not statement or is_same
    label, icon = ("Add", ":material/add:") if here.making else ("Save", ":material/check:")
    with st.container(horizontal=True, gap="small", key="builder_finish"):
        _button(label, desks.write, statement_of, icon=icon, key="write", disabled=is_idle, type="primary")
        _button("Cancel", desks.cancel if here.making else desks.close, key="cancel")
    if statement:
        with told:
            st.code(form.code if is_same else statement, language="python", wrap_lines=True)
            if not is_same:
                verdict(here, before, statement)


def verdict(here: Desk, before: str, statement: str) -> None:
    """What comes of a statement, found by running it."""
    source = here.source or ""
    try:
        if here.making is not None:
            whole = None if here.at is None else statements.put(source, here.at, statement)[0]
        else:
            whole = edit.replace(source, here.chosen or 0, statement)
        found = checked.tried(before, statement, state.studio().engine, whole)
    except Unreadable as why:
        found = checked.Verdict(False, why.message)
    mark = ":green[:material/check:]" if found.works else ":red[:material/error:]"
    with st.container(key="verdict", gap=None):
        st.markdown(f"{mark} {_plain(found.text)}")
        if found.hint:
            st.caption(_with_code(found.hint))


def bound(trace: Trace, cards: tuple[Card, ...]) -> dict[int, str]:
    """The shape of the tensor that each card gives its name to, by the card's number."""
    shapes = {}
    names: dict[str, list[tuple[int, tuple[int, ...]]]] = {}
    for event in trace.events:
        if isinstance(event, Bind) and event.tensor is not None:
            record = trace.tensors[event.tensor]
            names.setdefault(event.name, []).append((record.span.line if record.span else 0, record.shape))
    for card in cards:
        for line, shape in names.get(getattr(card.meaning, "name", ""), ()):
            if card.first_line <= line <= card.last_line:
                shapes[card.index] = str(shape)
    return shapes


def _is_at(card: Card, line: int | None) -> bool:
    return line is not None and card.first_line <= line <= card.last_line


def _text_before(here: Desk, index: int) -> str:
    """The program as far as the statement of this number, without it."""
    if index >= len(here.cards):
        return here.source or ""
    if not index:
        return ""
    lines = (here.source or "").splitlines(keepends=True)
    return "".join(lines[: here.cards[index - 1].last_line])


def _known(source: str) -> dict[str, Any]:
    """The tensors that have a name at the end of a program, newest last."""
    return dict(runs.run(source, state.studio().engine, checked.BRIEF).variables)


def _button(label: str, callback: Callable[..., None], *arguments: Any, key: str, **options: Any) -> None:
    """A button that counts once."""
    rev = state.studio().source_rev
    st.button(label, on_click=state.once, args=(rev, callback, *arguments), key=f"builder_{key}", **options)


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
    return "".join(f"`{part}`" if i % 2 and i < len(parts) - 1 else _plain(part) for i, part in enumerate(parts))


def _plain(text: str) -> str:
    """Text in which Streamlit's Markdown finds nothing to mark up."""
    for sign in "\\`*_{}[]()<>#+-.!|~:$":
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", "  \n")
