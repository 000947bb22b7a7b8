"""The section that derives by hand: what it shows, what it judges, and what it says where it cannot."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

PATIENCE = 60


def script() -> None:
    import streamlit as st

    import vizgrad
    from vizgrad.ui import derivation
    from vizgrad.ui.view import View

    trace = vizgrad.run(st.session_state["program"], isolated=False)
    derivation.render(View(trace, -1, "numpy", False))


def page(program: str) -> AppTest:
    at = AppTest.from_function(script, default_timeout=PATIENCE)
    at.session_state["program"] = "import torch\n" + program
    at.run()
    assert not at.exception, at.exception
    return at


SEED = "x = torch.ones(2, requires_grad=True)\ny = 5 * (x + 1) ** 2\no = (1/2) * torch.sum(y)\no.backward()\n"


def said(at: AppTest) -> str:
    return " ".join(e.value for kind in ("markdown", "caption", "code") for e in at.get(kind))


def test_the_notebooks_second_half():
    at = page(SEED)
    lines = [e.value for e in at.latex]
    assert any("y_{i} = 5" in line for line in lines) and any("= 10" in line for line in lines)
    assert "[10., 10.]" in said(at) and "Autograd gave the same numbers" in said(at)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("5 (x + 1)", "Right"), ("10", "not as a formula"), ("x", "Not yet"), ("open('x')", "There is no open")],
)
def test_a_typed_derivative_is_judged(text: str, verdict: str):
    at = page(SEED)
    at.text_input[0].set_value(text).run()
    assert verdict in said(at).replace("\\", "")


def test_the_reader_chooses_the_leaf():
    at = page(
        "a = torch.tensor(2., requires_grad=True)\nb = torch.tensor(3., requires_grad=True)\n(a * b).backward()\n"
    )
    assert any("= b" in e.value for e in at.latex)
    at.session_state["derivation_leaf"] = 1
    at.run()
    assert any("= a" in e.value for e in at.latex)


def test_where_there_is_no_closed_form_the_local_rules_stand():
    at = page("A = torch.ones(2, 2, requires_grad=True)\n(A @ A).sum().backward()\n")
    assert "no closed form is attempted" in said(at).replace("\\", "")
    assert any("top" in e.value for e in at.latex)


def test_a_hook_that_changes_the_gradient_is_told():
    hooked = SEED.replace("o = ", "y.register_hook(lambda grad: grad / 2)\no = ")
    assert "something changed the gradient" in said(page(hooked))


@pytest.mark.parametrize(
    "program", ["", "x = torch.ones(2)\n", "x = torch.ones(2, requires_grad=True)\ny = x * 2\n", "1 +"]
)
def test_without_a_backward_pass_it_says_what_is_missing(program: str):
    at = page(program)
    assert "Nothing to derive yet" in said(at) and not at.latex
