"""What lies open in the builder: the card being edited, or the new one being made and where it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ..program import edit
from ..program.edit import Card, Unreadable
from . import state, statements
from .fields import Unfinished

KEY = "desk"


@dataclass
class Desk:
    """One visitor's desk.

    `chosen` is the number of the card whose form is open, `making` the kind of a new card and `at` the number that it
    will have (None: at the end); `serial` names the fields of the open form, so that each form begins with fresh ones.
    `source` is the text that these numbers belong to and `cards` its statements, which stay on show while the text
    cannot be read; `fault` says why it cannot. `notice` is to be told once, `form` gives what the open form would
    write.
    """

    chosen: int | None = None
    making: str | None = None
    at: int | None = None
    serial: int = 0
    source: str | None = None
    cards: tuple[Card, ...] = ()
    fault: Unreadable | None = None
    notice: str = ""
    form: Callable[[], str] | None = None


def desk() -> Desk:
    """The session's desk, with the cards of the text as it is now."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Desk()
    here = st.session_state[KEY]
    assert isinstance(here, Desk)
    if here.source != (source := state.text()):
        _follow(here, source)
    return here


def _follow(here: Desk, source: str) -> None:
    """Takes over a text that was changed elsewhere; what is open stays with its card if that is still there."""
    try:
        cards = edit.statements(source)
    except Unreadable as fault:
        here.source, here.fault = source, fault
        return
    before, here.cards, here.source, here.fault = here.cards, cards, source, None
    if here.chosen is not None:
        here.chosen = _found(before, cards, here.chosen)
        here.serial += here.chosen is None
    if here.at is not None and here.at > 0:
        above = _found(before, cards, here.at - 1)
        here.at = None if above is None else above + 1


def _found(before: tuple[Card, ...], now: tuple[Card, ...], index: int) -> int | None:
    """The number that a card has by now: its own if nothing changed there, else that of the one card with its text."""
    if index >= len(before):
        return None
    code = before[index].code
    if index < len(now) and now[index].code == code:
        return index
    same = [card.index for card in now if card.code == code]
    return same[0] if len(same) == 1 else None


# -- callbacks


def choose(index: int) -> None:
    """A card was clicked: its form opens, or closes if it was open; new cards go below it."""
    here = desk()
    is_open = here.chosen == index
    close()
    if not is_open:
        here.chosen, here.at = index, index + 1


def make(kind: str) -> None:
    """A new card of a kind is to be made."""
    here = desk()
    here.chosen, here.making = None, kind
    here.serial += 1


def cancel() -> None:
    """The new card is not to be made after all."""
    here = desk()
    here.making = None
    here.serial += 1


def close() -> None:
    """What is open is closed; new cards go to the end."""
    here = desk()
    here.chosen, here.making, here.at = None, None, None
    here.serial += 1


def enter() -> None:
    """Enter was pressed in the open form."""
    here = desk()
    if here.form is not None:
        write(here.form)


def write(statement_of: Callable[[], str]) -> None:
    """The open form writes its statement: a new one, or the chosen card's new text."""
    here = desk()
    try:
        statement = statement_of()
        if here.making is not None:
            source, index = statements.put(here.source or "", here.at, statement)
            here.at = None if here.at is None else index + len(edit.statements(statement))
            here.making = None
        elif here.chosen is not None:
            source = edit.replace(here.source or "", here.chosen, statement)
            close()
        else:
            return
    except (Unfinished, Unreadable, IndexError) as advice:
        here.notice = str(advice)
        return
    here.serial += 1
    _change(here, source)


def move(index: int, to: int) -> None:
    """A card goes to another place; its form goes with it."""
    here = desk()
    if here.fault is None and 0 <= to < len(here.cards) and 0 <= index < len(here.cards):
        _change(here, edit.move(here.source or "", index, to))
        here.chosen, here.at = to, to + 1


def remove(index: int) -> None:
    """A card is removed."""
    here = desk()
    if here.fault is None and 0 <= index < len(here.cards):
        close()
        _change(here, edit.remove(here.source or "", index))


def _change(here: Desk, source: str) -> None:
    """The cards change the program; what is open was already set for the new text."""
    state.replace(source)
    here.cards, here.source = edit.statements(source), source
