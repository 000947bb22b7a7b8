"""The section that tells all about one tensor: its facts, and the rule of its operation as it stands in the core."""

from __future__ import annotations

from html import escape

import streamlit as st

from ..explain.source import OpSource, op_source
from ..player import component
from ..trace import Notation, Scene, Trace
from . import facts, state
from .view import View

TENSOR = "inspected"
LETTERS = "g: the gradient that arrives; x, y, …: the inputs in their order; z: the result"


def render(view: View) -> None:
    """Draws the facts of the chosen tensor beside its rule."""
    if view.is_empty:
        st.caption("Nothing to inspect: the program made no tensor.")
        return
    scene = view.trace.scenes[view.scene]
    left, right = st.columns([6, 6], gap="large")
    with left:
        st.subheader("Tensor", anchor=False, help="Click a box in the picture to look at it here.")
        tensor = chosen(view.trace, scene)
        if tensor is None:
            st.caption("This scene has no tensor.")
            return
        st.html(table(facts.facts(view.trace, scene, tensor)))
    with right:
        st.subheader("Its rule", anchor=False)
        rule(view.trace, scene, tensor)


def pick() -> None:
    """A box of the picture was clicked: it is looked at from now on."""
    picked = component.did(state.PLAYER).picked
    if picked is not None:
        st.session_state[TENSOR] = picked


def chosen(trace: Trace, scene: Scene) -> int | None:
    """The tensor that is inspected: the reader's choice, or the last one made; None where there is none."""
    notation, there = Notation(trace, scene), trace.at(scene.stop).values
    labels = {t: f"{notation.name(t)} = {notation.expression(t)}" for t in scene.tensors if t in there}
    if not labels:
        return None
    if st.session_state.get(TENSOR) not in labels:  # of another scene, or of another program
        st.session_state[TENSOR] = list(labels)[-1]
    picked = st.selectbox(
        "Tensor", list(labels), format_func=labels.__getitem__, key=TENSOR, label_visibility="collapsed"
    )
    return picked if picked in labels else list(labels)[-1]


def table(pairs: tuple[tuple[str, str], ...]) -> str:
    """The facts as HTML."""
    rows = "".join(f"<tr><th>{escape(word)}</th><td><pre>{escape(text)}</pre></td></tr>" for word, text in pairs)
    return f'<div class="vg-table vg-facts"><table><tbody>{rows}</tbody></table></div>'


def rule(trace: Trace, scene: Scene, tensor: int) -> None:
    """The operation's record and its formulae."""
    source = trace.at(scene.stop).grad_fn.get(tensor)
    if source is None:
        st.caption("A leaf: no operation made it, so no rule belongs to it.")
        return
    node = trace.nodes[source[0]]
    found = op_source(node.op, node.name)
    if found is None:
        st.caption(f"{node.name} runs code of the program's own: the core has no rule for it.")
        return
    formulae(found)
    st.caption(f"The operation as it stands in `{found.file}`, line {found.line}")
    st.code(found.code, language="python", wrap_lines=True)


def formulae(found: OpSource) -> None:
    """What each input gets, as formulae."""
    if found.formulas:
        st.caption("What each input gets")
        with st.container(key="inspector_formulae", gap="small"):
            for name, tex in found.formulas:
                st.latex(rf"\texttt{{{name.replace('_', chr(92) + '_')}}} \leftarrow {tex}")
        st.caption(LETTERS)
