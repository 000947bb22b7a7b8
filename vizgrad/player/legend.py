"""What the legend says: only about what the picture shows."""

from __future__ import annotations

from collections.abc import Iterable

from vizgrad.draw.scene import Drawing

MEANINGS = {
    "kind-leaf": "leaf: keeps .grad",
    "kind-op": "result of an operation",
    "kind-untracked": "not tracked: no gradient",
    "kind-constant": "constant",
    "kind-accumulate": "adds to .grad",
    "kind-saved": "saved for backward",
    "kind-forward": "value",
    "kind-gradient": "gradient",
}
STATES = {"is-visited": "gradient has arrived", "is-current": "this step"}


def entries(plan: Drawing) -> list[dict[str, str]]:
    """The legend's entries for one drawing: `kind` is the class that paints its sign, `text` what it means."""
    classes = set(_classes(plan))
    found = [{"kind": kind, "text": text} for kind, text in MEANINGS.items() if kind in classes]
    if not found:
        return []
    states = [s for s in STATES if s != "is-visited" or "kind-gradient" in classes]
    return found + [{"kind": state, "text": STATES[state]} for state in states]


def _classes(plan: Drawing) -> Iterable[str]:
    yield from (f"kind-{box.kind}" for box in plan.boxes)
    yield from (f"kind-{arrow.kind}" for arrow in plan.arrows)
