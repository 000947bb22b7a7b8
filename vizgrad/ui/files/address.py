"""What the address of a page asks for: a lesson or a program of somebody's own, an engine and a scene."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ... import gallery
from ..runs.results import ENGINES
from . import link

FIRST_ENGINE = "numpy"

STYLE = (Path(__file__).parent / "share.css").read_text(encoding="utf-8")

BUTTON = """<button type="button" class="vg-share-opener" data-vizgrad-share aria-haspopup="dialog"
 title="A link to this program at this step"><span aria-hidden="true">share</span>Share</button>"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page opens with.

    `source` is the program, `packed` the same as the link has it (None: the program is the lesson's), `scene` is -1
    where the address names none, `problem` a sentence for the reader where the link cannot be read.
    """

    source: str
    lesson: str
    engine: str
    scene: int
    packed: str | None = None
    problem: str = ""


def asked(query: Mapping[str, str]) -> Asked:
    """Reads an address without trust: what it does not say, or says wrongly, is as on a first visit.

    >>> asked({"lesson": "gates", "engine": "torch", "scene": "2"}).scene
    1
    >>> asked({"program": link.packed("x = 1")}).source
    'x = 1'
    >>> asked({"program": "?"}).problem == link.BROKEN
    True
    """
    wanted = query.get("lesson", "")
    lesson = wanted if any(wanted == one.slug for one in gallery.lessons()) else gallery.FIRST_VISIT
    engine = query.get("engine", FIRST_ENGINE)
    number = query.get("scene", "")
    scene = int(number) - 1 if re.fullmatch(r"[1-9][0-9]{0,5}", number) else -1
    packed, problem = query.get("program"), ""
    source = gallery.lesson(lesson).source
    if packed is not None:
        try:
            source = link.unpacked(packed)
        except ValueError as error:
            packed, problem = None, str(error)
    return Asked(source, lesson, engine if engine in ENGINES else FIRST_ENGINE, scene, packed, problem)


def button() -> None:
    """The button that shows the link: only the browser knows the step, so it is the player that answers it."""
    st.html(f"<style>{STYLE}</style>{BUTTON}", width="content")
