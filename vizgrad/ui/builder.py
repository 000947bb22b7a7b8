"""Three cards that write program text: a tensor, an expression, a backward pass."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ..trace import Variable
from . import checked, runs, state, statements

ONLY_SCALARS = "grad can be implicitly created only for scalar outputs"
"""PyTorch's own sentence."""

OPEN = "builder_open"
"""The key of the switch."""


def switch() -> None:
    """The switch that opens the cards and closes them."""
    st.toggle("Build without typing", key=OPEN)


def render(slot: DeltaGenerator) -> None:
    """Fills `slot` with the cards, if they are open."""
    if st.session_state.get(OPEN):
        with slot:
            cards()


@st.fragment(key="builder")
def cards() -> None:
    """The three cards; typing in them runs nothing but themselves, and a line they write the whole page."""
    if not state.is_drawn():
        st.rerun()
    with st.container(border=True, key="builder"):
        made = {"tensor": tensor_card, "expression": expression_card, "backward": backward_card}
        for column, (kind, card) in zip(st.columns(3, gap="medium"), made.items(), strict=True):
            with column, st.container(height="stretch", key=f"card_{kind}"):
                card()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Each card writes one line at the end of the program.", width="stretch")
            _button("Undo", state.undo, icon=":material/undo:", disabled=not state.studio().before)
            _button("Start with an empty program", state.start_empty, icon=":material/note_add:")


def tensor_card() -> None:
    """Name, shape, fill and requires_grad of a new tensor."""
    st.markdown("**Tensor**")
    left, middle, right = st.columns([2, 3, 3])
    name = left.text_input("Name", key=state.card_field("tensor_name", statements.free_name(state.text())), live=True)
    fill = middle.selectbox(
        "Filled with", list(statements.FILLS), format_func=statements.FILLS.__getitem__, key="tensor_fill"
    )
    shape = value = ""
    if fill == "values":
        value = right.text_input("Elements", "1, 2", key="tensor_values", live=True, help="1, 2, 3 or 1 2; 3 4")
    else:
        shape = right.text_input("Shape", "2", key="tensor_shape", live=True, help="2 or 2, 3; nothing: one number")
        if fill == "full":
            value = st.text_input("Number", "0.5", key="tensor_number", live=True)
    wants = st.checkbox("requires_grad", True, key="tensor_requires_grad")
    _finish(
        "Add the tensor",
        lambda: statements.tensor(name, fill, shape=shape, value=value, requires_grad=wants),
    )


def expression_card() -> None:
    """Name and formula of a new expression, checked as it is typed."""
    known = _variables()
    st.markdown("**Expression**")
    left, right = st.columns([1, 3])
    free = statements.free_name(state.text(), "yzouvpq")
    name = left.text_input("Name", key=state.card_field("expression_name", free), live=True)
    formula = right.text_input(
        "Formula",
        key=state.card_field("expression_formula", ""),
        live=True,
        placeholder=f"for example 5 * ({next(reversed(known), 'x')} + 1) ** 2",
    )
    st.caption(
        f"Names to use: {', '.join(f'`{n}`' for n in known)}" if known else "Make a tensor first, to compute with it."
    )
    _finish("Add the expression", lambda: statements.expression(name, formula))


def backward_card() -> None:
    """The root of a backward pass, and the gradient to start from where the root is not a scalar."""
    tracked = {name: v for name, v in _variables().items() if v.requires_grad}
    st.markdown("**Backward**")
    if not tracked:
        st.caption("No tensor of the program requires a gradient yet: make one, and an expression of it.")
        return
    names = sorted(tracked, key=lambda n: (tracked[n].grad_fn is not None, list(tracked).index(n)), reverse=True)
    root = st.selectbox("From", names, key=_fresh("backward_root"))
    gradient = ""
    if _size(tracked[root]) != 1:
        st.caption(
            f"`{root}` has the shape `{tracked[root].shape}`, and *{ONLY_SCALARS}*: "
            "say how much each element counts, or sum it to a scalar first."
        )
        gradient = st.text_input(
            "gradient",
            f"torch.ones_like({root})",
            key=_fresh(f"backward_gradient_{root}"),
            live=True,
            help="1, 1 or an expression",
        )
    _finish("Add backward", lambda: statements.backward(root, gradient))


def _finish(label: str, statement_of: Callable[[], str]) -> None:
    """What the card would write, what comes of it, and the button that writes it."""
    statement = ""
    try:
        statement = statement_of()
    except statements.Unfinished as advice:
        st.caption(str(advice))
    if statement:
        st.code(statement, language="python", wrap_lines=True)
        verdict = checked.tried(state.text(), statement, state.studio().engine)
        mark = ":green[:material/check:]" if verdict.works else ":red[:material/error:]"
        with st.container(key=f"verdict_{label}", gap=None):
            st.markdown(mark + " " + _plain(verdict.text))
            if verdict.hint:
                st.caption(_with_code(verdict.hint))
    _button(label, state.append, statement, icon=":material/add:", disabled=not statement)


def _button(label: str, callback: Callable[..., None], *arguments: str, icon: str, disabled: bool = False) -> None:
    rev = state.studio().source_rev
    st.button(label, on_click=state.once, args=(rev, callback, *arguments), icon=icon, disabled=disabled)


def _fresh(key: str) -> str:
    """A key that ends with the program's revision: a card that has written its line starts anew."""
    return f"{key}_{state.studio().source_rev}"


def _variables() -> dict[str, Variable]:
    """The tensors that have a name at the end of the program, newest last."""
    return dict(runs.run(state.text(), state.studio().engine).variables)


def _size(variable: Variable) -> int:
    size = 1
    for length in variable.shape:
        size *= length
    return size


def _with_code(text: str) -> str:
    """A text in which what stands between backquotes is code, and nothing else is marked up."""
    parts = text.split("`")
    return "".join(f"`{part}`" if i % 2 and i < len(parts) - 1 else _plain(part) for i, part in enumerate(parts))


def _plain(text: str) -> str:
    """Text in which Streamlit's Markdown finds nothing to mark up."""
    for sign in "\\`*_{}[]()<>#+-.!|~:$":
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", "  \n")
