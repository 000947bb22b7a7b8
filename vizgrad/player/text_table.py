"""A table of texts that come again and again in a payload: each is sent once."""

from __future__ import annotations

import re

FIGURES = re.compile(r"(\{\\begin\{bmatrix\}.*?\\end\{bmatrix\}\}|\\left\[[^][]*\\right\])")
"""The tensors in a formula: the same one stands in the formulae of many steps."""


class Words:
    """Texts by the places that they got when they were first met."""

    def __init__(self) -> None:
        self.table: list[str] = []
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int:
        """The place of a text."""
        place = self._places.get(text)
        if place is None:
            place = self._places[text] = len(self.table)
            self.table.append(text)
        return place

    def formula(self, latex: str) -> list[int]:
        r"""The places of the pieces that a formula is made of.

        >>> words = Words()
        >>> words.formula(r"2 \cdot \left[1,\ 2\right] = \left[2,\ 4\right]"), words.table[1]
        ([0, 1, 2, 3], '\\left[1,\\ 2\\right]')
        >>> words.formula(r"\left[2,\ 4\right]")
        [3]
        """
        return [self.place(piece) for piece in FIGURES.split(latex) if piece]
