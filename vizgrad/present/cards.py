"""A program as cards: what they show, what they would write, and the program after a change; all that LibCST reads."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ..program.editing.parse_card import Import, Meaning, Other, meaning
from ..program.editing.write_card import Wish, written
from . import rehearsal
from .request import STUDY, NotNow, NotPresented, Request, ask

if TYPE_CHECKING:
    from ..program.editing.document import Card as Statement

MOST = 500
"""Cards that are told of a program."""
LONGEST_LINE = 200
LONGEST_NAME = 100
LONGEST = 100_000
"""Characters of a program that a card may write."""


class Card(msgspec.Struct, frozen=True):
    """One statement: its kind, the name that it gives ("": none), its first line, and its lines (from 1, both ends).

    `stop` is where the next line begins in the text, `mark` the same for the same text.
    """

    index: int
    kind: str
    name: str
    text: str
    first_line: int
    last_line: int
    stop: int
    mark: bytes


class Outline(msgspec.Struct, frozen=True):
    """The first cards of a program that has `count`; or where and why it has none."""

    cards: tuple[Card, ...] = ()
    count: int = 0
    fault: str | None = None
    line: int = 0


class Read(Request, frozen=True, tag="cards"):
    """The cards of a program."""

    variant = STUDY

    source: str

    def answer(self, body: bytes) -> tuple[Outline, bytes]:
        """The cards, or why there are none."""
        return outline(self.source), b""


class Opened(msgspec.Struct, frozen=True):
    """The whole text of a card, and what it means."""

    code: str
    meaning: Meaning


class Open(Request, frozen=True, tag="card"):
    """One card to be edited."""

    variant = STUDY

    source: str
    index: int

    def answer(self, body: bytes) -> tuple[Opened, bytes]:
        """The card."""
        card = statement(self.source, self.index)
        return Opened(card.code, sendable(card.meaning)), b""


class Drafted(msgspec.Struct, frozen=True):
    """What a card would write: its `statement`, or `advice` what is still to be typed.

    `is_same` says that the card means this already. Else `tried` is the program before it with the statement at its
    end, and `whole` the program that it would make (None: the same); or `fault` says why they are no programs.
    """

    statement: str = ""
    advice: str = ""
    is_same: bool = False
    tried: str = ""
    whole: str | None = None
    fault: str = ""


class Draft(Request, frozen=True, tag="draft"):
    """What a wish comes to in a program: in the place of card `chosen`, or else new, before number `at` (None: last).

    `stop` is where the program before it ends.
    """

    variant = STUDY

    source: str
    wish: Wish
    stop: int
    at: int | None = None
    chosen: int | None = None

    def answer(self, body: bytes) -> tuple[Drafted, bytes]:
        """The statement, and the programs to try it in."""
        from ..program.editing import document
        from ..program.editing.fields import Unfinished

        try:
            made = written(self.wish)
        except Unfinished as advice:
            return Drafted(advice=str(advice)), b""
        try:
            whole: str | None
            if self.chosen is not None:
                card = statement(self.source, self.chosen)
                is_known = not isinstance(card.meaning, Other | Import)
                if made == card.code or (is_known and meaning(made) == card.meaning):
                    return Drafted(card.code, is_same=True), b""
                whole = document.replace(self.source, self.chosen, made)
            else:
                whole = None if self.at is None else document.put(self.source, self.at, made)[0]
            return Drafted(made, tried=document.append(self.source[: self.stop], made), whole=whole), b""
        except document.Unreadable as why:
            return Drafted(made, fault=why.message), b""


class Changed(msgspec.Struct, frozen=True):
    """The program after a change, with its cards; `at` is the number behind a new card; or `advice` why it is none."""

    source: str = ""
    outline: Outline = Outline()
    at: int = 0
    advice: str = ""


class Write(Request, frozen=True, tag="write"):
    """A card writes its statement: in the place of card `chosen`, or before number `at` (None: last)."""

    variant = STUDY

    source: str
    wish: Wish
    at: int | None = None
    chosen: int | None = None

    def answer(self, body: bytes) -> tuple[Changed, bytes]:
        """The program with it."""
        from ..program.editing import document
        from ..program.editing.fields import Unfinished

        try:
            made = written(self.wish)
            if self.chosen is not None:
                source, at = document.replace(self.source, self.chosen, made), 0
            else:
                source, index = document.put(self.source, self.at, made)
                at = index + len(document.statements(made))
        except (Unfinished, document.Unreadable, IndexError) as advice:
            return Changed(advice=str(advice)), b""
        return changed(source, at), b""


class Move(Request, frozen=True, tag="move"):
    """A card goes to the place of another."""

    variant = STUDY

    source: str
    index: int
    to: int

    def answer(self, body: bytes) -> tuple[Changed, bytes]:
        """The program with its statements in another order."""
        from ..program.editing import document

        try:
            return changed(document.move(self.source, self.index, self.to)), b""
        except (document.Unreadable, IndexError) as advice:
            return Changed(advice=str(advice)), b""


class Remove(Request, frozen=True, tag="remove"):
    """A card goes."""

    variant = STUDY

    source: str
    index: int

    def answer(self, body: bytes) -> tuple[Changed, bytes]:
        """The program without it."""
        from ..program.editing import document

        try:
            return changed(document.remove(self.source, self.index)), b""
        except (document.Unreadable, IndexError) as advice:
            return Changed(advice=str(advice)), b""


# -- for the page

A = TypeVar("A")


def cards(source: str) -> Outline:
    """The cards of a program; where it is too much to be read, that is why there are none. Raises NotNow."""
    try:
        return ask(Read(source), Outline)[0]
    except NotNow:
        raise
    except NotPresented as why:
        return Outline(fault=f"this program cannot be read as cards. {why}")


def opened(source: str, index: int) -> Opened:
    """The card of this number; raises NotPresented."""
    return ask(Open(source, index), Opened)[0]


def drafted(source: str, wish: Wish, stop: int, at: int | None = None, chosen: int | None = None) -> Drafted:
    """What a wish comes to, as `Draft`; raises NotPresented."""
    return ask(Draft(source, wish, stop, at, chosen), Drafted)[0]


def change(request: Write | Move | Remove) -> Changed:
    """The program after a change; whatever stands in its way is the answer's advice."""
    try:
        return ask(request, Changed)[0]
    except NotPresented as why:
        return Changed(advice=str(why))


# -- in the worker


def outline(source: str) -> Outline:
    """The cards of a program."""
    from ..program.editing import document

    try:
        found = document.statements(source)
    except document.Unreadable as why:
        return Outline(fault=why.message[:LONGEST_LINE], line=why.line)
    stops = [0, *(end.end() for end in document.LINE_END.finditer(source)), len(source)]
    made = tuple(card_of(one, stops[min(one.last_line, len(stops) - 1)]) for one in found[:MOST])
    return Outline(made, len(found))


def card_of(one: Statement, stop: int) -> Card:
    """A statement as its card shows it."""
    first, *rest = one.code.split("\n")
    text = first[:LONGEST_LINE] + (" …" if rest or len(first) > LONGEST_LINE else "")
    mark = hashlib.blake2b(one.code.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    name = getattr(one.meaning, "name", "")
    is_short = len(name) <= LONGEST_NAME
    return Card(one.index, one.meaning.kind, name if is_short else "", text, one.first_line, one.last_line, stop, mark)


def statement(source: str, index: int) -> Statement:
    """The statement of this number; raises NotPresented."""
    from ..program.editing import document

    try:
        found = document.statements(source)
    except document.Unreadable as why:
        raise NotPresented(why.message) from None
    if not 0 <= index < len(found):
        raise NotPresented("There is no such card.")
    return found[index]


def sendable(meaning: Meaning) -> Meaning:
    """What a statement means, unless it has a number that no message holds."""
    try:
        msgspec.msgpack.encode(meaning)
    except OverflowError:
        return Other()
    return meaning


def changed(source: str, at: int = 0) -> Changed:
    """A program that was changed, and its cards."""
    if len(source) > LONGEST:
        return Changed(advice=f"The program would have {len(source):,} characters; the limit is {LONGEST:,}.")
    return Changed(source, outline(source), at)


def prepare() -> None:
    """Nothing is read here but what is imported."""


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """Requests that use everything that is imported here."""
    source, wish = rehearsal.PROGRAM, Wish.of("seed", number="7")
    requests = (
        Read(source),
        Read("match 1:\n    case (1): pass\n"),
        Open(source, 1),
        Draft(source, wish, len(source), at=1),
        Write(source, wish, chosen=1),
        Move(source, 1, 2),
        Remove(source, 1),
    )
    return tuple((one, b"") for one in requests)
