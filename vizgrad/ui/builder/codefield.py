"""A field for a formula or a few lines of code, with the known names and a palette of operations that write into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

ARITHMETIC = ("+", "-", "*", "/", "**", "@", "( )")
FUNCTIONS = ("exp", "log", "sqrt", "abs", "sin", "cos", "tanh", "sigmoid", "relu", "softmax", "maximum", "where")
REDUCTIONS = ("sum", "mean", "prod", "amax", "norm")
SHAPES = ("T", "reshape", "unsqueeze", "[ ]", "cat", "stack", "detach")

WRITES = (
    {sign: f" {sign} " for sign in ARITHMETIC}
    | {name: f"torch.{name}(‸)" for name in (*FUNCTIONS, *REDUCTIONS)}
    | {
        "( )": "(‸)",
        "softmax": "torch.softmax(‸, dim=-1)",
        "maximum": "torch.maximum(‸, )",
        "where": "torch.where(‸ > 0, , )",
        "T": ".T",
        "reshape": ".reshape(‸)",
        "unsqueeze": ".unsqueeze(‸)",
        "[ ]": "[‸]",
        "cat": "torch.cat([‸])",
        "stack": "torch.stack([‸])",
        "detach": ".detach()",
    }
)
"""What each button of the palette writes; the caret, or what was selected, goes where the mark ‸ stands."""

_mount = st.components.v2.component(
    "vizgrad.codefield",
    html='<div class="vg-codefield"></div>',
    css=(HERE / "codefield.css").read_text(encoding="utf-8"),
    js=(HERE / "codefield.js").read_text(encoding="utf-8"),
)


def code_field(
    label: str,
    text: str,
    *,
    key: str,
    names: Sequence[str] = (),
    placeholder: str = "",
    rows: int = 1,
    has_palette: bool = True,
    on_enter: Callable[[], None] | None = None,
) -> str:
    """Draws the field and returns what stands in it; `text` is what it begins with, and `key` makes it a new one.

    `names` stand above it as chips. Enter (Ctrl+Enter where there are several rows) calls `on_enter`. A field that was
    not drawn for a while begins with what stood in it.
    """
    text = st.session_state[_kept(key)] = typed(key, text)
    palette = [ARITHMETIC, FUNCTIONS, REDUCTIONS, SHAPES] if has_palette else []
    _mount(
        key=key,
        data={
            "label": label,
            "text": text,
            "names": list(names),
            "placeholder": placeholder,
            "rows": rows,
            "palette": [[{"label": one, "writes": WRITES[one]} for one in group] for group in palette],
        },
        on_text_change=_nothing,
        on_entered_change=on_enter or _nothing,
    )
    return typed(key, text)


def typed(key: str, text: str) -> str:
    """What stands in the field of this key, as far as Python was told; `text` if nothing was typed there."""
    told = (st.session_state.get(key) or {}).get("text")
    return told if isinstance(told, str) else st.session_state.get(_kept(key), text)


def _kept(key: str) -> str:
    return f"{key}_kept"


def _nothing() -> None:
    pass
