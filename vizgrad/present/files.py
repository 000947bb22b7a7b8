"""What is on show as files: the player, the picture, the notebook."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal

import msgspec

from .request import STUDY, NotPresented, Request, ask
from .traces import read, scene_of

if TYPE_CHECKING:
    from ..api import Trace

Format = Literal["html", "svg", "png", "pdf", "dot", "ipynb"]
LONGEST_TITLE = 200
SECONDS = 10.0
"""Time that a file may take: a large PNG takes longer than a picture on the page."""


class Made(msgspec.Struct, frozen=True):
    """A file was made; it is the answer's bytes."""


class Export(Request, frozen=True, tag="export"):
    """A run as a file, pictures of one scene of it; `source` is the program's text in a notebook, whose run this is."""

    variant = STUDY

    format: Format
    scene: int = -1
    title: str = ""
    source: str = ""

    def answer(self, body: bytes) -> tuple[Made, bytes]:
        """The file's content."""
        from ..api import Trace
        from ..draw.errors import LayoutError

        if self.format == "ipynb":
            return Made(), notebook(self.source, body)
        trace = read(body)
        scene_of(trace, self.scene)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of signs that no font has: � stands in their place
                return Made(), content(self, Trace.of(trace))
        except LayoutError as why:
            raise NotPresented(str(why)) from None


def exported(trace: bytes, format: Format, scene: int = -1, title: str = "", source: str = "") -> bytes:
    """A file of a run, whose trace is given as JSON (b"": no run, for a notebook); raises NotPresented."""
    return ask(Export(format, scene, title[:LONGEST_TITLE], source), Made, trace, seconds=SECONDS)[1]


def content(asked: Export, trace: Trace) -> bytes:
    """The file's content."""
    made: str | bytes
    match asked.format:
        case "html":
            made = trace.html(title=asked.title)
        case "dot":
            made = trace.dot(asked.scene).source
        case "svg":
            made = trace.svg(asked.scene)
        case "png":
            made = trace.png(asked.scene)
        case _:
            made = trace.pdf(asked.scene)
    return made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass")


def notebook(source: str, body: bytes) -> bytes:
    """A program as a notebook, with what its run put out where there is one."""
    from ..program.notebook import ipynb as notebook

    trace = read(body) if body else None
    return notebook.write(source, trace).encode("utf-8", "surrogatepass")


def prepare() -> None:
    """Loads what writes pictures, and its fonts."""
    from ..draw.render import image

    image.prepare()


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """Requests that use everything that is imported here; no PNG or PDF, for which threads would start."""
    written = Export("ipynb", source="import torch\nprint(1)\n")
    return tuple((one, trace) for one in (Export("html"), Export("svg"), Export("dot"), written))
