"""All requests, as one type by which a worker reads them, and what they need to have loaded before they come."""

from __future__ import annotations

from functools import cache

from ..program.rehearsal import FIRST
from ..program.run import execute
from .player import Play

ANY = Play
"""Any request. Every class has a tag of its own."""

ENGINE = "numpy"


@cache
def recorded() -> bytes:
    """The record of a small program."""
    return execute(FIRST, ENGINE).to_json().encode()


def prepare(has_studies: bool) -> None:
    """Answers a request of each kind once, so that all that they import is there when no file can be opened."""
    warm_up()


def warm_up() -> None:
    """Answers the request that most are: what the player shows."""
    Play(source=FIRST, engine=ENGINE).answer(recorded())
