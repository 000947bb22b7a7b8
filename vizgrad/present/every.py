"""All requests, as one type by which a worker reads them, and what they need to have loaded before they come."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ..program.rehearsal import FIRST
from ..program.run import execute
from ..workers.protocol import encode
from .agreement import Compare
from .charts import Plot
from .player import Play
from .request import PICTURE, Request
from .whatif import Axis, Curve, Leaves, Surface

ANY = Play | Plot | Leaves | Curve | Surface | Compare
"""Any request. Every class has a tag of its own."""

ENGINE = "numpy"

CHARTED = """
import torch
é = 1  # the interpreter loads a table for the first name that is not ASCII
w = torch.tensor(3.0, requires_grad=True)
v = torch.tensor([0.0, 1.0], requires_grad=True)
m = torch.tensor([[0.0, 1.0], [2.0, 3.0]], requires_grad=True)
large = torch.ones(40, 40, requires_grad=True)
for i in range(4):
    loss = (w - 1) ** 2 + torch.sqrt(v).sum() + torch.log(m).sum() + (large * large).sum() / 1000
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
"""
"""A program with a chart of each kind."""


@cache
def recorded(program: str = FIRST) -> bytes:
    """The record of a small program."""
    return execute(program, ENGINE).to_json().encode()


def prepare(has_studies: bool) -> None:
    """Answers a request of each kind once, so that all that they import is there when no file can be opened."""
    for request, body in rehearsed():
        if request.variant == PICTURE or has_studies:
            request.answer(body)


def rehearsed() -> Iterator[tuple[Request, bytes]]:
    """A request of each class, with a body."""
    body = recorded(CHARTED)
    other = recorded(CHARTED.replace("0.1", "0.2")).replace(b"0.2", b"0.1")
    axis, second = Axis(0, 0, "w", (0.0, 1.0, 2.0), 3.0), Axis(1, 0, "v[0]", (0.0, 1.0), 0.0)
    yield Play(source=FIRST, engine=ENGINE), recorded()
    yield Leaves(), body
    yield Compare(CHARTED, "one", "the other"), encode((body, other))
    for zoom in (1.0, 2.0):
        yield Plot(zoom=zoom, dark=zoom > 1), body
        yield Curve(axis, (1.0, 2.0, float("nan")), (1.0, 2.0, 3.0), zoom=zoom), body
        yield Surface((axis, second), ((1.0, 2.0, 3.0), (3.0, 2.0, 1.0)), zoom=zoom), body


def warm_up(has_studies: bool) -> None:
    """Answers the request that most are: what the player shows, or the charts."""
    request = Plot() if has_studies else Play(source=FIRST, engine=ENGINE)
    request.answer(recorded())
