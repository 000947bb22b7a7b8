"""All requests, as one type by which a worker reads them, and what they need to have loaded before they come."""

from __future__ import annotations

from ..program.run import execute
from . import cards, derivation, inspector, player, rehearsal, trials
from .derivation import Derive, Judge
from .inspector import Inspect
from .player import Play
from .request import STUDY

ANY = (
    Play | Derive | Judge | Inspect
    | cards.Read | cards.Open | cards.Draft | cards.Write | cards.Move | cards.Remove
    | trials.Know | trials.Judge | trials.Shape
)  # fmt: skip
"""Any request. Every class has a tag of its own."""

TOPICS = (player, derivation, inspector, cards, trials)
"""The modules of requests: `rehearsals()` gives some that load what the others need too, `prepare()` reads files."""


def prepare(has_studies: bool) -> None:
    """Answers some requests of each kind, so that all that they import is there when no file can be opened."""
    body = execute(rehearsal.PROGRAM, "numpy").to_json().encode()
    for topic in TOPICS:
        requests = [one for one in topic.rehearsals() if has_studies or one.variant != STUDY]
        if requests:
            topic.prepare()
        for request in requests:
            request.answer(body)
