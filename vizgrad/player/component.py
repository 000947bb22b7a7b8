"""The player as a Streamlit component: it steps in the browser and tells Python only what the reader decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from .assets import script, style

# One player for each place on the page. Streamlit calls the export again whenever its data or the theme changes, without
# the cleanup of the call before, so the second call finds the player that the first one made. The functions that send
# something to Python may be new at each call: they are options like the others.
MOUNT = """
const mounted = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const { payload, ...rest } = data;
  const options = {
    ...rest,
    isDark: isDark(parentElement.querySelector(".vg-host")),
    onRun: (text, runs) => setStateValue("program", { text, runs, rev: rest.sourceRev }),
    onDraft: (text, runs) => setStateValue("draft", { text, runs, rev: rest.sourceRev }),
    onPick: rest.tellsPicks ? (tensor) => setTriggerValue("picked", tensor) : undefined,
    onScene: (scene) => setTriggerValue("scene", scene),
    onStep: rest.tellsSteps ? late((step, scene) => setStateValue("step", { step, scene }), parentElement) : undefined,
  };
  let player = mounted.get(parentElement);
  if (player) player.update(payload, options);
  else mounted.set(parentElement, (player = mount(parentElement.querySelector(".vg-host"), payload, options)));
  return () => {
    player.destroy();
    mounted.delete(parentElement);
  };
}

/** Whether the page's theme is dark, by the lightness of its background. */
function isDark(host) {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  probe.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#ffffff";
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}

const timers = new WeakMap();

/** Calls `tell` when the reader has rested for a moment. */
function late(tell, owner) {
  return (...what) => {
    clearTimeout(timers.get(owner));
    timers.set(owner, setTimeout(() => tell(...what), 250));
  };
}
"""

_mount = st.components.v2.component(
    "vizgrad.player", html='<div class="vg-host"></div>', css=style(), js=f"{script()}\n{MOUNT}"
)


@dataclass(frozen=True)
class Played:
    """What the reader did in the player.

    `source` is the text that was last submitted by Run, None before the first, and `runs` counts the submissions;
    `draft` is text that was edited and left without running it, None where there is none; `rev` is the `source_rev` under
    which the newest of the two was written. `picked` is the id of the
    tensor that was just clicked, `scene` the index of a scene that was just asked for and is not in the payload;
    `step` is where the reader is, if the player was asked to tell it.
    """

    source: str | None = None
    runs: int = 0
    draft: str | None = None
    rev: int | None = None
    picked: int | None = None
    scene: int | None = None
    step: int | None = None

    @property
    def text(self) -> str | None:
        """What stands in the editor as far as Python was told: the draft, or what was submitted."""
        return self.source if self.draft is None else self.draft


def player(
    payload: dict[str, Any],
    *,
    key: str,
    source: str | None = None,
    source_rev: int = 0,
    editable: bool = True,
    step: int | None = None,
    step_rev: int = 0,
    dark: bool | None = None,
    tells_steps: bool = False,
    tells_picks: bool = False,
    on_run: Callable[[], None] | None = None,
    on_pick: Callable[[], None] | None = None,
    on_scene: Callable[[], None] | None = None,
) -> Played:
    """Mounts the player and returns what the reader did.

    The browser owns the text and the step: the editor takes `source` (None: the payload's) only when `source_rev` changes,
    and the player goes to `step` only when `step_rev` changes. A new payload is drawn at once. Stepping sends nothing
    unless `tells_steps` (then late, as state), a click on a box nothing unless `tells_picks`. The callbacks run before
    the script, as Streamlit's do; `did(key)` tells them what happened. `dark` overrides the theme's own lightness.
    """
    data: dict[str, Any] = {
        "payload": payload,
        "source": source,
        "sourceRev": source_rev,
        "editable": editable,
        "runs": did(key).runs,
        "tellsSteps": tells_steps,
        "tellsPicks": tells_picks,
        "step": step,
        "stepRev": step_rev,
    }
    if dark is not None:
        data["dark"] = dark
    result = _mount(
        key=key,
        data=data,
        on_program_change=on_run or _nothing,
        on_draft_change=_nothing,
        on_picked_change=on_pick or _nothing,
        on_scene_change=on_scene or _nothing,
        on_step_change=_nothing,
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
    at = _dict(told.get("step"))
    return Played(
        source=_text(program.get("text")),
        runs=runs,
        draft=_text(draft.get("text")) if is_draft else None,
        rev=_int((draft if is_draft else program).get("rev")),
        picked=_int(told.get("picked")),
        scene=_int(told.get("scene")),
        step=_int(at.get("step")),
    )


# What comes from a browser is checked: anyone can send anything.


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _nothing() -> None:
    pass
