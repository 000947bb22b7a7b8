"""A typed derivative is judged rightly, however it is spelled, and nothing else is computed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizgrad.explain.symbolic.derive import Derivation, derive
from vizgrad.explain.symbolic.grade import Verdict, judge
from vizgrad.explain.symbolic.parser import LONGEST, Typed, Unreadable

from .programs import traced

NEURON = """import torch
x = torch.tensor([0.5, -1.0], requires_grad=True)
w = torch.tensor([2.0, 0.3], requires_grad=True)
a = torch.sigmoid((w * x).sum())
a.backward()
"""


def derivation(source: str, leaf: str = "x") -> Derivation:
    trace = traced(source, "numpy")
    found = derive(trace, trace.scenes[0], trace.end.names[leaf])
    assert isinstance(found, Derivation)
    return found


def verdict(text: str, source: str = "seed", leaf: str = "x") -> Verdict:
    return judge(derivation(source, leaf), text)


@pytest.mark.parametrize(
    "text",
    [
        "5 * (x + 1)", "5(x+1)", "5x + 5", "½ · 10 (xᵢ + 1)", "1/2 * 10 * (x_i + 1)", "5 (x[i] + 1)", "10 (x+1) / 2",
        "5 (x + 1)^2 / (x + 1)", "5 sqrt((x+1)^2)", "5 exp(log(x + 1))", "sqrt(5 y)",
    ],
)  # fmt: skip
def test_a_right_derivative_is_right_in_every_spelling(text: str):
    assert verdict(text).kind == "right", verdict(text)


@pytest.mark.parametrize("text", ["10", "10 x", "5 x^3 + 5", "y / 2", "sum(x) * 5"])
def test_what_is_equal_only_here_is_told_apart(text: str):
    found = verdict(text)
    assert found.kind == "here" and "not as a formula" in found.sentence


def test_a_wrong_one_is_told_where_and_by_what():
    told = "Not yet: at x[0] = 1 it gives 5, and the derivative is 10."
    assert verdict("5 x").sentence == f"{told} It is 0.5 times the derivative: is a factor missing?"
    assert verdict("-5(x+1)").sentence.endswith("Only the sign is wrong.")


def test_intermediate_names_and_sums_may_be_used():
    assert verdict("a (1 - a) w", NEURON).kind == "right"
    assert verdict("sigmoid(sum(w*x)) * (1 - sigmoid(sum(w*x))) * w", NEURON).kind == "right"
    assert verdict("a (1 - a) x", NEURON, "w").kind == "right"
    assert verdict("a (1 - a)", NEURON).kind == "wrong"


def test_the_proof_is_by_symbols_where_it_can_be():
    assert verdict("5(x+1)").proof == "symbols"
    assert verdict("5 sum(x) / 2 + 5 + 5 (x - sum(x)/2)").proof == "samples"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type a formula"), ("5 * (x +", "bracket"), ("q + 1", "There is no q"), ("x[9]", "shapes do not fit"),
        ("__import__('os')", "no __import__"), ("x.grad", "There is no x.grad"), ("x if x else x", "no if"),
        ("[x]", "behind no tensor"), ("exp", "function"), ("exp(x, x)", "one argument"), ("lambda: 0", "no lambda"),
        ("x; x", "no meaning"), ("x == 1", "no meaning"), ("x" + "+x" * 300, "characters"),
        ("(" * 150 + "x", "bracket"), ("-" * 120 + "x", "nested"), ("sum(x, x)", "one argument"),
        ("x @ x @ x", "shapes"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_in_a_sentence(text: str, said: str):
    found = verdict(text)
    assert found.kind == "unreadable" and said in found.sentence, found


def test_a_gradient_of_another_shape_is_told():
    matrix = "import torch\nx = torch.ones(2, 3, requires_grad=True)\n(x ** 2).sum().backward()\n"
    assert "the gradient has the shape of x: (2, 3)" in verdict("sum(2 x, 1)", matrix).sentence


@pytest.mark.parametrize("text", ["10^10^10^10", "9**9**9**9 x", "x^(10^9)", "exp(exp(exp(exp(99))))", "1/0", "0^-1"])
def test_bombs_do_not_go_off(text: str):
    assert verdict(text).kind in ("wrong", "unreadable")


@given(st.text(max_size=LONGEST) | st.text("x1 +-*/()^[],.ie@", max_size=60))
def test_no_text_crashes_the_reader(text: str):
    try:
        found = Typed(text, {"x": 0}).at({0: np.ones((2, 2))})
    except Unreadable:
        return
    assert isinstance(found, np.ndarray)
