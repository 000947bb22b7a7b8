"""Limits on resources, hard and soft alike, so that nothing can raise them again."""

from __future__ import annotations

from collections.abc import Mapping

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

NOTHING = (
    "FSIZE",  # no file grows
    "CORE",
    "NOFILE",  # what is open stays open, and nothing is opened
    "NPROC",
    "MEMLOCK",
    "MSGQUEUE",
)
"""Of what a confined process may have nothing; a system that does not know a limit leaves it out."""


def lower(memory: int | None) -> None:
    """Lowers every limit; `memory` is the most bytes of address space, with all that is mapped now.

    Raises OSError if the system refuses.
    """
    limits: Mapping[str, int | None] = {**dict.fromkeys(NOTHING, 0), "AS": memory}
    for name, limit in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is not None and limit is not None:
            _, most = resource.getrlimit(kind)
            if most != resource.RLIM_INFINITY:
                limit = min(limit, most)
            resource.setrlimit(kind, (limit, limit))
