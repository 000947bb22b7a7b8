"""The player as a Streamlit component: it steps in the browser and tells Python only what the reader decides."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from .assets import read, script, style

_mount = st.components.v2.component(
    "vizgrad.player",
    html='<div class="vg-host"></div>',
    css=f"{style()}\n{read('share.css')}",
    js=script("component"),
)


LARGEST_ZOOM = 4
"""Of a page whose text is larger, the charts stay as they are."""


@dataclass(frozen=True)
class Played:
    """What the reader did in the player.

    `source` is the text that was last submitted by Run, None before the first, and `runs` counts the submissions;
    `draft` is text that was edited and left without running it, None where there is none; `rev` is the `source_rev`
    under which the newest of the two was written. `picked` is the id of the tensor that was just clicked, `scene` the
    index of a scene that was just asked for and is not in the payload, `detail` the same of a picture's detail;
    `zoom` is how large the page's text is, 1 on a desk and more on a wall.
    `step` is where the reader is, if the player was asked to tell it; `dropped` is the name and the content of a file
    that was just dropped on the page, in base64 (None: it is too large).
    """

    source: str | None = None
    runs: int = 0
    draft: str | None = None
    rev: int | None = None
    picked: int | None = None
    scene: int | None = None
    detail: str | None = None
    step: int | None = None
    shown: tuple[str | None, int | None] = (None, None)
    dropped: tuple[str, str | None] | None = None
    zoom: float = 1.0

    def scene_of(self, payload: str, own: int, scenes: int) -> int:
        """The scene on show of the payload with this id and so many scenes: `own`, or what the reader chose instead."""
        told, scene = self.shown
        return scene if told == payload and scene is not None and 0 <= scene < scenes else own

    @property
    def text(self) -> str | None:
        """What stands in the editor as far as Python was told: the draft, or what was submitted."""
        return self.source if self.draft is None else self.draft


def player(
    payload: bytes,
    id: str,
    *,
    key: str,
    source: str | None = None,
    source_rev: int = 0,
    home: str | None = None,
    editable: bool = True,
    step: int | None = None,
    step_rev: int = 0,
    dark: bool | None = None,
    follows_address: bool = False,
    address: dict[str, str | None] | None = None,
    link: dict[str, str | None] | None = None,
    is_alone: bool = False,
    is_answered: bool = True,
    tells_steps: bool = False,
    tells_picks: bool = False,
    tells_scenes: bool = False,
    tells_zoom: bool = False,
    on_run: Callable[[], None] | None = None,
    on_pick: Callable[[], None] | None = None,
    on_scene: Callable[[], None] | None = None,
    on_detail: Callable[[], None] | None = None,
    on_drop: Callable[[], None] | None = None,
) -> Played:
    """Mounts the player and returns what the reader did.

    `payload` is JSON, which is passed on unread, and `id` the one that stands in it.
    The browser owns the text and the step: the editor takes `source` (None: the payload's) only when `source_rev`
    changes, and the player goes to `step` only when `step_rev` changes. A new payload is drawn at once. Stepping sends
    nothing unless `tells_steps` (then late, as state), a click on a box nothing unless `tells_picks`, another scene on
    show nothing unless `tells_scenes`, a page with larger text nothing unless `tells_zoom`. The callbacks run before
    the script, as Streamlit's do; `did(key)` tells them what happened. `dark` overrides the theme's lightness.
    `home` is the text that a new session would begin with at this address: a reload in the same tab brings back what
    ran in its place.
    With `follows_address` it opens where the page's address says (`?scene=1&step=3`, `&present=1` for a lecture), and
    the address follows while the reader steps; `address` is what else it is to say, None for what goes without saying.
    A click on anything on the page that is marked `data-vizgrad-share` then shows a link to what is on show: `link` is
    what it says besides the step, and a program that is not `home` comes along in it.
    `is_alone` says that nothing else on the page wants the keyboard,
    `is_answered` that the payload is that of the newest program: until it is, the player says that it runs.
    """
    options: dict[str, Any] = {
        "payload": id,
        "source": source,
        "sourceRev": source_rev,
        "home": home,
        "editable": editable,
        "runs": did(key).runs - (not is_answered),
        "tellsSteps": tells_steps,
        "tellsPicks": tells_picks,
        "tellsScenes": tells_scenes,
        "tellsZoom": tells_zoom,
        "tellsDetails": on_detail is not None,
        "tellsDrops": on_drop is not None,
        "step": step,
        "stepRev": step_rev,
        "followsAddress": follows_address,
        "address": address,
        "link": link,
        "isAlone": is_alone,
    }
    if dark is not None:
        options["dark"] = dark
    result = _mount(
        key=key,
        data=json.dumps(options).encode() + b"\n" + payload,
        on_program_change=on_run or _nothing,
        on_draft_change=_nothing,
        on_picked_change=on_pick or _nothing,
        on_scene_change=on_scene or _nothing,
        on_detail_change=on_detail or _nothing,
        on_dropped_change=on_drop or _nothing,
        on_step_change=_nothing,
        on_shown_change=_nothing,
        on_zoom_change=_nothing,
    )
    return _read(result)


def did(key: str) -> Played:
    """What the reader did in the player that is mounted under `key`, for callbacks and before it is mounted."""
    return _read(st.session_state.get(key) or {})


def _read(told: Any) -> Played:
    program = _dict(told.get("program"))
    draft = _dict(told.get("draft"))
    runs = _int(program.get("runs")) or 0
    is_draft = bool(draft) and (_int(draft.get("runs")) or 0) >= runs  # what was left before the newest run is history
    at, shown, dropped = _dict(told.get("step")), _dict(told.get("shown")), _dict(told.get("dropped"))
    return Played(
        source=_text(program.get("text")),
        runs=runs,
        draft=_text(draft.get("text")) if is_draft else None,
        rev=_int((draft if is_draft else program).get("rev")),
        picked=_int(told.get("picked")),
        scene=_int(told.get("scene")),
        detail=_text(told.get("detail")),
        step=_int(at.get("step")),
        shown=(_text(shown.get("id")), _int(shown.get("scene"))),
        dropped=None if (name := _text(dropped.get("name"))) is None else (name, _text(dropped.get("content"))),
        zoom=_zoom(told.get("zoom")),
    )


# What comes from a browser is checked: anyone can send anything.


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _zoom(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and 1 <= value <= LARGEST_ZOOM else 1.0


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _nothing() -> None:
    pass
