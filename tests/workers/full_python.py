"""A kind of work for tests: the worker of an engine after an escape, with all of Python in a visitor's hands."""

from __future__ import annotations

import contextlib
import io
import traceback

from vizgrad.workers.kinds import run
from vizgrad.workers.protocol import Say, decode, encode

prepare, warm_up = run.prepare, run.warm_up


def answer(variant: str, work: bytes, body: bytes, say: Say) -> tuple[bytes, bytes]:
    """What the text prints, run without any policy."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(decode(work, type=str), {"__name__": "attacker"})
        except BaseException:
            traceback.print_exc(file=out)
    return encode(out.getvalue()), b""
