"""The form of each kind of card: its fields, and the statement that they wish for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ...present.trials import Tensor
from ...program.editing import fields, parse_card, write_card
from ...program.editing.parse_card import DTYPES, REDUCTIONS, Meaning
from ...program.editing.write_card import Wish
from . import grid
from .codefield import code_field, typed

ONLY_SCALARS = "grad can be implicitly created only for scalar outputs"
"""PyTorch's own sentence."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a form is drawn with: the card's text and meaning (None for a new card), and the tensors known before it.

    A field's key holds `serial`, so that the next form begins with fresh fields. What is read from the fields is read
    from the session: a form writes what stands there when its button is pressed, not what stood there when it was
    drawn.
    `enter` presses that button.
    """

    serial: int
    source: str
    known: dict[str, Tensor]
    enter: Callable[[], None]
    code: str = ""
    meaning: Meaning | None = None

    def key(self, field: str) -> str:
        """The key of a field."""
        return f"desk_{self.serial}_{field}"

    def get(self, field: str, default: Any = "") -> Any:
        """What stands in a field."""
        return st.session_state.get(self.key(field), default)

    def text(self, field: str, label: str, begin: str, **options: Any) -> None:
        """A short text field that tells every key; one that was not drawn for a while begins with what stood in it."""
        kept = f"{self.key(field)}_kept"
        begin = st.session_state[kept] = self.get(field, st.session_state.get(kept, begin))
        st.text_input(label, begin, key=self.key(field), live=True, **options)

    def free(self, wanted: str) -> str:
        """A name that is not used yet."""
        return write_card.free_name(self.source, wanted)


Draw = Callable[[Form], Callable[[], Wish]]


def tensor(form: Form) -> Callable[[], Wish]:
    """Name, fill, shape, elements, dtype and requires_grad of a tensor."""
    was = form.meaning if isinstance(form.meaning, parse_card.Tensor) else None
    left, right = st.columns([2, 3])
    with left:
        form.text("name", "Name", was.name if was else form.free(write_card.USUAL_NAMES))
    with right:
        fills = list(write_card.FILLS)
        fill = st.selectbox(
            "Filled with",
            fills,
            index=fills.index(was.fill) if was else 0,
            format_func=write_card.FILLS.__getitem__,
            key=form.key("fill"),
        )
    left, right = st.columns([2, 3])
    with left:
        begin = fields.shape_text(was.shape) if was else "2"
        form.text("shape", "Shape", begin, placeholder="one number")
    with right:
        dtypes = list(DTYPES)
        dtype = st.selectbox("dtype", dtypes, index=dtypes.index(was.dtype) if was else 0, key=form.key("dtype"))
    _contents(form, was, fill, dtype)
    wants = was.requires_grad if was else True
    is_float = dtype in write_card.FLOATING
    st.checkbox("requires_grad", wants, key=form.key("requires_grad"), disabled=not is_float)

    def wish() -> Wish:
        fill, dtype = form.get("fill"), form.get("dtype")
        value: Any = ""
        if fill == "full":
            value = form.get("number")
        elif fill == "linspace":
            value = f"{form.get('from')}, {form.get('to')}"
        elif fill == "values":
            shape = fields.parsed_shape(form.get("shape"))
            value = grid.typed(form.key("grid")) if grid.fits(shape) else typed(form.key("elements"), _typed(was))
        return Wish.of(
            "tensor",
            name=form.get("name"),
            fill=fill,
            shape=form.get("shape"),
            value=value,
            dtype=dtype,
            requires_grad=form.get("requires_grad", False) and dtype in write_card.FLOATING,
            seed=form.get("seed"),
        )

    return wish


def _contents(form: Form, was: parse_card.Tensor | None, fill: str, dtype: str) -> None:
    """The fields that only some fills have."""
    if fill == "full":
        form.text("number", "Number", f"{was.value:g}" if was and was.fill == "full" else "0.5")
    elif fill == "linspace":
        ends = was.value if was and was.fill == "linspace" else (-1, 1)
        for column, field, label, end in zip(st.columns(2), ("from", "to"), ("From", "To"), ends, strict=True):
            with column:
                form.text(field, label, f"{end:g}")
    elif fill in parse_card.RANDOM and was is None:
        form.text("seed", "Seed", "0", help="The same seed gives the same numbers; nothing: those of the run.")
    elif fill == "values":
        try:
            shape = fields.parsed_shape(form.get("shape"))
        except fields.Unfinished:
            return
        if grid.fits(shape):
            begin = was.value if was and was.fill == "values" else [float(i + 1) for i in range(math.prod(shape))]
            if was is None and len(shape) == 2:
                begin = [begin[i * shape[1] : (i + 1) * shape[1]] for i in range(shape[0])]
            st.caption("Elements: click a cell and type.")
            grid.grid(shape, begin, dtype, key=form.key("grid"))
        else:
            st.caption("The elements say the shape here.")
            code_field("Elements", _typed(was), key=form.key("elements"), rows=4, has_palette=False)


def _typed(was: parse_card.Tensor | None) -> str:
    return repr(was.value) if was and was.fill == "values" else "[[[1, 2], [3, 4]]]"


def expression(form: Form) -> Callable[[], Wish]:
    """Name and formula."""
    was = form.meaning if isinstance(form.meaning, parse_card.Expression) else None
    begin = was.formula if was else ""
    form.text("name", "Name", was.name if was else form.free("yzouvpq"), width=140)
    newest = next(reversed(form.known), "x")
    code_field(
        "Formula",
        begin,
        key=form.key("formula"),
        names=_names(form),
        placeholder=f"5 * ({newest} + 1) ** 2",
        on_enter=form.enter,
    )
    if not form.known:
        st.caption("Make a tensor first, to compute with it.")
    return lambda: Wish.of("expression", name=form.get("name"), formula=typed(form.key("formula"), begin))


def reduce(form: Form) -> Callable[[], Wish]:
    """Name, function, tensor and dimension of a reduction."""
    was = form.meaning if isinstance(form.meaning, parse_card.Reduce) else None
    left, middle, right = st.columns([2, 3, 3])
    with left:
        form.text("name", "Name", was.name if was else form.free("osmlrn"))
    with middle:
        names = list(REDUCTIONS)
        st.selectbox("How", names, index=names.index(was.function) if was else 0, key=form.key("function"))
    with right:
        known = [*form.known][::-1]
        if was and was.of not in known:
            known.insert(0, was.of)
        st.selectbox(
            "Of", known, index=known.index(was.of) if was else 0, key=form.key("of"), format_func=_shaped(form)
        )
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        begin = fields.shape_text(was.dim) if was else ""
        form.text("dim", "dim", begin, placeholder="all", help="0 is the first dimension, -1 the last; nothing: all.")
    with right:
        st.checkbox("keepdim", bool(was and was.keepdim), key=form.key("keepdim"), disabled=not form.get("dim").strip())
    return lambda: Wish.of(
        "reduce",
        name=form.get("name"),
        function=form.get("function"),
        of=form.get("of") or "",
        dim=form.get("dim"),
        keepdim=form.get("keepdim", False),
    )


def backward(form: Form) -> Callable[[], Wish]:
    """The root of a backward pass, and the gradient to start from where the root is not a scalar."""
    was = form.meaning if isinstance(form.meaning, parse_card.Backward) else None
    tracked = {name: one for name, one in form.known.items() if one.requires_grad}
    if not tracked and was is None:
        st.caption("No tensor of the program requires a gradient yet: make one, and an expression of it.")

        def nothing() -> Wish:
            raise fields.Unfinished("There is nothing to go back from yet.")

        return nothing
    roots = sorted(tracked, key=lambda n: (not tracked[n].is_leaf, list(tracked).index(n)), reverse=True)
    if was and was.root not in roots:
        roots.insert(0, was.root)
    at = roots.index(was.root) if was else 0
    root = st.selectbox("From", roots, index=at, key=form.key("root"), format_func=_shaped(form))
    is_long = root in tracked and math.prod(tracked[root].shape) != 1
    begin = was.gradient if was and was.root == root else f"torch.ones_like({root})" if is_long else ""
    field = form.key(f"gradient_{root}")
    needs = is_long or bool(begin)
    if is_long:
        st.caption(
            f"`{root}` has the shape `{tracked[root].shape}`, and *{ONLY_SCALARS}*: "
            "say how much each element counts, or reduce it to a scalar first."
        )
    if needs:
        code_field("gradient", begin, key=field, names=_names(form), has_palette=False, on_enter=form.enter)
    keeps, creates = bool(was and was.retain_graph), bool(was and was.create_graph)
    left, right = st.columns(2)
    left.checkbox("retain_graph", keeps, key=form.key("retain"), help="Keep what the graph saved, for a second pass.")
    right.checkbox("create_graph", creates, key=form.key("create"), help="Record the backward pass, to go through it.")
    return lambda: Wish.of(
        "backward",
        root=root,
        gradient=typed(field, begin) if needs else "",
        retain_graph=form.get("retain", False),
        create_graph=form.get("create", False),
    )


def zero(form: Form) -> Callable[[], Wish]:
    """Whose gradient is put back, and to what."""
    was = form.meaning if isinstance(form.meaning, parse_card.Zero) else None
    ways = {"none": "None, as optimizers do", "fill": "zeros, in place"}
    if was and was.how == "all":
        form.text("of", "Optimizer or module", was.of)
        return lambda: Wish.of("zero", of=form.get("of"), how="all")
    leaves = [name for name, one in form.known.items() if one.is_leaf and one.requires_grad]
    if was and was.of not in leaves:
        leaves.insert(0, was.of)
    if not leaves:
        st.caption("No leaf of the program requires a gradient yet.")
    begin = [was.of] if was else [name for name in leaves if form.known[name].has_grad] or leaves
    st.pills("Of", leaves, selection_mode="multi", default=begin, key=form.key("of"))
    st.radio("To", list(ways), index=int(bool(was and was.how == "fill")), key=form.key("how"), format_func=ways.get)
    st.caption("Without this, the next backward adds to the gradients that are there.")

    def wish() -> Wish:
        chosen = form.get("of", [])
        return Wish.of("zero", of=[name for name in leaves if name in chosen], how=form.get("how"))

    return wish


def no_grad(form: Form) -> Callable[[], Wish]:
    """The statements of a block that autograd does not follow."""
    was = form.meaning if isinstance(form.meaning, parse_card.NoGrad) else None
    begin = was.body if was else ""
    st.caption("What is computed in here leaves no graph behind: no gradient goes through it.")
    newest = next(reversed(form.known), "w")
    code_field(
        "Statements in the block",
        begin,
        key=form.key("body"),
        names=_names(form),
        placeholder=f"{newest} -= 0.1 * {newest}.grad",
        rows=max(3, begin.count("\n") + 2),
        on_enter=form.enter,
    )
    return lambda: Wish.of("no_grad", body=typed(form.key("body"), begin))


def seed(form: Form) -> Callable[[], Wish]:
    """The number that random numbers begin with."""
    was = form.meaning if isinstance(form.meaning, parse_card.Seed) else None
    form.text("seed", "Seed", str(was.number) if was else "0")
    return lambda: Wish.of("seed", number=form.get("seed"))


def printed(form: Form) -> Callable[[], Wish]:
    """What is printed."""
    was = form.meaning if isinstance(form.meaning, parse_card.Print) else None
    begin = was.what if was else next((f"{name}.grad" for name, one in form.known.items() if one.has_grad), "")
    code_field(
        "What",
        begin,
        key=form.key("what"),
        names=_names(form),
        placeholder="x.grad",
        has_palette=False,
        on_enter=form.enter,
    )
    return lambda: Wish.of("print", what=typed(form.key("what"), begin))


def other(form: Form) -> Callable[[], Wish]:
    """Any statement, as text."""
    code_field(
        "Statement",
        form.code,
        key=form.key("code"),
        names=_names(form),
        rows=max(2, form.code.count("\n") + 2),
        has_palette=False,
        on_enter=form.enter,
    )
    return lambda: Wish.of("other", code=typed(form.key("code"), form.code))


def _names(form: Form) -> list[str]:
    return list(form.known)


def _shaped(form: Form) -> Callable[[str], str]:
    """Names in a list, each with its shape."""
    return lambda name: f"{name}  {tuple(form.known[name].shape)}" if name in form.known else name
