"""SVG to PNG and PDF by Typst, which brings its fonts along: the same on every machine, and no file is opened."""

from __future__ import annotations

import re
import threading
import warnings
from functools import lru_cache
from html import escape, unescape
from typing import Any

from ..errors import LayoutError
from ..style import GROUND, MONO, MONO_ADVANCE, SANS, SANS_ADVANCE

FONT = "DejaVu Sans Mono"
"""What Typst's wheel carries, for all text; a smaller size of it takes the room of a proportional font."""

NARROWER = SANS_ADVANCE / MONO_ADVANCE

SHARP = 192
"""Dots per inch of a PNG: twice the size on the screen, for a projector."""

MOST = 24e6
"""Pixels of a PNG at most; a larger picture is made less sharp."""

LONGEST = 14400
"""Points along a PDF's page at most, which is what readers of PDF can show."""

PLAIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x17F)))) | frozenset("∂₀₁₂₃₄₅₆₇₈₉…±×←→∇Σ�")
"""Signs that the font certainly has."""

MOST_TEXT = 6_000_000
"""Characters of an SVG at most: a few seconds of work."""

SIZE = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')
TITLE = re.compile(r'aria-label="([^"]*)"')
SANS_TEXT = re.compile(rf'font-family="{SANS}" font-size="([\d.]+)"')
LABEL = re.compile(r'<text class="ink-gradient mono"(?=[^>]* text-anchor="middle")')
HALO = f' stroke="{GROUND.light}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
"""Keeps the labels of arrows apart from lines below them; in an SVG, where not all viewers know the order, CSS does."""

PAGE = """
#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt)
#image("picture.svg", width: float(sys.inputs.width) * 1pt, alt: sys.inputs.title)
"""


_lock = threading.Lock()
"""A compiler works for one thread at a time."""


def prepare() -> None:
    """Loads Typst and its fonts, so that a picture needs no file any more, in a forked child neither.

    Nothing is drawn: that would start threads, where threads are allowed. Raises LayoutError where Typst is missing.
    """
    _compiler(False)


def image(svg: str, format: str) -> bytes:
    """The picture of an SVG without style as "png" or "pdf".

    Signs that Typst's fonts lack come from fonts of this machine, where these can be read; else � stands in their
    place, with a warning. Raises LayoutError where the picture is too large or cannot be written.

    >>> image('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" aria-label="none"></svg>', "png")[1:4]
    b'PNG'
    """
    if len(svg) > MOST_TEXT:
        raise LayoutError(
            f"The picture is too large to be written as {format.upper()}; as .svg or .html it can be saved."
        )
    svg = svg.replace(f'font-family="{MONO}"', f'font-family="{FONT}"')
    svg = SANS_TEXT.sub(lambda text: f'font-family="{FONT}" font-size="{float(text[1]) * NARROWER:.2f}"', svg)
    svg = LABEL.sub(lambda label: label[0] + HALO, svg)
    svg, has_others = _without_missing(svg)
    size, title = SIZE.search(svg), TITLE.search(svg)
    width, height = (float(size[1]), float(size[2])) if size is not None else (100.0, 100.0)
    points = width * 0.75 * min(1, LONGEST / (0.75 * max(width, height, 1)))
    ppi = min(SHARP, (MOST / max(width * height, 1)) ** 0.5 * 96)
    return _compiled(
        PAGE,
        svg,
        has_others,
        format=format,
        ppi=ppi if format == "png" else None,
        sys_inputs={"title": unescape(title[1]) if title else "Graph", "width": f"{points:.3f}"},
    )


def _without_missing(svg: str) -> tuple[str, bool]:
    """The SVG without the signs that no font has, and whether it has signs from fonts of this machine."""
    rare = sorted(sign for sign in set(svg) - PLAIN - {"\n"} if not _is_known(sign, False))
    missing = [sign for sign in rare if not _is_known(sign, True)]
    if missing:
        warnings.warn(
            f"No font that can be read here has {', '.join(missing)}: � stands in its place."
            " Save the picture as .svg or .html, which take the reader's fonts.",
            stacklevel=3,
        )
        svg = svg.translate({ord(sign): "\N{REPLACEMENT CHARACTER}" for sign in missing})
    return svg, len(missing) < len(rare)


@lru_cache(4096)
def _is_known(sign: str, has_others: bool) -> bool:
    """Whether a font has a sign, Typst's own or one of this machine: then it does not look like one in no font."""
    return _drawn(escape(sign), has_others) != _drawn("\U0010fffe", has_others)


def _drawn(sign: str, has_others: bool) -> bytes:
    text = f'<text x="2" y="12" font-family="{FONT}" font-size="10">{sign}</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{text}</svg>'
    page = '#set page(width: 16pt, height: 16pt, margin: 0pt)\n#image("picture.svg")'
    return _compiled(page, svg, has_others, format="png", ppi=72)


def _compiled(page: str, svg: str, has_others: bool, **options: Any) -> bytes:
    """A page by Typst with the SVG beside it; both stay in memory."""
    compiler = _compiler(has_others)
    try:
        with _lock:
            return bytes(compiler.compile({"main.typ": page.encode(), "picture.svg": svg.encode()}, **options))
    except BaseException as error:
        if isinstance(error, RuntimeError) or type(error).__name__ == "PanicException":  # which is no Exception
            said = getattr(error, "message", error)
            raise LayoutError(f"The picture could not be written as {options['format'].upper()}: {said}") from error
        raise


@lru_cache(2)
def _compiler(has_others: bool) -> Any:
    """Typst with its own fonts, which it has in memory, and with the fonts of this machine where these can be read."""
    try:
        import typst
    except ImportError as error:
        raise LayoutError(
            f"PNG and PDF need typst, which could not be imported ({error}). Install it: pip install typst"
        ) from None
    try:
        return typst.Compiler(font_paths=typst.Fonts(include_system_fonts=has_others))
    except RuntimeError:  # a process that may open no file
        if has_others:
            return _compiler(False)
        raise
