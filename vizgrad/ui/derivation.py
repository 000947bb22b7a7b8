"""The section that derives by hand what autograd computed, and judges a derivative that the reader types."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

from ..explain.explanation import Explanation
from ..trace import Notation, Scene, Trace, Vjp
from .view import View

if TYPE_CHECKING:
    from ..explain.symbolic import Derivation, NoClosedForm

LEAF, ANSWER = "derivation_leaf", "derivation_answer"
SIGNS = {
    "right": ":green[:material/check_circle:]",
    "here": ":orange[:material/error:]",
    "wrong": ":red[:material/cancel:]",
    "unreadable": ":gray[:material/help:]",
}
MOST_RULES = 40
"""Local rules that are listed where there is no closed form."""


def render(view: View) -> None:
    """Draws the derivation for one leaf, beside what the machine says; the chain of local rules where there is none."""
    scene = view.trace.scenes[view.scene] if view.trace.scenes else None
    leaves = {} if scene is None else leaves_of(view.trace, scene)
    if scene is None or not leaves:
        st.caption(
            "Nothing to derive yet: it takes a backward() from a scalar that a leaf with requires_grad went into."
        )
        return
    leaf = chosen(leaves)
    found = derived(view.trace, scene.index, leaf)
    by_hand, by_machine = st.columns([7, 5], gap="large")
    with by_hand, st.container(key="derivation", gap="small"):
        st.subheader("By hand", anchor=False)
        if hasattr(found, "reason"):
            local_rules(view.trace, scene, found.reason)
        else:
            formulae(found)
    with by_machine:
        st.subheader("By machine", anchor=False)
        machine(view.trace, scene, leaf, found)
        if not hasattr(found, "reason"):
            st.subheader("Your turn", anchor=False)
            answer(found, leaves[leaf])


def leaves_of(trace: Trace, scene: Scene) -> dict[int, str]:
    """The leaves of a scene that require a gradient, with their names, if some backward pass of it reaches them."""
    end, notation = trace.at(scene.stop), Notation(trace, scene)
    reached = {
        trace.nodes[edge.node].variable
        for event in trace.events[scene.start : scene.stop]
        if isinstance(event, Vjp)
        for edge in trace.nodes[event.node].edges
        if edge is not None
    }
    return {t: notation.name(t) for t in scene.tensors if t in reached and end.requires_grad.get(t)}


def chosen(leaves: dict[int, str]) -> int:
    """The leaf by which the derivative is taken: the reader's choice, or the first."""
    if len(leaves) == 1:
        return next(iter(leaves))
    picked = st.segmented_control(
        "Derivative by",
        list(leaves),
        format_func=leaves.__getitem__,
        key=LEAF,
        default=next(iter(leaves)),
        required=True,
    )
    return picked if picked in leaves else next(iter(leaves))


@lru_cache(maxsize=64)
def derived(trace: Trace, scene: int, leaf: int) -> Derivation | NoClosedForm:
    """The derivation, remembered: SymPy takes its time."""
    from ..explain.symbolic import derive

    return derive(trace, trace.scenes[scene], leaf)


def formulae(found: Derivation) -> None:
    """The derivation line by line, each part under a word for what it is."""
    derivative = (found.chain, found.derivative) if found.chain else (found.derivative,)
    parts = (
        ("The program in index notation", found.definitions),
        ("All in one", (found.combined,) if found.combined else ()),
        ("Its derivative" + (", along the chain" if found.chain else ""), derivative),
        ("At the point", found.substitution),
    )
    for title, lines in parts:
        if lines:
            st.caption(title)
            for line in lines:
                st.latex(line)


def machine(trace: Trace, scene: Scene, leaf: int, found: Derivation | NoClosedForm) -> None:
    """What autograd computed for the leaf, and whether it is what was derived."""
    from ..present.table import elements_text

    name, grad = Notation(trace, scene).name(leaf), trace.at(scene.stop).grads.get(leaf)
    if grad is not None:
        st.code(f"{name}.grad\n{elements_text(grad)}", language=None)
    else:
        st.caption(f"{name}.grad is None at the end of the scene.")
    agrees = getattr(found, "agrees", None)
    if agrees:
        st.markdown(":green[:material/check_circle:] Autograd gave the same numbers.")
    elif agrees is False:
        st.markdown(
            ":orange[:material/error:] Autograd gave other numbers than this derivative: something changed the gradient"
            " on its way, such as a hook or a Function of your own."
        )


def answer(found: Derivation, name: str) -> None:
    """A field for the reader's own derivative, and what became of it."""
    from ..explain.verdict import judge

    element = "" if found.value.shape == () else ", for each element"
    text = st.text_input(
        f"The derivative by {name}{element}",
        key=f"{ANSWER}_{name}",
        placeholder=f"such as 2 * {name} + 1",
        max_chars=400,
        help="Numbers, the tensors' names, + - * / ^ and functions such as exp, log, sum, sigmoid.",
    )
    if text.strip():
        verdict = judge(found, text)
        st.markdown(f"{SIGNS[verdict.kind]} {escaped(verdict.sentence)}", help=None)


def local_rules(trace: Trace, scene: Scene, reason: str) -> None:
    """The chain of local rules, where no closed form is attempted."""
    st.markdown(
        f":gray[{escaped(reason)}] The derivative is then the chain of these local rules, from the output down:"
    )
    for number, explanation in enumerate(rules(trace, scene.index)):
        if number == MOST_RULES:
            st.caption("… and so on: the player tells every step.")
            break
        st.latex(explanation.symbols)


@lru_cache(maxsize=64)
def rules(trace: Trace, scene: int) -> tuple[Explanation, ...]:
    """The explanations of a scene's backward steps, in their order."""
    from ..explain import explanations

    steps = trace.scenes[scene].steps
    told = explanations(trace, trace.scenes[scene])
    return tuple(
        one
        for step, one in zip(steps, told[1:], strict=False)
        if isinstance(trace.events[step.event], Vjp) and one.symbols
    )


def escaped(text: str) -> str:
    """Plain text for markdown."""
    return "".join("\\" + c if c in r"\`*_{}[]()#+-.!|~$<>:" else c for c in text)
