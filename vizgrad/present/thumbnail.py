"""A graph in small, to choose by."""

from __future__ import annotations

import msgspec

from .request import NotPresented, Request, ask
from .traces import read


class Drawn(msgspec.Struct, frozen=True):
    """A picture was drawn; it is the answer's bytes."""


class Small(Request, frozen=True, tag="thumbnail"):
    """The last scene of a run in small, as SVG."""

    dark: bool = False

    def answer(self, body: bytes) -> tuple[Drawn, bytes]:
        """The SVG."""
        from ..draw.errors import LayoutError
        from ..draw.render.thumbnail import thumbnail

        try:
            return Drawn(), thumbnail(read(body), dark=self.dark).encode()
        except LayoutError as why:
            raise NotPresented(str(why)) from None


def small(trace: bytes, dark: bool) -> bytes:
    """The last scene of a run, whose trace is given as JSON, as a small SVG; raises NotPresented."""
    return ask(Small(dark), Drawn, trace)[1]


def prepare() -> None:
    """Nothing is read here but what is imported."""


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """Requests that use everything that is imported here."""
    return ((Small(), trace),)
