"""A box's label in DOT text: tables of fixed cells."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape

from .. import style
from ..model.appearance import Look
from ..model.parts import GAP, PAD, Box, Row

STROKE = "\N{SET MINUS}"
"""What a backslash is written as before a letter that Graphviz would read with it."""

TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
TAGS = TABLE.replace('CELLSPACING="0"', f'CELLSPACING="{GAP // 2}"')
SIDES = {"start": "LEFT", "middle": "CENTER", "end": "RIGHT"}

SUBSTITUTED = re.compile(r"\\(?=[NGETHL])")
FRAME_HEIGHT = 14


def write(box: Box, look: Look) -> str:
    """The HTML-like label of a box: one table of fixed size for each row, so that no text can move anything."""
    ghost, freed = "is-ghost" in look.classes, "is-freed" in look.classes
    texts = iter(look.texts)
    rows = "".join([f"<TR><TD>{''.join(_row(row, box.width, texts, ghost, freed))}</TD></TR>" for row in box.rows])
    return f"<{TABLE}{rows}</TABLE>>"


def frame_label(text: str) -> str:
    """The label of a frame around boxes, at its upper left."""
    before, after = _cell(
        "frame-note", math.ceil(len(text) * style.INKS["frame-note"].size * 0.56), FRAME_HEIGHT, False
    )
    return f"<{TABLE}<TR>{before}{text}{after}</TR></TABLE>>"


def _row(row: Row, width: int, texts: Iterator[str], ghost: bool, freed: bool) -> Iterator[str]:
    yield f"{TAGS if row.cells[-1].ink == 'tag' else TABLE}<TR>"
    for cell in row.cells:
        if cell.ink == "tag":
            before, after = _tag(cell.width, row.height, ghost, freed)
        else:
            before, after = _cell(cell.ink, cell.width, row.height, ghost)
        yield f"{before}{_markup(next(texts))}{after}"
    if row.cells[-1].ink == "tag":  # keep to the left
        rest = width - 2 * PAD - sum(cell.width for cell in row.cells) - GAP // 2 * (len(row.cells) + 2)
        yield f'<TD FIXEDSIZE="TRUE" WIDTH="{max(rest, 1):g}" HEIGHT="1"></TD>'
    yield "</TR></TABLE>"


def _markup(text: str) -> str:
    """Text for an HTML-like label; Graphviz puts names for \\N and its like there too, and has no way to write them."""
    return escape(SUBSTITUTED.sub(STROKE, text) if "\\" in text else text)


@lru_cache(1024)
def _cell(role: str, width: float, height: int, ghost: bool) -> tuple[str, str]:
    ink = style.INKS[role]
    colour = ink.colour + (style.GHOST_ALPHA if ghost else "")
    face = "" if ink.mono else f' FACE="{style.SANS}"'
    start = (
        f'<TD FIXEDSIZE="TRUE" WIDTH="{width:g}" HEIGHT="{height}" ALIGN="TEXT" BALIGN="{SIDES[ink.anchor]}">'
        f'<FONT POINT-SIZE="{ink.size:g}" COLOR="{colour}"{face}>'
    )
    return (start + "<B>", "</B></FONT></TD>") if ink.bold else (start, "</FONT></TD>")


@lru_cache(1024)
def _tag(width: float, height: int, ghost: bool, freed: bool) -> tuple[str, str]:
    """A small box for something saved, hollow once it is freed or while it is only a hint."""
    before, after = _cell("tag", width, height - GAP, ghost)
    line = style.KINDS["saved"].line + (style.GHOST_ALPHA if ghost else "")
    fill = "" if ghost or freed else f' BGCOLOR="{style.KINDS["saved"].fill}"'
    return f'<TD BORDER="1" COLOR="{line}" STYLE="rounded{",dashed" if freed else ""}"{fill}{before[3:]}', after
