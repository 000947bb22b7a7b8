"""Reads of an ELF file which libraries it needs, without a tool of the system."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

DYNAMIC, STRINGS = 6, 3
NEEDED, NAME = 1, 14


class Library(NamedTuple):
    """The names of the libraries that a file needs, and the name that others need it by."""

    needed: tuple[str, ...]
    name: str


def is_elf(path: Path) -> bool:
    """Whether a file is one for a 64-bit little-endian machine."""
    with path.open("rb") as file:
        return file.read(6) == b"\x7fELF\2\1"


def read(path: Path) -> Library:
    """What stands in the dynamic section of a 64-bit little-endian file."""
    with path.open("rb") as file:
        (at,) = struct.unpack("<Q", file.read(64)[40:48])
        file.seek(58)
        size, count = struct.unpack("<HH", file.read(4))
        file.seek(at)
        headers = [struct.unpack("<IIQQQQIIQQ", file.read(size)[:64]) for _ in range(count)]

        def section(number: int) -> bytes:
            file.seek(headers[number][4])
            return file.read(headers[number][5])

        for header in headers:
            if header[1] == DYNAMIC:
                entries = list(struct.iter_unpack("<qQ", section(headers.index(header))))
                strings = section(header[6])
                text = [
                    (tag, strings[at : strings.index(b"\0", at)].decode())
                    for tag, at in entries
                    if tag in (NEEDED, NAME)
                ]
                needed = tuple(word for tag, word in text if tag == NEEDED)
                return Library(needed, next((word for tag, word in text if tag == NAME), path.name))
    return Library((), path.name)
