"""Runs a filter as the kernel does, without a kernel."""

from __future__ import annotations

import struct
from collections.abc import Sequence

MASK = 0xFFFFFFFF


def run(program: bytes, architecture: int, number: int, arguments: Sequence[int] = (0,) * 6) -> int:
    """The action that a filter answers with; raises AssertionError for what the kernel would not take."""
    words = [word & (1 << 64) - 1 for word in arguments]
    data = struct.pack("<IIQ6Q", number & MASK, architecture, 0, *words)
    lines = list(struct.iter_unpack("<HBBI", program))
    assert 0 < len(lines) <= 4096
    place, read = 0, 0
    for _ in lines:  # jumps go forward only
        code, then, otherwise, value = lines[place]
        if code == 0x20:
            assert value % 4 == 0
            (read,) = struct.unpack_from("<I", data, value)
        elif code == 0x54:
            read &= value
        elif code == 0x15:
            place += then if read == value else otherwise
        elif code == 0x35:
            place += then if read >= value else otherwise
        else:
            assert code == 0x06, f"an instruction that is not known here: {code:#x}"
            return value
        place += 1
    raise AssertionError("it comes to no end")
