"""Text as it is, where Streamlit expects Markdown."""

from __future__ import annotations

SIGNS = "\\`*_{}[]()<>#+-.!|~:$"


def plain(text: str) -> str:
    """Text in which Markdown finds nothing to mark up.

    >>> plain("a_b")
    'a\\\\_b'
    """
    for sign in SIGNS:
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", "  \n")
