"""The gradients of a run in charts, and the table of its tensors."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

import msgspec

from ..trace import Backward, Trace
from ..workers.protocol import MIB
from .figures import made
from .request import STUDY, NotPresented, Request, ask
from .traces import read

if TYPE_CHECKING:
    from ..plots import Figure

    Draw = Callable[[], Figure | None]

log = logging.getLogger("vizgrad")

LOOP, NORMS = "training", "norms"
"""Keys of the charts that are not about one tensor."""
MOST = 24
"""Charts of single tensors that are drawn; a model of many layers has its norms for the rest."""
LONGEST = 6 * MIB
"""Bytes of all figures together."""
TABLE_SECONDS, SECONDS = 1.5, 3.5
"""After so long no further row of the table is made, and no further figure begun: what is there by then is shown."""
MOST_FAULTS, LONGEST_FAULT = 3, 4_000
"""Tracebacks that are told, and their characters."""


class Plotted(msgspec.Struct, frozen=True):
    """What comes with the figures.

    `table` is the table of tensors as HTML, which `more` tensors are not in. `keys` are those of the charts in their
    order, and `missing` has a sentence for each that there is no figure of. `several`: there is more than one gradient.
    `ungraded` says why there is none; `faults` are tracebacks for the log.
    """

    table: str
    more: int
    keys: Annotated[tuple[str, ...], msgspec.Meta(max_length=2 * MOST + 2)]
    missing: dict[str, str]
    several: bool
    ungraded: str | None
    faults: tuple[str, ...] = ()


class Plot(Request, frozen=True, tag="plot"):
    """The charts of a run, and the table of one scene's tensors (the last, if there is none of that number)."""

    variant = STUDY
    stands_back = True

    scene: int = -1
    dark: bool = False
    same_scale: bool = False
    zoom: float = 1.0

    def answer(self, body: bytes) -> tuple[Plotted, bytes]:
        """What comes with the figures, and a JSON object of the figures by their keys."""
        from .table import Table, table

        trace = read(body)
        scene = self.scene if -1 <= self.scene < len(trace.scenes) else -1
        drawn = _Drawn(self.zoom)
        try:
            told = table(trace, scene, TABLE_SECONDS)
        except Exception as error:
            told = Table("", len(trace.scenes[scene].tensors))
            drawn.log(error)
        for key, draw in self._drawings(trace, scene):
            drawn.add(key, draw)
        grads = trace.end.grads
        answer = Plotted(
            table=told.html,
            more=told.more,
            keys=tuple(drawn.keys),
            missing=drawn.missing,
            several=len(grads) > 1,
            ungraded=None if grads else why_none(trace),
            faults=tuple(drawn.faults),
        )
        return answer, drawn.json()

    def _drawings(self, trace: Trace, scene: int) -> Iterator[tuple[str, Draw]]:
        """The charts' keys in their order, each with what draws it.

        The loss of a loop first, then each tensor's gradient and what it is the sum of, then the norms along the graph.
        """
        from .. import plots

        tensors = sorted(trace.end.grads)
        same_scale = self.same_scale and len(tensors) > 1

        def panel(tensor: int) -> Figure:
            return plots.gradients(trace, dark=self.dark, same_scale=same_scale, of=(tensor,))[0].figure

        def sums(tensor: int) -> Figure | None:
            return plots.makeup(trace, dark=self.dark, of=(tensor,)).get(tensor)

        yield LOOP, partial(plots.training, trace, dark=self.dark)
        for tensor in tensors[:MOST]:
            yield f"grad_{tensor}", partial(panel, tensor)
            yield f"sum_{tensor}", partial(sums, tensor)
        yield NORMS, partial(plots.norms, trace, scene, dark=self.dark)


class _Drawn:
    """The charts that are drawn by now: one that cannot be drawn takes none of the others with it."""

    def __init__(self, zoom: float) -> None:
        self.zoom = zoom
        self.keys: list[str] = []
        self.missing: dict[str, str] = {}
        self.faults: list[str] = []
        self._until = time.process_time() + SECONDS
        self._parts: list[bytes] = []
        self._room = LONGEST

    def add(self, key: str, draw: Draw) -> None:
        """Draws one more, or notes why it is missing."""
        try:
            if time.process_time() > self._until:
                raise NotPresented("There was no time left for this chart.")
            if (figure := draw()) is None:
                return
            text = made(figure, self.zoom)
            if len(text) > self._room:
                raise NotPresented("There are too many charts for this one to be shown as well.")
            self._room -= len(text)
            self._parts.append(b'"%s":%s' % (key.encode(), text))
        except NotPresented as why:
            self.missing[key] = str(why)
        except Exception as error:
            self.missing[key] = "This chart could not be drawn."
            self.log(error)
        self.keys.append(key)

    def log(self, error: Exception) -> None:
        """Notes what failed, for the log."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append("".join(traceback.format_exception(error))[-LONGEST_FAULT:])

    def json(self) -> bytes:
        """The figures by their keys."""
        return b"{%s}" % b",".join(self._parts)


def why_none(trace: Trace) -> str:
    """Why there is no gradient to look at, and what to do."""
    if not any(trace.end.requires_grad.values()):
        return "No tensor requires a gradient: make a leaf with requires_grad=True."
    if not any(isinstance(event, Backward) for event in trace.events):
        return "No tensor has a .grad: gradients appear after backward()."
    return "No tensor has a .grad at the end of the program."


def charts(
    trace: bytes, scene: int = -1, dark: bool = False, same_scale: bool = False, zoom: float = 1.0
) -> tuple[Plotted, bytes]:
    """The charts and the table of a run, whose trace is given as JSON; raises NotPresented."""
    plotted, figures = ask(Plot(scene, dark, same_scale, zoom), Plotted, trace, most=LONGEST + MIB)
    for fault in plotted.faults:
        log.error("a part of the page could not be made\n%s", fault)
    return plotted, figures


def prepare() -> None:
    """Nothing is read here but what is imported."""


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """Requests that use everything that is imported here."""
    return (Plot(), trace), (Plot(zoom=2.0, dark=True), trace)
