"""What happens once in a server's life, when the first visitor comes."""

from __future__ import annotations

import logging
import threading

from ..present import request
from ..program import isolated
from ..workers.confinement import missing
from . import idle, uploads

log = logging.getLogger("vizgrad")
_lock = threading.Lock()
_is_done = False


def once() -> None:
    """Says in one line what this system lacks to confine programs, and begins to look after idle sessions."""
    global _is_done
    with _lock:
        if _is_done:
            return
        _is_done = True
    if lacks := missing():
        log.warning(
            "This system lacks %s: programs run in processes of their own, less confined than a public server needs.",
            ", ".join(lacks),
        )
    isolated.warm("numpy")
    request.warm(request.PICTURE)
    idle.watch()
    uploads.start()


def afterwards() -> None:
    """Starts what the first page does not need, now that it is drawn."""
    request.warm(request.STUDY)
