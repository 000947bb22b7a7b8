"""What happens once in a server's life, when the first visitor comes."""

from __future__ import annotations

import logging
import threading
import time

from ..present import request
from ..program import isolated
from ..workers.confinement import missing
from . import heap, idle
from .files import uploads

log = logging.getLogger("vizgrad")
PATIENCE = 10.0
"""Seconds after which the rest is started although the first is not there yet."""
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
    heap.keep_together()
    threading.Thread(target=_warm, name="vizgrad-start", daemon=True).start()
    idle.watch()
    uploads.start()


def _warm() -> None:
    """Starts the processes in the order in which the first page needs them; PyTorch is started by the first check."""
    isolated.warm("numpy")
    request.warm(request.PICTURE)
    until = time.monotonic() + PATIENCE
    while not (isolated.is_warm("numpy") and request.is_warm(request.PICTURE)) and time.monotonic() < until:
        time.sleep(0.05)
    request.warm(request.STUDY)
