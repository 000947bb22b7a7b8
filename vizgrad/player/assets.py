"""The player's code and style, read from their files and joined into one text each."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from vizgrad.draw.style import css as picture_css

from .stencils import style as stencil_style

HERE = Path(__file__).parent
SCRIPTS = (
    "dom.js", "kept.js", "habits.js", "signs.js", "formula.js", "heat.js", "stencils.js", "python.js", "timeline.js",
    "picture.js", "panels.js", "visits.js", "stepping.js", "view.js", "answer.js", "quiz.js", "search.js", "draft.js",
    "address.js", "editor.js", "program.js", "keys.js", "manual.js", "toolbar.js", "lecture.js", "commands.js",
    "player.js",
)  # fmt: skip
"""In the order of what needs what: each may import only from those before it."""

STYLES = ("player.css", "panels.css", "screens.css")
"""In the order in which later ones decide."""

IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)


@cache
def script() -> str:
    """All modules as one, without imports and exports; it defines `mount(root, payload, options)`.

    >>> "function mount(" in script(), "\\nimport " in script()
    (True, False)
    """
    return "\n".join(map(bare, SCRIPTS))


@cache
def style() -> str:
    """The style of the picture and of the player around it."""
    return "\n".join((picture_css(), stencil_style(), *map(read, STYLES)))


def bare(name: str) -> str:
    """The text of one module without its imports and exports, to stand after those that it needs."""
    return EXPORT.sub("", IMPORT.sub("", read(name)))


@cache
def read(name: str) -> str:
    """The text of one of the player's files, which are opened once: a worker that is confined can open none."""
    return (HERE / name).read_text(encoding="utf-8")
