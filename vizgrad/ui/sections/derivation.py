"""The section that derives by hand what autograd computed, and judges a derivative that the reader types."""

from __future__ import annotations

import streamlit as st

from ...present import derivation
from ...present.derivation import LONGEST_ANSWER, MOST_RULES, Derived
from ...present.request import NotPresented
from ..markdown import plain
from ..runs.answers import asked
from .view import View

LEAF, ANSWER = "derivation_leaf", "derivation_answer"
SIGNS = {
    "right": ":green[:material/check_circle:]",
    "here": ":orange[:material/error:]",
    "wrong": ":red[:material/cancel:]",
    "unreadable": ":gray[:material/help:]",
}


def render(view: View) -> None:
    """Draws the derivation for one leaf, beside what the machine says; the chain of local rules where there is none."""
    try:
        found = asked(derivation.derived, view.result.trace, view.scene, wanted())
    except NotPresented as why:
        st.caption(plain(str(why)))
        return
    if not found.leaves:
        st.caption(
            "Nothing to derive yet: it takes a backward() from a scalar that a leaf with requires_grad went into."
        )
        return
    choice(found)
    by_hand, by_machine = st.columns([7, 5], gap="large")
    with by_hand, st.container(key="derivation", gap="small"):
        st.subheader("By hand", anchor=False)
        if found.reason is None:
            formulae(found)
        else:
            local_rules(found, found.reason)
    with by_machine:
        st.subheader("By machine", anchor=False)
        machine(found)
        if found.reason is None:
            st.subheader("Your turn", anchor=False)
            answer(view, found)


def wanted() -> int | None:
    """The leaf that the reader chose, if one was."""
    leaf = st.session_state.get(LEAF)
    return leaf if isinstance(leaf, int) else None


def choice(found: Derived) -> None:
    """Where there are several leaves, one of them is to be chosen."""
    if len(found.leaves) > 1:
        st.segmented_control(
            "Derivative by",
            list(found.leaves),
            format_func=found.leaves.__getitem__,
            key=LEAF,
            default=next(iter(found.leaves)),
            required=True,
        )


def formulae(found: Derived) -> None:
    """The derivation line by line, each part under a word for what it is."""
    for part in found.parts:
        st.caption(part.title)
        for line in part.lines:
            st.latex(line)


def machine(found: Derived) -> None:
    """What autograd computed for the leaf, and whether it is what was derived."""
    name = found.leaves[found.leaf]
    if found.gradient is not None:
        st.code(f"{name}.grad\n{found.gradient}", language=None)
    else:
        st.caption(f"{plain(name)}.grad is None at the end of the scene.")
    if found.agrees:
        st.markdown(":green[:material/check_circle:] Autograd gave the same numbers.")
    elif found.agrees is False:
        st.markdown(
            ":orange[:material/error:] Autograd gave other numbers than this derivative: something changed the gradient"
            " on its way, such as a hook or a Function of your own."
        )


def answer(view: View, found: Derived) -> None:
    """A field for the reader's own derivative, and what became of it."""
    name = found.leaves[found.leaf]
    text = st.text_input(
        f"The derivative by {name}{'' if found.is_scalar else ', for each element'}",
        key=f"{ANSWER}_{name}",
        placeholder=f"such as 2 * {name} + 1",
        max_chars=LONGEST_ANSWER,
        help="Numbers, the tensors' names, + - * / ^ and functions such as exp, log, sum, sigmoid.",
    )
    if not text.strip():
        return
    try:
        verdict = asked(derivation.judged, view.result.trace, view.scene, found.leaf, text)
    except NotPresented as why:
        verdict = derivation.Verdict("unreadable", str(why))
    st.markdown(f"{SIGNS.get(verdict.kind, '')} {plain(verdict.sentence)}")


def local_rules(found: Derived, reason: str) -> None:
    """The chain of local rules, where no closed form is attempted."""
    st.markdown(f":gray[{plain(reason)}] The derivative is then the chain of these local rules, from the output down:")
    for rule in found.rules[:MOST_RULES]:
        st.latex(rule)
    if found.has_more:
        st.caption("… and so on: the player tells every step.")
