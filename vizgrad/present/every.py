"""All requests, as one type by which a worker reads them, and what they need to have loaded before they come."""

from __future__ import annotations

from functools import cache

from ..program.rehearsal import FIRST
from ..program.run import execute
from . import cards, derivation, files, inspector, opening, player, rehearsal, thumbnail, trials
from .derivation import Derive, Judge
from .inspector import Inspect
from .player import Play

ANY = (
    Play | Derive | Judge | Inspect
    | cards.Read | cards.Open | cards.Draft | cards.Write | cards.Move | cards.Remove
    | trials.Know | trials.Judge | trials.Shape
    | opening.OpenFile | files.Export | thumbnail.Small
)  # fmt: skip
"""Any request. Every class has a tag of its own."""

PICTURES = (player, thumbnail, inspector, trials)
STUDIES = (derivation, cards, opening, files)
"""The modules of requests: `rehearsals(trace)` gives some with their bodies, that load what the others need as well;
`prepare()` loads what is read late."""

ENGINE = "numpy"


@cache
def recorded(program: str) -> bytes:
    """The record of a program of ours."""
    return execute(program, ENGINE).to_json().encode()


def prepare(has_studies: bool) -> None:
    """Answers some requests of each kind, so that all that they import is there when no file can be opened."""
    recorded(FIRST)
    for topic in (*PICTURES, *STUDIES) if has_studies else PICTURES:
        topic.prepare()
        for request, body in topic.rehearsals(recorded(rehearsal.PROGRAM)):
            request.answer(body)


def warm_up() -> None:
    """Answers the request that most are: what the player shows."""
    Play(source=FIRST, engine=ENGINE).answer(recorded(FIRST))
