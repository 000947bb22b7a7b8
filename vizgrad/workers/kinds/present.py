"""Presenting: whatever is shown of a run, or read from what a visitor wrote; the variant says what is loaded ahead."""

from __future__ import annotations

import msgspec

from ...present import every
from ...present.noted import noted
from ...present.request import STUDY, Given, NotPresented, Refused
from ..protocol import Say, decode, encode


def prepare(variant: str) -> None:
    """Loads what the requests of this variant need, by having them answered once."""
    every.prepare(has_studies=variant == STUDY)


def warm_up(variant: str) -> None:
    """Nothing: a picture is not there sooner for it, and each would cost the machine twice as much."""


def answer(variant: str, work: bytes, body: bytes, say: Say) -> tuple[bytes, bytes]:
    """The answer of a request to itself, or why there is none."""
    request = decode(work, type=every.ANY)
    with noted() as kept:
        try:
            made, bulk = request.answer(body)
        except NotPresented as error:
            return encode(Refused(str(error), kept.text)), b""
        except MemoryError:
            return encode(Refused("This needs more memory than there is for it.", kept.text)), b""
    return encode(Given(msgspec.Raw(encode(made)), kept.text)), bulk
