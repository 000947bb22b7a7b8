"""Runs as the sections of the page are given them."""

from __future__ import annotations

from vizgrad.present.player import played
from vizgrad.program.run import execute
from vizgrad.ui.runs.results import Result
from vizgrad.ui.sections.view import View


def recorded(source: str, engine: str = "numpy") -> bytes:
    """The record of a program as it comes from its worker."""
    return execute(source, engine).to_json().encode()


def view(source: str, engine: str = "numpy") -> View:
    """A program that was run, with its last scene on show."""
    trace = recorded(source, engine)
    shown, payload = played(trace, source, engine)
    return View(Result(trace, payload, shown), shown.scene, engine, False, source)
