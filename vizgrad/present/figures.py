"""Plotly figures as JSON, as large as the page's text, and bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..workers.protocol import MIB
from .request import NotPresented

if TYPE_CHECKING:
    from ..plots import Figure

LONGEST = MIB
"""Bytes of a figure: more would hold the browser up."""


def made(figure: Figure, zoom: float) -> bytes:
    """A figure's JSON, `zoom` times as large; raises NotPresented for one of too many points."""
    from ..plots import enlarged

    text: bytes = enlarged(figure, zoom).to_json().encode()
    if len(text) > LONGEST:
        raise NotPresented("This chart has too many points to be shown.")
    return text
