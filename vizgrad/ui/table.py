"""The table of all tensors of a scene: what PyTorch would answer when asked about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from ..present.elements import elements_text
from ..trace import Notation, Trace

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


def rows(trace: Trace, scene: int = -1) -> tuple[Row, ...]:
    """The tensors of a scene as they are at its end, in order of birth; IndexError for a scene there is not."""
    one = trace.scenes[scene]
    notation = Notation(trace, one)
    state = trace.at(one.stop)
    made = []
    for tensor in one.tensors:
        if tensor not in state.values:
            continue
        source, grad = state.grad_fn[tensor], state.grads.get(tensor)
        made.append(
            Row(
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
        )
    return tuple(made)


def html(table: Iterable[Row]) -> str:
    """The rows as an HTML table; every text is escaped."""
    head = "".join(f'<th scope="col">{column}</th>' for column in COLUMNS)
    return (
        '<div class="vg-table" tabindex="0" role="region" aria-label="Tensors"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, table))}</tbody></table></div>"
    )


def _row(row: Row) -> str:
    told = escape(row.expression)
    expression = f'<small title="{told}">{told}</small>' if told else ""
    cells = [
        f'<th scope="row"><button type="button" title="{VISIT.format(escape(row.name))}">'
        f"<code>{escape(row.name)}</code></button>{expression}</th>",
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
    return f'<td class="{classes}"><pre>{escape(text)}</pre></td>'
