"""The player's code and style. The code is built from the modules in `js/`: tests/javascript tells how."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from vizgrad.draw.style import css as picture_css

from .stencils import style as stencil_style

HERE = Path(__file__).parent

STYLES = ("player.css", "panels.css", "screens.css")
"""In the order in which later ones decide."""


def script(home: Literal["component", "standalone"]) -> str:
    """The player as one module, with what it needs in its home: a Streamlit page, or a file of its own.

    >>> "export {" in script("component"), "export {" in script("standalone")
    (True, False)
    """
    return read(f"built/{home}.js")


@cache
def style() -> str:
    """The style of the picture and of the player around it."""
    return "\n".join((picture_css(), stencil_style(), *map(read, STYLES)))


@cache
def read(name: str) -> str:
    """The text of one of the player's files, which are opened once: a worker that is confined can open none."""
    return (HERE / name).read_text(encoding="utf-8")
