"""LaTeX turned into MathML by a library: what the player's own reading of our formulae is held against."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
UPRIGHT_LETTERS = re.compile(r'(?:<mi mathvariant="normal">[^<]*</mi>){2,}')
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TAGS = re.compile(r"<[^>]*>")


@lru_cache(maxsize=4096)
def mathml(latex: str) -> str:
    """The formula as a MathML element in display style; "" for no formula, and text for what is not LaTeX."""
    if not latex:
        return ""
    try:
        markup = _converted(latex)
        ElementTree.fromstring(markup)  # the converter lets an ampersand through where it does not know a command
    except Exception:  # whatever it stumbles over (it raises many kinds), a reader is better served by the source
        text = html.escape(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", latex), quote=False)
        return f'<math xmlns="{NAMESPACE}" display="block"><mtext>{text}</mtext></math>'
    return markup


def _converted(latex: str) -> str:
    known = latex.replace(r"\begin{aligned}", r"\begin{align*}").replace(r"\end{aligned}", r"\end{align*}")
    return UPRIGHT_LETTERS.sub(_word, convert(known, display="block"))


def _word(letters: re.Match[str]) -> str:
    """One word instead of its letters, so that it is spaced and read aloud as one."""
    return f"<mi>{TAGS.sub('', letters[0])}</mi>"
