"""How much one program may use; frozen, and the same on both engines."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one program may use before it is ended; every error that ends it names the limit it reached.

    >>> Limits(seconds=1).describe("seconds")
    '1 second'
    >>> Limits().describe("memory")
    '512 MiB'
    """

    seconds: float = 3.0
    """Seconds of the processor's time until a program is ended by force; the guards stop it a little earlier."""

    memory: int = 512
    """MiB of memory above what the worker uses at rest."""

    operations: int = 400_000
    """Tensor operations, those of backward passes included."""

    elements: int = 4_000_000
    """Elements of one tensor."""

    work: int = 4_000_000_000
    """Multiplications and additions of one tensor operation."""

    items: int = 1_000_000
    """Items of one list, tuple, set or dict; characters of one text; pieces that a tensor is taken apart into."""

    bits: int = 16_384
    """Bits of one whole number."""

    printed: int = 200_000
    """Characters that a program may print."""

    text: int = 50_000
    """Characters of the program itself."""

    answer: int = 256
    """MiB of the record that a worker sends back."""

    @property
    def deadline(self) -> float:
        """Seconds after which the guards end a program; in the quarter that is left its record is written."""
        return self.seconds * 0.75

    def describe(self, name: str) -> str:
        """The limit in words, with its unit."""
        n = getattr(self, name)
        if name == "seconds":
            return f"{n:g} second" + ("" if n == 1 else "s")
        unit = {"memory": "MiB", "answer": "MiB", "printed": "characters", "text": "characters", "work": "steps"}
        return f"{n:,} {unit.get(name, name)}"
