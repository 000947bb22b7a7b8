"""The table of all tensors of a scene: what PyTorch would answer when asked about each."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import islice
from math import inf
from typing import NamedTuple

from ..trace import Notation, State, Trace
from .elements import elements_text

MOST_ROWS = 300
LONGEST_TEXT = 12_000
"""Characters of a cell: the elements of any tensor that PyTorch prints whole."""
LONGEST_TABLE = 1 << 20
"""Characters of the whole table."""

COLUMNS = ("name", "value", "grad", "requires_grad", "is_leaf", "grad_fn", "shape", "dtype")
VISIT = "Go to the step that made {0}; again: to where its gradient came"
"""What a row does: the player hears the click on `data-tensor` in the browser, and nothing reaches the server."""


@dataclass(frozen=True, slots=True)
class Row:
    """One tensor at the end of a scene; `expression` is what made it, texts are as PyTorch prints them."""

    tensor: int
    name: str
    expression: str
    value: str
    grad: str
    requires_grad: bool
    is_leaf: bool
    grad_fn: str
    shape: tuple[int, ...]
    dtype: str


class Table(NamedTuple):
    """A table as HTML, and how many tensors are not in it."""

    html: str
    more: int


def table(trace: Trace, scene: int = -1, seconds: float = inf) -> Table:
    """The tensors of a scene as they are at its end, as many as there is room and time for.

    Raises IndexError for a scene there is not.

    >>> table(Trace(engine="numpy", source="", tensors=(), nodes=(), events=())).more
    0
    """
    until = time.process_time() + seconds
    there, found = _rows(trace, scene)
    made: list[str] = []
    length = 0
    for row in islice(found, MOST_ROWS):
        made.append(_row(row))
        length += len(made[-1])
        if length > LONGEST_TABLE:
            made.pop()
            break
        if time.process_time() > until:
            break
    return Table(_around("".join(made)), there - len(made))


def rows(trace: Trace, scene: int = -1) -> tuple[Row, ...]:
    """The tensors of a scene as they are at its end, in order of birth; IndexError for a scene there is not."""
    return tuple(_rows(trace, scene)[1])


def _rows(trace: Trace, scene: int) -> tuple[int, Iterator[Row]]:
    """How many rows there are, and each as it is asked for."""
    one = trace.scenes[scene]
    state = trace.at(one.stop)
    there = [tensor for tensor in one.tensors if tensor in state.values]
    notation = Notation(trace, one)
    return len(there), (_row_of(trace, notation, state, tensor) for tensor in there)


def _row_of(trace: Trace, notation: Notation, state: State, tensor: int) -> Row:
    source, grad = state.grad_fn[tensor], state.grads.get(tensor)
    return Row(
        tensor=tensor,
        name=notation.name(tensor),
        expression=notation.expression(tensor),
        value=elements_text(state.values[tensor]),
        grad="None" if grad is None else elements_text(grad),
        requires_grad=state.requires_grad[tensor],
        is_leaf=source is None,
        grad_fn="None" if source is None else trace.nodes[source[0]].name,
        shape=state.values[tensor].shape,
        dtype=trace.tensors[tensor].dtype,
    )


def html(found: Iterable[Row]) -> str:
    """The rows as an HTML table; every text is escaped."""
    return _around("".join(map(_row, found)))


def _around(body: str) -> str:
    head = "".join(f'<th scope="col">{column}</th>' for column in COLUMNS)
    return (
        '<div class="vg-table" tabindex="0" role="region" aria-label="Tensors"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: Row) -> str:
    told = escape(_cut(row.expression))
    expression = f'<small title="{told}">{told}</small>' if told else ""
    cells = [
        f'<th scope="row"><button type="button" title="{VISIT.format(escape(_cut(row.name)))}">'
        f"<code>{escape(_cut(row.name))}</code></button>{expression}</th>",
        _cell(row.value),
        _cell(row.grad, "vg-grad"),
        _cell(str(row.requires_grad)),
        _cell(str(row.is_leaf)),
        _cell(row.grad_fn),
        _cell(str(row.shape)),
        _cell(row.dtype),
    ]
    return f'<tr data-tensor="{row.tensor}">{"".join(cells)}</tr>'


def _cell(text: str, kind: str = "") -> str:
    quiet = "vg-quiet" if text in ("None", "False") else ""
    classes = " ".join(filter(None, (kind, quiet)))
    return f'<td class="{classes}"><pre>{escape(_cut(text))}</pre></td>'


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + " …"
