"""How the page shows a plotly figure that a presenter made: in the page's own look, as large as the page's text."""

from __future__ import annotations

from typing import Any

import msgspec
import streamlit as st

from ...player import component
from ...present.request import NotPresented
from .. import session


class Figure(msgspec.Struct):
    """The parts of a figure, as plotly writes them in JSON."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]


def figure(text: bytes) -> Figure:
    """A figure from its JSON; raises NotPresented for what is none."""
    return _decoded(text, Figure)


def figures(text: bytes) -> dict[str, Figure]:
    """Figures by their keys; raises NotPresented for what is none."""
    return _decoded(text, dict[str, Figure])


def zoom() -> float:
    """How large figures are to be drawn: on a wall, where the page's text is larger, they grow with it."""
    return component.did(session.PLAYER).zoom


def chart(made: Figure, key: str) -> None:
    """Draws a figure, as it is: its presenter has checked it."""
    from ...plots.ready import Ready

    ready = Ready({"data": made.data, "layout": made.layout})
    st.plotly_chart(ready, theme=None, key=key, config={"displayModeBar": False})


def _decoded(text: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=kind)
    except (ValueError, RecursionError):
        raise NotPresented("This chart cannot be shown.") from None
