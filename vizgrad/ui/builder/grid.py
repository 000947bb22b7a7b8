"""A grid of numbers to type a tensor's elements into."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.column_config import CheckboxColumn, TextColumn

from ...program.editing.fields import NUMBER, one_number

MOST = 12
"""A grid has at most this many rows and columns; larger tensors and those of more dimensions are typed as text."""


def fits(shape: tuple[int, ...]) -> bool:
    """Whether a tensor of this shape can be typed into a grid."""
    return len(shape) <= 2 and all(1 <= size <= MOST for size in shape)


def grid(shape: tuple[int, ...], values: Any, dtype: str, *, key: str) -> None:
    """Draws the grid, which begins with `values`: nested lists, cut or filled up to the shape.

    `typed` tells what it holds.
    """
    kept = st.session_state.get(f"{key}_kept", (None, None, values))
    if kept[:2] != (shape, dtype):
        held = typed(key) if kept[0] is not None else values
        kept = (shape, dtype, fitted(held, shape))
        st.session_state[f"{key}_kept"] = kept
    import pandas as pd  # Streamlit needs it for every grid, and nothing else here does

    is_bool = dtype == "bool"
    columns = shape[-1] if shape else 1
    rows = _rows(kept[2], shape)
    frame = pd.DataFrame(rows if is_bool else [[f"{value:g}" for value in row] for row in rows])
    frame.columns = [str(i) for i in range(columns)]
    column: Any = CheckboxColumn() if is_bool else TextColumn(validate=f"^({NUMBER.pattern})$")
    st.data_editor(
        frame,
        key=_key(key, shape, dtype),
        hide_index=len(shape) < 2,
        column_config=dict.fromkeys(frame.columns, column),
        num_rows="fixed",
    )


def typed(key: str) -> Any:
    """The nested lists that stand in the grid, as far as Python was told; raises Unfinished for what is no number.

    The cells are texts: a grid of numbers would not let one begin with a minus sign.
    """
    shape, dtype, values = st.session_state[f"{key}_kept"]
    rows = [list(row) for row in _rows(values, shape)]
    edits = st.session_state.get(_key(key, shape, dtype)) or {}
    for index, changed in edits.get("edited_rows", {}).items():
        for column, value in changed.items():
            rows[int(index)][int(column)] = one_number(value) if isinstance(value, str) else value or 0.0
    return rows[0][0] if not shape else rows[0] if len(shape) == 1 else rows


def fitted(values: Any, shape: tuple[int, ...]) -> Any:
    """Nested lists cut to a shape, or filled up with zeros.

    >>> fitted([1.0, 2.0], (3,)), fitted([[1.0, 2.0], [3.0, 4.0]], (1, 3)), fitted(5.0, (2,))
    ([1.0, 2.0, 0.0], [[1.0, 2.0, 0.0]], [5.0, 0.0])
    """
    if not shape:
        while isinstance(values, list | tuple):
            values = values[0] if values else 0.0
        return values
    parts = list(values) if isinstance(values, list | tuple) else [values]
    if len(shape) == 1:
        parts = [fitted(part, ()) for part in parts]
    elif parts and not isinstance(parts[0], list | tuple):
        parts = [parts]
    nothing: Any = 0.0 if len(shape) == 1 else []
    return [fitted(parts[i] if i < len(parts) else nothing, shape[1:]) for i in range(shape[0])]


def _rows(values: Any, shape: tuple[int, ...]) -> list[list[Any]]:
    return [[values]] if not shape else [values] if len(shape) == 1 else values


def _key(key: str, shape: tuple[int, ...], dtype: str) -> str:
    return f"{key}_{'x'.join(map(str, shape))}_{dtype}"
