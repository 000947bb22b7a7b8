"""The rows of each kind of box, and the size that follows from them."""

from __future__ import annotations

import re

from vizgrad.trace import TensorRecord

from ..style import INKS
from .heatmap import is_mapped, size
from .numbers import extent
from .parts import GAP, PAD, RIM, Cell, Row, advance, clean, clip, columns, pixels

NARROWEST = 150
WIDEST_NOTE = 260
WIDEST_TITLE = 180
"""Pixels that a title may ask for; a longer one is shortened to what the other rows need."""

NOTE_COLUMNS = 12
"""Columns that the label of a gradient may take: ∂loss/∂h₂."""

REASONS = {
    "constant": "constant",
    "no_grad": "no_grad",
    "inference_mode": "inference",
    "detach": "detached",
    "integer": "integer",
    "not_tracked": "untracked",
}


Saves = tuple[tuple[str, str | None], ...]
"""What a node saved: what it calls each tensor, and the tensor's name (None for the node's own result)."""

MODULES = frozenset({"torch", "F", "nn", "np"})
LITERAL = re.compile(r"(?<![\w.])\d[\d_]*\.?\d*(?:e[-+]?\d+)?")
CALL = re.compile(r"([\w.]+)\((?:[^()]|\([^()]*\))*\)")


def gradient_note(root: str | None, name: str) -> str:
    """What the gradient of a tensor is called: ∂o/∂y, shortened where names are long.

    >>> gradient_note("o", "y"), gradient_note("loss", "hidden"), gradient_note(None, "y")
    ('∂o/∂y', '∂/∂hidden', '∂/∂y')
    """
    full = f"∂{root}/∂{name}"
    return full if root and columns(full) <= NOTE_COLUMNS else clip(f"∂/∂{name}", NOTE_COLUMNS)


def tensor_rows(
    record: TensorRecord,
    name: str,
    expression: str,
    title: str,
    gradient: tuple[str, ...],
    *,
    reason: str | None = None,
    has_note: bool = True,
    is_changed: bool = False,
    hooks: tuple[str, ...] = (),
    saved: Saves = (),
) -> tuple[int, tuple[Row, ...]]:
    """The width and rows of a tensor's box.

    `title` is its grad_fn or what it is otherwise; `gradient` the names that its gradient may get (none: the box has no
    row for it); `reason` says why no gradient goes there; `is_changed` asks for room for its version; `hooks` are the
    names of those that run on its gradient; `saved` is what its grad_fn keeps for the way back.
    """
    room = extent(record.shape, record.dtype)
    across, down = size(record.shape) if is_mapped(record.shape, record.dtype) else (0, 0)
    is_tall = down > INKS["value-note"].begins
    notes = max((columns(text) for text in gradient), default=0)
    label = pixels(max(notes, 5), "gradient-note") + 4
    shape = f"{'(' + ', '.join(map(str, record.shape)) + (',)' if len(record.shape) == 1 else ')')} {record.dtype}"
    inner = max(label + pixels(room.characters, "number") + (across + 2 * GAP if across else 0), NARROWEST - 2 * PAD)
    if has_note:
        wish = columns(title) + columns(shape) + 2 + (4 if is_changed else 0)
        inner = max(inner, min(pixels(wish, "note"), WIDEST_NOTE - 2 * PAD))
    inner = max(inner, _wish(name, expression))
    rows = [title_row(name, expression, inner)]
    if has_note:
        rows.append(note_row(title, shape, inner, is_changed))
    note = "map-note" if is_tall else "value-note"
    rows += _numbers("value", note, "value", "number", ("value",), label, inner, room.lines)
    if gradient:
        note = "gradient-map-note" if is_tall else "gradient-note"
        rows += _numbers("gradient-note", note, "gradient", "gradient", gradient, label, inner, room.lines)
    if reason is not None:
        text = f"no gradient ({REASONS.get(reason, reason)})"
        rows.append(row_of(Cell("fixed", "note", inner, text=clip(text, int(inner / advance("note"))))))
    if hooks:
        rows.append(hook_row(hooks, inner))
    rows += saved_rows(saved, inner)
    return int(inner) + 2 * PAD, tuple(rows)


def hook_row(hooks: tuple[str, ...], inner: float) -> Row:
    """The row that names the hooks of a gradient."""
    text = f"hook{'s' if len(hooks) > 1 else ''} {', '.join(map(clean, hooks))}"
    return row_of(Cell("fixed", "hook", inner, clip(text, int(inner / advance("hook")))))


def accumulate_rows(text: str, shape: tuple[int, ...], dtype: str, has_sum: bool) -> tuple[int, tuple[Row, ...]]:
    """The width and rows of an AccumulateGrad: what `.grad` was and what is added to it, where that is short."""
    inner = pixels(columns(text) + 2, "accumulate") + 4
    if not has_sum:
        return int(inner) + 6, (row_of(Cell("fixed", "accumulate", inner, text)),)
    label = pixels(3, "sum-note") + 6
    inner = max(inner, label + pixels(extent(shape, dtype).characters, "sum"))
    sums = [
        row_of(Cell("sum-note", "sum-note", label, note), Cell(what, "sum", inner - label))
        for note, what in (("was", "before"), ("+", "delta"))
    ]
    return int(inner) + 2 * PAD, (row_of(Cell("fixed", "accumulate", inner, text)), *sums)


def node_rows(name: str, saved: Saves = ()) -> tuple[int, tuple[Row, ...]]:
    """The width and rows of a node's box without a tensor: its name, and what it keeps for the way back."""
    inner = max(pixels(columns(name), "name"), 80)
    return int(inner) + 2 * PAD, (row_of(Cell("fixed", "title", inner, name)), *saved_rows(saved, inner))


def saved_rows(saved: Saves, inner: float) -> tuple[Row, ...]:
    """One row of tags for the tensors saved: with both names where there is room, else the tensor's, else some.

    >>> [[cell.text for cell in row.cells] for row in saved_rows((("self", "x"), ("result", None)), 180)]
    [['saved', 'self=x', 'result']]
    >>> [[cell.text for cell in row.cells] for row in saved_rows((("self", "x"), ("other", "y")), 134)]
    [['saved', 'x', 'y']]
    >>> [[cell.text for cell in row.cells] for row in saved_rows((("self", "weights"), ("mat2", "hidden")), 134)]
    [['saved', 'self', 'mat2']]
    """
    if not saved:
        return ()
    label = pixels(5, "saved-note") + 6
    short = [name for name, _ in saved]
    tensors = [name if tensor is None else clean(tensor) for name, tensor in saved]
    long = [name if tensor is None else f"{name}={clean(tensor)}" for name, tensor in saved]
    texts = next((t for t in (long, tensors, short) if label + sum(map(tag_width, t)) <= inner), None)
    if texts is None:
        texts = min(tensors, short, key=lambda t: sum(map(tag_width, t)))
        while len(texts) > 1 and label + sum(map(tag_width, texts)) + tag_width("+9") > inner:
            texts = texts[:-1]
        if len(texts) < len(saved):
            texts = [*texts, f"+{len(saved) - len(texts)}"]
    tags = [Cell("fixed", "tag", tag_width(text), text) for text in texts]
    return (row_of(Cell("fixed", "saved-note", label, "saved"), *tags),)


def tag_width(text: str) -> float:
    """The room that a tag needs, with the gap to the next."""
    return pixels(columns(text), "tag") + 3 * GAP


def title_row(name: str, expression: str, inner: float) -> Row:
    """The first row: the name in bold, and what made it."""
    most = int(inner / advance("name"))
    name, expression = clip(clean(name), most), clean(expression)
    taken = pixels(columns(name), "name") + 1
    rest = int((inner - taken) / advance("expression"))
    if not expression or expression == name or rest < 6:
        return row_of(Cell("fixed", "name", inner, name))
    text = f"\N{NO-BREAK SPACE}= {shorten(expression, rest - 3)}"
    return row_of(Cell("fixed", "name", taken, name), Cell("fixed", "expression", inner - taken, text))


def _wish(name: str, expression: str) -> float:
    """The pixels that a title would like; numbers in it count alike, so that changing one moves nothing."""
    wish = pixels(columns(f"{name} = {LITERAL.sub('000', expression)}"), "name") + 1
    return wish if wish <= WIDEST_TITLE else 0


def shorten(expression: str, most: int) -> str:
    """An expression in at most `most` columns: a call without its arguments where that is enough.

    >>> shorten("torch.ones(2, requires_grad=True)", 15), shorten("torch.ones(2, requires_grad=True)", 9)
    ('torch.ones(…)', 'ones(…)')
    >>> shorten("x + 1", 15), shorten("a_long_name + 1", 9), shorten("hidden.mean()", 9)
    ('x + 1', 'a_long_n…', 'hidden.m…')
    """
    if columns(expression) <= most:
        return expression
    call = CALL.fullmatch(expression)
    if call is not None:
        module, _, function = call[1].rpartition(".")
        for short in (f"{call[1]}(…)", f"{function}(…)" if module.split(".")[0] in MODULES else call[1] + "(…)"):
            if columns(short) <= most:
                return short
    return clip(expression, most)


def note_row(left: str, right: str, inner: float, is_changed: bool = False) -> Row:
    """The second row: the grad_fn at the left, shape and dtype at the right, and the version where that changes."""
    most = int(inner / advance("note"))
    version = 4 if is_changed else 0
    right = clip(right, most - version)
    left = clip(left, max(most - columns(right) - version - 1, 3))
    taken = min(pixels(columns(right) + version, "note"), inner - 20)
    what = "version" if is_changed else "fixed"
    return row_of(Cell("fixed", "note", inner - taken, left), Cell(what, "note-right", taken, right))


def row_of(*cells: Cell) -> Row:
    """A row as high as its first ink asks for."""
    return Row(INKS[cells[0].ink].begins, cells)


def height_of(rows: tuple[Row, ...]) -> int:
    """A box's height in pixels."""
    return sum(row.height for row in rows) + 2 * RIM


def _numbers(
    note: str, note_ink: str, what: str, ink: str, labels: tuple[str, ...], label: float, inner: float, count: int
) -> list[Row]:
    """A value's rows: its label beside the first line."""
    first = "fixed" if note == what else note
    rows = []
    for line in range(count):
        left = Cell(first, note_ink, label, text=labels[0]) if line == 0 else Cell("fixed", note_ink, label)
        rows.append(row_of(left, Cell(what, ink, inner - label, line=line)))
    return rows
