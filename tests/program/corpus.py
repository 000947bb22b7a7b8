"""Reads the lists of hostile programs: `=== name: Type: words | Type: words: seconds 0.5`, then the program."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from vizgrad.program.limits.limits import Limits
from vizgrad.trace import Trace

HOSTILE = Path(__file__).parent / "hostile"


class Hostile(NamedTuple):
    group: str
    name: str
    source: str
    expected: tuple[tuple[str, str], ...]
    limits: Limits

    def failure(self, trace: Trace) -> str | None:
        """What is wrong with the end of the program; None if it is one of those expected."""
        found = ("OK", "") if trace.error is None else (trace.error.type, trace.error.message)
        for kind, words in self.expected:
            if kind == found[0] and words in found[1]:
                return None
        return f"ended with {found}, not with one of {self.expected}"


def programs(list_name: str) -> list[Hostile]:
    text = (HOSTILE / f"{list_name}.txt").read_text(encoding="utf-8")
    made = []
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        head, _, source = part.partition("\n")
        name, _, ends = head.partition(": ")
        seconds = 1.0 if "TimeoutError" in ends else 3.0  # whatever runs to its limit need not run long
        if found := re.search(r": seconds ([\d.]+)$", ends):
            seconds, ends = float(found[1]), ends[: found.start()]
        expected = []
        for end in ends.split(" | "):
            kind, _, words = end.partition(": ")
            expected.append((kind.strip(), words.strip()))
        made.append(Hostile(list_name, name, source, tuple(expected), Limits(seconds=seconds)))
    return made


def everything() -> list[Hostile]:
    return [hostile for path in sorted(HOSTILE.glob("*.txt")) for hostile in programs(path.stem)]
