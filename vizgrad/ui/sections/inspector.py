"""The section that tells all about one tensor: its facts, and the rule of its operation as it stands in the core."""

from __future__ import annotations

from html import escape

import streamlit as st

from ...player import component
from ...present.inspector import Inspected, Rule, inspected
from ...present.request import NotPresented
from .. import session
from ..markdown import plain
from ..runs.answers import asked
from .view import View

TENSOR = "inspected"
LETTERS = "g: the gradient that arrives; x, y, …: the inputs in their order; z: the result"


def render(view: View) -> None:
    """Draws the facts of the chosen tensor beside its rule."""
    if view.is_empty:
        st.caption("Nothing to inspect: the program made no tensor.")
        return
    try:
        found = asked(inspected, view.result.trace, view.scene, wanted())
    except NotPresented as why:
        st.caption(plain(str(why)))
        return
    left, right = st.columns([6, 6], gap="large")
    with left:
        st.subheader("Tensor", anchor=False, help="Click a box in the picture to look at it here.")
        if found.tensor is None:
            st.caption("This scene has no tensor.")
            return
        choice(found, found.tensor)
        st.html(table(found.facts))
    with right:
        st.subheader("Its rule", anchor=False)
        if found.rule is None:
            st.caption(plain(found.no_rule))
        else:
            rule(found.rule)


def pick() -> None:
    """A box of the picture was clicked: it is looked at from now on."""
    picked = component.did(session.PLAYER).picked
    if picked is not None:
        st.session_state[TENSOR] = picked


def wanted() -> int | None:
    """The tensor that the reader chose, if one was; it may be another program's."""
    tensor = st.session_state.get(TENSOR)
    return tensor if isinstance(tensor, int) else None


def choice(found: Inspected, tensor: int) -> None:
    """The tensor that is inspected, to be changed."""
    if wanted() != tensor:  # it was of another scene, or of another program
        st.session_state[TENSOR] = tensor
    labels = found.labels
    st.selectbox(
        "Tensor",
        list(labels),
        format_func=lambda one: labels.get(one, str(one)),
        key=TENSOR,
        label_visibility="collapsed",
    )


def table(pairs: tuple[tuple[str, str], ...]) -> str:
    """The facts as HTML."""
    rows = "".join(f"<tr><th>{escape(word)}</th><td><pre>{escape(text)}</pre></td></tr>" for word, text in pairs)
    return f'<div class="vg-table vg-facts"><table><tbody>{rows}</tbody></table></div>'


def rule(found: Rule) -> None:
    """The operation's record and its formulae."""
    if found.formulas:
        st.caption("What each input gets")
        with st.container(key="inspector_formulae", gap="small"):
            for name, tex in found.formulas:
                st.latex(rf"\texttt{{{name.replace('_', chr(92) + '_')}}} \leftarrow {tex}")
        st.caption(LETTERS)
    st.caption(f"The operation as it stands in `{found.file}`, line {found.line}")
    st.code(found.code, language="python", wrap_lines=True)
