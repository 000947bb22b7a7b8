"""The section that derives by hand: what it shows, what it judges, and what it says where it cannot."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from vizgrad.explain import Explainer
from vizgrad.present import derivation
from vizgrad.present.derivation import MOST_RULES, Derive, Derived
from vizgrad.present.request import NotPresented

from .viewed import recorded

PATIENCE = 60


def script() -> None:
    import streamlit as st

    from tests.ui.viewed import view
    from vizgrad.ui.sections import derivation

    derivation.render(view(st.session_state["program"]))


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


def derive(program: str, leaf: int | None = None) -> Derived:
    """The answer that the page gets, made in this process."""
    return Derive(-1, leaf).answer(recorded("import torch\n" + program))[0]


def test_what_the_page_is_told_of_a_derivation():
    found = derive(SEED)
    assert found.leaves == {0: "x"} and found.leaf == 0 and not found.is_scalar
    assert found.gradient == "[10., 10.]" and found.agrees and found.reason is None
    assert next(part.title for part in found.parts) == "The program in index notation"


def test_a_leaf_that_is_not_there_is_another_programs():
    assert derive(SEED, 77).leaf == 0


def test_a_leaf_that_the_machine_gave_nothing_is_told():
    found = derive(SEED + "x.grad = None\n")
    assert found.gradient is None


def test_many_local_rules_are_cut_and_said_to_be():
    found = derive("A = torch.eye(2, requires_grad=True)\nB = A\nfor i in range(60): B = B @ A\nB.sum().backward()\n")
    assert found.reason and len(found.rules) == MOST_RULES and found.has_more


def test_a_step_that_cannot_be_written_leaves_the_others(monkeypatch: pytest.MonkeyPatch):
    step = Explainer.step
    monkeypatch.setattr(Explainer, "step", lambda self, n: 1 / 0 if n == 5 else step(self, n))
    found = derive("A = torch.ones(2, 2, requires_grad=True)\n(A @ A).sum().backward()\n")
    assert sum("cannot be written" in rule for rule in found.rules) == 1 and len(found.rules) > 1


def test_a_trace_that_is_none_is_refused_with_a_sentence():
    with pytest.raises(NotPresented, match="cannot be read"):
        Derive(-1).answer(b"{")
    with pytest.raises(NotPresented, match="no such scene"):
        Derive(9).answer(recorded("import torch\n" + SEED))


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("x = torch.tensor(0.0, requires_grad=True)\ny = (3 * x) ** 1000000000\ny.backward()\n", "many digits"),
        ("x = torch.zeros(3, requires_grad=True)\no = ((x + 1) ** 1000000).sum()\no.backward()\n", "many digits"),
        (
            "x = y = torch.ones(2, requires_grad=True)\nfor i in range(12): y = y * torch.sin(y)\ny.sum().backward()\n",
            "400",
        ),
        ("x = y = torch.tensor(0.3, requires_grad=True)\nfor i in range(15): y = y + y * y\ny.backward()\n", "400"),
    ],
)
def test_a_formula_that_nobody_could_read_is_not_attempted(program: str, reason: str):
    found = derive(program)
    assert reason in found.reason and found.rules and not found.parts


def test_what_takes_sympy_too_long_has_its_local_rules(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(derivation, "SECONDS", 1.0)
    relu = "h = torch.relu(h - h.mean())\n"
    program = f"x = h = torch.randn(1000, requires_grad=True)\n{relu}{relu}h.sum().backward()\n"
    found = derivation.derived(recorded("import torch\n" + program), -1, None)
    assert found.reason is not None and found.rules and found.leaves == {0: "x"}


def test_an_answer_that_would_fill_the_memory_is_refused():
    trace = recorded("import torch\nx = torch.tensor(1.0, requires_grad=True)\n(x ** 2).backward()\n")
    text = "2*x + 1/((((((9^20)^20)^20)^20)^20)^20)"
    assert derivation.judged(trace, -1, 0, text).kind in ("right", "here", "wrong")
    assert derivation.judged(trace, -1, 0, "2 x").kind == "right"


def test_a_section_that_cannot_be_made_says_why(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> Derived:
        raise NotPresented("This is too large.")

    monkeypatch.setattr(derivation, "derived", refuse)
    at = page(SEED + "# another\n")
    assert "This is too large" in said(at).replace("\\", "") and not at.latex
