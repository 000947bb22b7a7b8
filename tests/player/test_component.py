from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from vizgrad.player.component import Played, _read


def page() -> None:
    import streamlit as st

    from tests.trace.seed_trace import seed
    from vizgrad.player.component import player
    from vizgrad.player.payload import payload, written

    data = payload(seed)
    played = player(written(data), data["id"], key="player", source="x = 1", source_rev=2)
    st.text(f"{played.runs} {played.source} {played.text}")


def run(told: dict[str, Any] | None = None) -> AppTest:
    at = AppTest.from_function(page, default_timeout=30)
    if told is not None:
        at.session_state["player"] = told
    at.run()
    assert not at.exception
    return at


def sent(at: AppTest) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options and the payload that the player was given."""
    (component,) = at.get("bidi_component")
    options, payload = component.proto.bytes.split(b"\n", 1)
    return json.loads(options), json.loads(payload)


def test_sends_the_payload_and_the_text() -> None:
    options, payload = sent(run())
    assert payload["scenes"][0]["steps"]
    assert options["payload"] == payload["id"]
    assert (options["source"], options["sourceRev"], options["runs"]) == ("x = 1", 2, 0)


def test_never_echoes_the_readers_step() -> None:
    assert sent(run({"step": {"step": 5, "scene": 0}}))[0]["step"] is None


def test_answers_a_run() -> None:
    at = run({"program": {"text": "x = 2", "runs": 3, "rev": 2}})
    assert at.text[0].value == "3 x = 2 x = 2"
    assert sent(at)[0]["runs"] == 3


def test_a_draft_counts_until_the_next_run() -> None:
    program = {"text": "x = 2", "runs": 3, "rev": 2}
    assert _read({"program": program, "draft": {"text": "x = 3", "runs": 3, "rev": 2}}).text == "x = 3"
    assert _read({"program": program, "draft": {"text": "x = 3", "runs": 2, "rev": 2}}).text == "x = 2"


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"program": "x", "draft": [1], "step": 7, "picked": "1", "scene": True},
        {"zoom": "2"},
        {"zoom": 1e9},
        {"zoom": float("nan")},
        {"program": {"text": 5, "runs": "9"}, "draft": {"text": None}, "step": {"step": 1.5}},
    ],
)
def test_what_a_browser_sends_is_checked(told: dict[str, Any]) -> None:
    assert _read(told) == Played()


def test_tells_how_large_the_page_is() -> None:
    assert _read({"zoom": 1.75}).zoom == 1.75
