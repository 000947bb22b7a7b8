"""Count what the walk covers, and print it at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest


@dataclass
class Tally:
    """What was compared, and what was left out for which reason."""

    entries: dict[str, int] = field(default_factory=dict)
    compared: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    not_had: Counter[str] = field(default_factory=Counter)


TALLY = Tally()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the coverage."""
    if not TALLY.entries:
        return
    write = terminalreporter.write_line
    terminalreporter.section("PyTorch's operator table")
    covered = sum(1 for n in TALLY.entries.values() if n)
    forms = ", ".join(f"{n} {form}" for form, n in TALLY.compared.items())
    write(f"{covered} entries covered with {TALLY.compared.total()} cases ({forms})")
    for why, n in TALLY.left_out.most_common():
        write(f"  {n:4} cases left out: {why}")
    for why, n in TALLY.not_had.most_common():
        write(f"  {n:4} entries not in the core: {why}")
