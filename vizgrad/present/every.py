"""All requests, as one type by which a worker reads them, and what they need to have loaded before they come."""

from __future__ import annotations

from functools import cache

from ..program.rehearsal import FIRST, load_numpy
from ..program.run import execute
from . import (
    agreement,
    cards,
    charts,
    derivation,
    files,
    inspector,
    opening,
    player,
    rehearsal,
    thumbnail,
    trials,
    whatif,
)
from .charts import Plot
from .player import Play
from .request import PICTURE

ANY = (
    Play | thumbnail.Small | inspector.Inspect | agreement.Compare
    | trials.Know | trials.Judge | trials.Shape
    | Plot | whatif.Leaves | whatif.Curve | whatif.Surface
    | derivation.Derive | derivation.Judge
    | cards.Read | cards.Open | cards.Draft | cards.Write | cards.Move | cards.Remove
    | opening.OpenFile | files.Export
)  # fmt: skip
"""Any request. Every class has a tag of its own."""

TOPICS = (player, thumbnail, inspector, trials, agreement, derivation, cards, opening, files)
CHARTS = (charts, whatif)
"""The modules of requests: `rehearsals(trace)` gives some with their bodies, that load what the others need as well;
`prepare()` loads what is read late."""

ENGINE = "numpy"
RUN_IN = 10
"""Pictures after which Python has made its bytecode fast: done before the fork, no presenter of them does it again."""


@cache
def recorded(program: str) -> bytes:
    """The record of a program of ours."""
    return execute(program, ENGINE).to_json().encode()


def prepare(has_studies: bool) -> None:
    """Answers some requests of each kind, so that all that they import is there when no file can be opened."""
    load_numpy()
    recorded(FIRST)
    for topics, program in ((TOPICS, rehearsal.PROGRAM), (CHARTS, rehearsal.CHARTED)):
        for topic in topics:
            wanted = [pair for pair in topic.rehearsals(recorded(program)) if has_studies or pair[0].variant == PICTURE]
            if wanted:
                topic.prepare()
            for request, body in wanted:
                for _ in range(RUN_IN if isinstance(request, Play) and not has_studies else 1):
                    request.answer(body)
