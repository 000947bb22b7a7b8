"""System calls for which Python has no function, by the C library."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from typing import Any

NO_NEW_PRIVS = 38
DUMPABLE = 4
PARENT_DEATH_SIGNAL = 1
SECCOMP = 22

_VERSION = 0x20080522
"""Version 3 of capget and capset."""
_Head = ctypes.c_uint32 * 2
"""The version, and the process: 0 for the one that calls."""
_Sets = ctypes.c_uint32 * 6
"""Effective, permitted and inheritable, once for the low half of the bits and once for the high half."""


@cache
def _library() -> Any:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    library.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    return library


def call(number: int, *arguments: int) -> int:
    """What a system call returns; raises OSError."""
    return _checked(_library().syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)))


def prctl(option: int, value: int, more: int = 0) -> int:
    """What prctl returns; raises OSError."""
    return _checked(_library().prctl(option, value, more, 0, 0))


def capabilities() -> int:
    """The capabilities in effect, a bit each; raises OSError."""
    sets = _Sets()
    _checked(_library().capget(_Head(_VERSION, 0), sets))
    return sets[0] | sets[3] << 32


def drop_capabilities() -> None:
    """Gives up every capability; raises OSError."""
    _checked(_library().capset(_Head(_VERSION, 0), _Sets()))


def _checked(result: int) -> int:
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
