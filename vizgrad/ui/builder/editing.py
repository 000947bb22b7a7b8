"""What lies open in the builder: the card being edited, or the new one being made and where it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from ...present import cards
from ...present.cards import Card, Changed, Move, Outline, Remove, Write
from ...present.request import NotPresented
from ...present.trials import Tensor
from ...program.editing.fields import Unfinished
from ...program.editing.write_card import Wish
from ...workers import turns
from .. import session, visitor
from ..runs.answers import asked

KEY = "desk"


@dataclass
class Desk:
    """One visitor's desk.

    `chosen` is the number of the card whose form is open, `making` the kind of a new card and `at` the number that it
    will have (None: at the end); `serial` names the fields of the open form, so that each form begins with fresh ones.
    `source` is the text that these numbers belong to, `cards` its first statements and `count` how many it has; they
    stay on show while the text cannot be read: `fault` says why it cannot. `known` are the tensors that the open form
    was drawn with. `notice` is to be told once, `form` gives what the open form would write.
    """

    chosen: int | None = None
    making: str | None = None
    at: int | None = None
    serial: int = 0
    source: str | None = None
    cards: tuple[Card, ...] = ()
    count: int = 0
    fault: Outline | None = None
    known: dict[str, Tensor] = field(default_factory=dict)
    notice: str = ""
    form: Callable[[], Wish] | None = None


def desk() -> Desk:
    """The session's desk, with the cards of the text as it is now."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Desk()
    here = st.session_state[KEY]
    assert isinstance(here, Desk)
    if here.source != (source := session.text()):
        _follow(here, source)
    return here


def _follow(here: Desk, source: str) -> None:
    """Takes over a text that was changed elsewhere; what is open stays with its card if that is still there."""
    try:
        found = asked(cards.cards, source)
    except NotPresented as why:  # at this moment: the next look asks again
        here.fault = Outline(fault=str(why))
        return
    if found.fault is not None:
        here.source, here.fault = source, found
        return
    before = here.cards
    _take(here, source, found)
    if here.chosen is not None:
        here.chosen = _found(before, here.cards, here.chosen)
        if here.chosen is None:
            _renew(here)
    if here.at is not None and here.at > 0:
        above = _found(before, here.cards, here.at - 1)
        here.at = None if above is None else above + 1


def _renew(here: Desk) -> None:
    """Lets the next form begin with fresh fields, and forgets what stood in those before."""
    here.serial += 1
    for key in [key for key in st.session_state if str(key).startswith("desk_") and str(key).endswith("_kept")]:
        del st.session_state[key]


def _take(here: Desk, source: str, found: Outline) -> None:
    here.source, here.cards, here.count, here.fault = source, found.cards, found.count, None


def _found(before: tuple[Card, ...], now: tuple[Card, ...], index: int) -> int | None:
    """The number that a card has by now: its own if nothing changed there, else that of the one card with its text."""
    if index >= len(before):
        return None
    mark = before[index].mark
    if index < len(now) and now[index].mark == mark:
        return index
    same = [card.index for card in now if card.mark == mark]
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
    _renew(here)


def cancel() -> None:
    """The new card is not to be made after all."""
    here = desk()
    here.making = None
    _renew(here)


def close() -> None:
    """What is open is closed; new cards go to the end."""
    here = desk()
    here.chosen, here.making, here.at = None, None, None
    _renew(here)


def enter() -> None:
    """Enter was pressed in the open form."""
    here = desk()
    if here.form is not None:
        write(here.form)


def write(wish_of: Callable[[], Wish]) -> None:
    """The open form writes its statement: a new one, or the chosen card's new text."""
    here = desk()
    source = here.source or ""
    if here.making is None and here.chosen is None:
        return
    try:
        wish = wish_of()
    except Unfinished as advice:
        here.notice = str(advice)
        return
    if here.making is not None:
        changed = _changed(here, Write(source, wish, at=here.at))
        if changed is None:
            return
        here.at = None if here.at is None else changed.at
        here.making = None
    else:
        changed = _changed(here, Write(source, wish, chosen=here.chosen))
        if changed is None:
            return
        close()
    _renew(here)
    _change(here, changed)


def move(index: int, to: int) -> None:
    """A card goes to another place; its form goes with it."""
    here = desk()
    if here.fault is None and 0 <= to < len(here.cards) and 0 <= index < len(here.cards):
        changed = _changed(here, Move(here.source or "", index, to))
        if changed is not None:
            _change(here, changed)
            here.chosen, here.at = to, to + 1


def remove(index: int) -> None:
    """A card is removed."""
    here = desk()
    if here.fault is None and 0 <= index < len(here.cards):
        changed = _changed(here, Remove(here.source or "", index))
        if changed is not None:
            close()
            _change(here, changed)


def _changed(here: Desk, request: Write | Move | Remove) -> Changed | None:
    """The program after a change; None where it stays as it is, and the notice says why."""
    with turns.on_behalf_of(visitor.session()):
        changed = cards.change(request)
    if changed.advice or len(changed.source) > cards.LONGEST:
        here.notice = changed.advice
        return None
    return changed


def _change(here: Desk, changed: Changed) -> None:
    """The cards change the program; what is open was already set for the new text."""
    session.replace(changed.source)
    if changed.outline.fault is None:
        _take(here, changed.source, changed.outline)
