"""How the app and its workers talk: length, then bytes; JSON only, since the worker is not to be trusted."""

from __future__ import annotations

import struct
from collections.abc import Callable

import msgspec

from .limits import Limits
from .whatif import NOTHING, WhatIf

READY = b"ready"
"""What a process says when it has loaded its engine."""
AFTERWARDS = 0.75
"""Seconds that a worker has to free a program's memory and write its record, once the program has ended."""
ENDED = b"ended "
"""What a worker says before its answer when a program's own code has ended, and then the line of its fault, or 0."""
HEAD = struct.Struct("<I")


class Request(msgspec.Struct, frozen=True):
    """One program to run."""

    source: str
    limits: Limits
    scene: int = -1
    what_if: WhatIf = NOTHING


class Answer(msgspec.Struct, frozen=True):
    """What came of it: the trace's JSON, and whether the worker can be used again."""

    fit: bool
    trace: msgspec.Raw


encode = msgspec.json.encode


def frame(data: bytes) -> bytes:
    """The bytes with their length before them."""
    return HEAD.pack(len(data)) + data


def receive(read: Callable[[int], bytes], limit: int) -> bytes:
    """One message of at most `limit` bytes; EOFError where the other side has gone, ValueError where it is longer."""
    (length,) = HEAD.unpack(_exactly(read, HEAD.size))
    if length > limit:
        raise ValueError(f"a message of {length:,} bytes; the limit is {limit:,}")
    return _exactly(read, length)


def receive_answer(read: Callable[[int], bytes], limit: int, ends: list[int]) -> bytes:
    """An answer of at most `limit` bytes; where the program has ended (which may run twice) is added to `ends`."""
    message = receive(read, limit)
    while message.startswith(ENDED) and len(ends) < 2:
        ends.append(int(message.removeprefix(ENDED)))
        message = receive(read, limit)
    return message


def _exactly(read: Callable[[int], bytes], n: int) -> bytes:
    parts = []
    while n:
        part = read(min(n, 1 << 20))
        if not part:
            raise EOFError("the other side has gone")
        parts.append(part)
        n -= len(part)
    return b"".join(parts)
