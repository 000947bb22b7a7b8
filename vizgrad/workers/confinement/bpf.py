"""A small assembler for the programs by which the kernel filters system calls."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

LOAD, AND, RETURN = 0x20, 0x54, 0x06
EQUAL, AT_LEAST = 0x15, 0x35
NUMBER, ARCHITECTURE = 0, 4
"""Where the number of the call and the architecture stand in what a filter sees."""


def argument(index: int, *, high: bool = False) -> int:
    """Where the low or the high half of a call's argument stands (both architectures put the low half first)."""
    return 16 + 8 * index + 4 * high


@dataclass(slots=True)
class Assembler:
    """Writes one instruction after another; a jump names the label that it goes to, `None` is the next instruction."""

    _code: list[tuple[int, int, str | None, str | None]] = field(default_factory=list)
    _labels: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._code)

    def label(self, name: str) -> None:
        """Names the next instruction."""
        self._labels[name] = len(self._code)

    def load(self, place: int) -> None:
        """Reads 32 bits of what the filter sees."""
        self._code.append((LOAD, place, None, None))

    def keep(self, bits: int) -> None:
        """Clears all other bits of what was read."""
        self._code.append((AND, bits, None, None))

    def equal(self, value: int, then: str | None = None, otherwise: str | None = None) -> None:
        """Jumps by whether what was read is this value."""
        self._code.append((EQUAL, value, then, otherwise))

    def at_least(self, value: int, then: str | None = None, otherwise: str | None = None) -> None:
        """Jumps by whether what was read, without a sign, is this value or more."""
        self._code.append((AT_LEAST, value, then, otherwise))

    def answer(self, action: int) -> None:
        """Ends the program with an action of the kernel."""
        self._code.append((RETURN, action, None, None))

    def assemble(self) -> bytes:
        """The program as the kernel takes it, eight bytes an instruction; raises ValueError for a jump too far."""
        lines = []
        for place, (operation, value, then, otherwise) in enumerate(self._code):
            jumps = [0 if label is None else self._labels[label] - place - 1 for label in (then, otherwise)]
            if not all(0 <= jump < 256 for jump in jumps):
                raise ValueError(f"instruction {place} jumps too far: {then}, {otherwise}")
            lines.append(struct.pack("=HBBI", operation, *jumps, value & 0xFFFFFFFF))
        return b"".join(lines)
