"""How the app and its workers talk: two lengths, a head, and a body of bytes that need not be read.

The worker is not to be trusted: what it sends is checked for its size before it is received, a head (MessagePack, which
keeps NaN) is decoded into small typed structs, and a body is passed on as it is.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

import msgspec

MIB = 1 << 20
READY = b"ready"
"""What a process says when it has loaded what its work needs."""
AHEAD, NOW = b"a", b"n"
"""What a zygote is asked for: a worker that waits for a request, or one for a request that waits."""
LENGTHS = struct.Struct("<II")
NUMBER = struct.Struct("<I")
LONGEST_HEAD = 4 * MIB
"""Bytes of a head at most: a request with its program, or an answer that the app reads itself."""
MOST_NOTES, LONGEST_NOTE = 4, 200
"""Notes that a worker may send before its answer, and their characters."""

Read = Callable[[int], bytes]
"""Gives up to so many bytes, none where the other side has gone."""
Say = Callable[[str], None]
"""Sends a note: something that the app should know even if no answer follows."""


class Request(msgspec.Struct, frozen=True):
    """What one worker is asked to do, and what it may use; a body may come with it.

    `nonce` is a secret of this request: an answer that does not hold it is none. `seconds` (of the processor's
    time) and `memory` (MiB above what the worker uses at rest) are limits that the system enforces.
    """

    nonce: str
    seconds: float
    memory: int
    work: msgspec.Raw


class Note(msgspec.Struct, frozen=True, tag="note"):
    """What a worker says before its answer."""

    nonce: str
    text: str


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """A worker's answer."""

    nonce: str
    answer: msgspec.Raw


class Answer(NamedTuple):
    """What a worker answered: a head that is still to be decoded, and bytes that are passed on."""

    head: bytes
    body: bytes


encode = msgspec.msgpack.encode
decode = msgspec.msgpack.decode


def frame(head: bytes, body: bytes = b"") -> bytes:
    """A message as it is sent."""
    return b"".join((LENGTHS.pack(len(head), len(body)), head, body))


def receive(read: Read, most_body: int, most_head: int = LONGEST_HEAD) -> Answer:
    """One message; EOFError where the other side has gone, ValueError where it is longer than allowed."""
    head, body = LENGTHS.unpack(_exactly(read, LENGTHS.size))
    if head > most_head or body > most_body:
        raise ValueError(f"a message of {head:,} and {body:,} bytes; the limits are {most_head:,} and {most_body:,}")
    return Answer(_exactly(read, head), _exactly(read, body))


def receive_answer(read: Read, nonce: str, most_body: int, notes: list[str]) -> Answer:
    """The answer to the request with this nonce; notes that come before it are added to `notes`.

    Raises EOFError where the other side has gone, ValueError for what is not an answer to this request.
    """
    while True:
        head, body = receive(read, most_body)
        said = decode(head, type=Note | Reply)
        if said.nonce != nonce:
            raise ValueError("an answer to another request")
        if isinstance(said, Reply):
            return Answer(bytes(said.answer), body)
        if len(notes) == MOST_NOTES:
            raise ValueError("too many notes")
        notes.append(said.text[:LONGEST_NOTE])


def _exactly(read: Read, n: int) -> bytes:
    parts = []
    while n:
        part = read(min(n, MIB))
        if not part:
            raise EOFError("the other side has gone")
        parts.append(part)
        n -= len(part)
    return b"".join(parts)
