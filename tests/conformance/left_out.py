"""What the walk through PyTorch's operator table leaves out, and why: the one list of it.

Patterns are regular expressions. A case that is listed must fail, an entry that is listed must be missing, and a row
that matches nothing is an error: what begins to work has to be taken out.
"""

from __future__ import annotations

CASES: list[tuple[str, str, str]] = []
"""Entry, case, reason: cases that the core does not answer as PyTorch does."""

STRUCTURE: dict[str, str] = {
    r"empty|empty_like|new_empty": "what the memory held before; shapes, types and nodes are compared",
    r"multinomial|bernoulli|nn\.functional\.dropout|exponential": (
        "drawn from a stream of PyTorch's own; shapes, types and nodes are compared"
    ),
}
"""Entries whose numbers cannot be compared."""

NOT_HAD: dict[str, str] = {}
"""Entries whose function the core does not have."""
