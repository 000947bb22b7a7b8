"""A small page with the player on it, for the browser tests."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from msgspec.structs import replace

from tests.player.made import failing, seed
from vizgrad.player.component import did, player
from vizgrad.player.payload import payload, written

KEY = "player"
st.set_page_config(layout="wide")
state = st.session_state
state.setdefault("runs", 0)
state.runs += 1

left, middle, right = st.columns(3)
if left.button("Another program"):
    state.other = state.get("other", 0) + 1
if middle.button("Step three"):
    state.asked = state.get("asked", 0) + 1
right.button("Rerun")

# A program that was submitted is not run here: it stands for the same trace, or fails where it says so.
source = did(KEY).source
trace = seed if source is None else replace(failing() if "fail" in source else seed, source=source)
other = state.get("other", 0)
data = payload(trace)
played = player(
    written(data),
    data["id"],
    key=KEY,
    source=f"z = {other}\n" if other else None,
    source_rev=other,
    step=3 if state.get("asked") else None,
    step_rev=state.get("asked", 0),
    tells_picks=True,
)
st.text(f"script runs: {state.runs}")
st.text(f"picked: {played.picked}")
st.text(f"text: {played.text!r}")
