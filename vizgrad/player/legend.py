"""What the legend says: only about what the picture shows."""

from __future__ import annotations

from collections.abc import Iterable

from vizgrad.draw.model.drawing import Drawing

MEANINGS = {
    "kind-leaf": "leaf: keeps .grad",
    "kind-op": "result of an operation",
    "kind-untracked": "not tracked: no gradient",
    "kind-constant": "constant",
    "kind-again": "the same tensor again",
    "kind-accumulate": "adds to .grad",
    "kind-saved": "saved for backward",
    "kind-warm": "positive elements",
    "kind-cool": "negative elements",
    "kind-forward": "value",
    "kind-gradient": "gradient",
}
FREED = {"kind": "kind-saved is-freed", "text": "freed"}
STATES = {"is-visited": "gradient has arrived", "is-current": "this step", "is-error": "in what failed"}


def entries(plan: Drawing, states: Iterable[str]) -> list[dict[str, str]]:
    """The legend's entries for one drawing and the states that its parts come to.

    `kind` is the class that paints an entry's sign, `text` what it means.
    """
    classes = set(_classes(plan))
    found = [{"kind": kind, "text": text} for kind, text in MEANINGS.items() if kind in classes]
    seen = set(states)
    if "kind-saved" in classes and "is-freed" in seen:
        found.insert([entry["kind"] for entry in found].index("kind-saved") + 1, FREED)
    return found + [{"kind": state, "text": text} for state, text in STATES.items() if state in seen]


def _classes(plan: Drawing) -> Iterable[str]:
    yield from (f"kind-{box.kind}" for box in plan.boxes)
    yield from ("kind-saved" for box in plan.boxes for cell in box.cells if cell.ink == "tag")
    if any(box.maps[0] for box in plan.boxes):
        yield from ("kind-warm", "kind-cool")
    yield from (f"kind-{arrow.kind}" for arrow in plan.arrows)
