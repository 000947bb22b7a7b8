"""Landlock: the kernel's second opinion, which needs no list of calls.

It takes away every file by its path, TCP, and signals and abstract Unix sockets to processes outside, as far as the
kernel's version of it goes. No right is given back, so the set of rules stays empty.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache

from . import kernel

CREATE, RESTRICT = 444, 446
"""The numbers of its calls, the same on every architecture."""
VERSION = 1
LATEST = 6
"""The version that has all that is used here."""
_FILES = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many kinds of access to files each version knows; later ones have those of the last."""
_TCP = 0b11
"""To bind and to connect."""
_OUTSIDE = 0b11
"""To reach abstract sockets and to signal."""


@cache
def version() -> int:
    """The version that the kernel has, 0 for none; changes nothing."""
    try:
        return kernel.call(CREATE, 0, 0, VERSION)
    except OSError:
        return 0


def restrict() -> None:
    """Gives up all that the kernel's version can take; new privileges must have been given up before.

    Raises OSError if the kernel has no Landlock or refuses.
    """
    known = version()
    handled = [(1 << _FILES[min(max(known, 1), max(_FILES))]) - 1]
    if known >= 4:
        handled.append(_TCP)
    if known >= 6:
        handled.append(_OUTSIDE)
    rules = (ctypes.c_uint64 * len(handled))(*handled)
    ruleset = kernel.call(CREATE, ctypes.addressof(rules), ctypes.sizeof(rules), 0)
    try:
        kernel.call(RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
