"""What the page asks a presenter for, and how it gets the answer.

A request is a small struct that knows how to answer itself. Only its answer runs in the worker, where it may import
what it likes of what its variant has loaded; the page's process sends the request, and reads an answer of its type.
"""

from __future__ import annotations

from typing import ClassVar, TypeVar

import msgspec

from ..workers import pool
from ..workers.pool import BRISK, Busy, Died, Kind, NotStarted, Overdue
from ..workers.protocol import MIB, decode
from . import noted

A = TypeVar("A")

SECONDS = 5.0
"""Seconds for which a presenter may work."""
LATE = "This is too large: it was not ready in time."
MEMORY = 512
"""MiB that it may use above what it uses at rest."""
MOST = 64 * MIB
"""Bytes of a body that it may answer with: a file to be downloaded."""

PICTURE, STUDY = "picture", "study"
"""The variants of presenters: those that lay out and explain, and those that have loaded SymPy, LibCST and plotly."""

KINDS = {
    PICTURE: Kind("vizgrad.workers.kinds.present", PICTURE, "the process that draws"),
    STUDY: Kind("vizgrad.workers.kinds.present", STUDY, "the process that derives and plots"),
}


class Request(msgspec.Struct, frozen=True):
    """One thing to be made; a body of bytes, such as a trace's JSON, may come with it."""

    variant: ClassVar[str] = PICTURE
    stands_back: ClassVar[bool] = False
    """Whether it can wait for others: what stands below the picture, and comes by itself."""

    def answer(self, body: bytes) -> tuple[object, bytes]:
        """In the worker: the answer, a struct that the page reads, and bytes that it passes on."""
        raise NotImplementedError


class NotPresented(Exception):
    """There is no answer; the text is a sentence for the reader."""


class NotNow(NotPresented):
    """There is no answer at this moment; the same request may have one later."""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The worker's word that there is no answer, and why: a sentence for the reader; `noted` is for the log."""

    why: str
    noted: str = ""


class Given(msgspec.Struct, frozen=True, tag="given"):
    """The worker's answer; `noted` is for the log."""

    answer: msgspec.Raw
    noted: str = ""


def ask(
    request: Request, answer: type[A], body: bytes = b"", *, seconds: float = SECONDS, most: int = MOST
) -> tuple[A, bytes]:
    """Has a presenter answer the request; gives its answer and its bytes.

    Raises NotPresented, with a sentence for the reader, where it may not, cannot, or needs too much.
    """
    try:
        brisk = 0.0 if request.stands_back else BRISK
        head, bulk = pool.ask(
            KINDS[request.variant], request, body, seconds=seconds, memory=MEMORY, most=most, brisk=brisk
        )
        said = decode(head, type=Given | Refused)
        if said.noted:
            noted.tell(said.noted)
        if isinstance(said, Refused):
            raise NotPresented(said.why)
        return decode(said.answer, type=answer), bulk
    except Died as death:
        raise NotPresented(_why_it_died(death.report)) from None
    except Overdue:
        raise NotPresented(LATE) from None
    except (NotStarted, Busy) as error:
        raise NotNow(str(error)) from error
    except ValueError:
        raise NotPresented("This cannot be shown.") from None


def _why_it_died(report: str) -> str:
    """What a worker's last words say: Python's traceback, or that of its own clock or of a crash."""
    if report.startswith("Traceback"):
        return "Something in vizgrad failed while it worked on this. It was noted."
    if report and "Fatal Python error" not in report:
        return LATE
    return "This needs more memory than there is for it, or is beyond what can be shown."


def warm(*variants: str) -> None:
    """Starts the presenters in the background, and returns at once."""
    for variant in variants or KINDS:
        pool.warm(KINDS[variant])


def is_warm(variant: str) -> bool:
    """Whether a request of this variant would be answered at once."""
    return pool.is_warm(KINDS[variant])


__all__ = ["PICTURE", "STUDY", "NotNow", "NotPresented", "Request", "ask", "is_warm", "warm"]
