"""SVG to PNG and PDF by Typst, which brings a font along: the same picture, on a machine without fonts as well."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from html import escape, unescape
from typing import Any

from .style import GROUND, MONO, SANS

MONO_FONT = "DejaVu Sans Mono"
"""What Typst's wheel carries, so that numbers look alike everywhere."""

SANS_FONTS = f"DejaVu Sans, Liberation Sans, Arial, Helvetica, Segoe UI, {MONO_FONT}"

SHARP = 192
"""Dots per inch of a PNG: twice the size on the screen, for a projector."""

MOST = 24e6
"""Pixels of a PNG at most; a larger picture is made less sharp."""

LONGEST = 14400
"""Points along a PDF's page at most, which is what readers of PDF can show."""

PLAIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x17F)))) | frozenset("∂₀₁₂₃₄₅₆₇₈₉…±×←→∇Σ�")
"""Signs that the font certainly has."""

SIZE = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')
TITLE = re.compile(r'aria-label="([^"]*)"')
LABEL = re.compile(r'<text class="ink-gradient mono"(?=[^>]* text-anchor="middle")')
HALO = f' stroke="{GROUND.light}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
"""Keeps the labels of arrows apart from lines below them; in an SVG, where not all viewers know the order, CSS does."""

PAGE = """
#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt)
#image("picture.svg", width: float(sys.inputs.width) * 1pt, alt: sys.inputs.title)
"""


class LayoutError(Exception):
    """A picture could not be laid out or written; the text is one sentence for the reader."""


def image(svg: str, format: str) -> bytes:
    """The picture of an SVG without style as "png" or "pdf".

    Warns where no font of this machine has a sign that the picture writes; � stands in its place.

    >>> image('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" aria-label="none"></svg>', "png")[1:4]
    b'PNG'
    """
    try:
        import typst
    except ImportError as error:
        raise LayoutError(
            f"PNG and PDF need typst, which could not be imported ({error}). Install it: pip install typst"
        ) from None
    svg = svg.replace(f'font-family="{MONO}"', f'font-family="{MONO_FONT}"')
    svg = _without_missing(svg.replace(f'font-family="{SANS}"', f'font-family="{SANS_FONTS}"'))
    svg = LABEL.sub(lambda label: label[0] + HALO, svg)
    size, title = SIZE.search(svg), TITLE.search(svg)
    width, height = (float(size[1]), float(size[2])) if size is not None else (100.0, 100.0)
    points = width * 0.75 * min(1, LONGEST / (0.75 * max(width, height, 1)))
    ppi = min(SHARP, (MOST / max(width * height, 1)) ** 0.5 * 96)
    try:
        return _compiled(
            PAGE,
            svg,
            format=format,
            ppi=ppi if format == "png" else None,
            sys_inputs={"title": unescape(title[1]) if title else "Graph", "width": f"{points:.3f}"},
        )
    except typst.TypstError as error:
        raise LayoutError(f"The picture could not be written as {format.upper()}: {error.message}") from error


def _without_missing(svg: str) -> str:
    missing = sorted(sign for sign in set(svg) - PLAIN - {"\n"} if not _is_known(sign))
    if missing:
        warnings.warn(
            f"No font on this machine has {', '.join(missing)}: � stands in its place. Install a font that has it,"
            " or save the picture as .svg or .html, which take the reader's fonts.",
            stacklevel=3,
        )
        svg = svg.translate({ord(sign): "\N{REPLACEMENT CHARACTER}" for sign in missing})
    return svg


@lru_cache(4096)
def _is_known(sign: str) -> bool:
    """Whether a font has a sign: then it does not look like one that is in no font."""
    return _drawn(escape(sign)) != _unknown()


@lru_cache(1)
def _unknown() -> bytes:
    return _drawn("\U0010fffe")


def _drawn(sign: str) -> bytes:
    text = f'<text x="2" y="12" font-family="{MONO_FONT}" font-size="10">{sign}</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{text}</svg>'
    page = '#set page(width: 16pt, height: 16pt, margin: 0pt)\n#image("picture.svg")'
    return _compiled(page, svg, format="png", ppi=72)


def _compiled(page: str, svg: str, **options: Any) -> bytes:
    """A page by Typst with the SVG beside it; both stay in memory."""
    import typst

    compiled: Any = typst.compile  # whose stub knows no files in memory
    files = {"main.typ": page.encode(), "picture.svg": svg.encode()}
    return bytes(compiled(files, root="/", font_paths=_fonts(), **options))  # with a root it looks for no folder


@lru_cache(1)
def _fonts() -> Any:
    """The fonts of this machine and Typst's own, looked for once."""
    import typst

    return typst.Fonts()
