"""Formulae: rules run on symbols."""

from __future__ import annotations

import re

import pytest

from vizgrad.autodiff.core.formula import formula
from vizgrad.autodiff.core.registry import OPS
from vizgrad.autodiff.core.symbol import Symbol


@pytest.mark.parametrize(
    "name, argument, expected",
    [
        ("mul", "self", r"g \, y"),
        ("mul", "other", r"g \, x"),
        ("MulBackward0", "self", r"g \, y"),
        ("add.Tensor", "self", "g"),
        ("sub.Tensor", "other", "-g"),
        ("div.Tensor", "self", r"\frac{g}{y}"),
        ("exp", "self", r"g \, z"),
        ("log", "self", r"\frac{g}{x}"),
        ("sin", "self", r"g \, \cos x"),
        ("tanh", "self", r"g \, \left(1 - z^{2}\right)"),
        ("sigmoid", "self", r"g \, z \, \left(1 - z\right)"),
        ("mm", "self", r"g \, B^{\top}"),
        ("mm", "mat2", r"x^{\top} \, g"),
        ("relu", "self", r"g \, \left[z > 0\right]"),
        ("SumBackward0", "self", "g"),
        ("MeanBackward0", "self", r"\frac{g}{n}"),
    ],
)
def test_rules_write_themselves(name, argument, expected):
    if name == "mul":
        name = "mul.Tensor"
    assert formula(name, argument) == expected


def test_the_programs_names_are_used():
    names = {"grad": r"\frac{\partial L}{\partial c}", "mat2": "b"}
    assert formula("mm", "self", names=names) == r"\frac{\partial L}{\partial c} \, b^{\top}"


def test_a_name_that_is_a_sum_is_bracketed():
    assert formula("mul.Tensor", "self", names={"other": "a + b"}) == r"g \, \left(a + b\right)"
    assert formula("exp", "self", names={"result": "e^{x}"}) == r"g \, e^{x}"


def test_precedence():
    x, y = Symbol("x"), Symbol("y")
    assert ((x + y) * x).tex == r"\left(x + y\right) \, x"
    assert (x - (y - x)).tex == r"x - \left(y - x\right)"
    assert (-(x + y)).tex == r"-\left(x + y\right)"
    assert ((x * y) ** 2).tex == r"\left(x \, y\right)^{2}"
    assert (x * -y).tex == r"-x \, y"
    assert (x * (1 / (x + y))).tex == r"\frac{x}{x + y}"
    assert (-x / -y).tex == r"\frac{x}{y}"
    assert (x * 2).tex == r"x \cdot 2"
    assert ((x + y) / (x - y)).tex == r"\frac{x + y}{x - y}"


def test_a_symbol_has_no_truth():
    with pytest.raises(TypeError, match="must not branch"):
        bool(Symbol("x") > 0)


def test_unknown_names_are_told():
    with pytest.raises(KeyError, match="no operation is called 'nothing'"):
        formula("nothing", "self")
    with pytest.raises(KeyError, match="has for self, other"):
        formula("mul.Tensor", "alpha")


EVERY = [(op.name, input) for op in OPS.values() for input in op.rules]
UGLY = re.compile(
    r"--|\+ -|- -|\b1 \\cdot|(?<![}a-z'])\\left\(-?\w\\right\)|\\text\{None\}|\d\.\d{3,}|\\frac\{-|\\mathrm\{|object at"
)


def test_formulas_read_as_in_a_textbook(golden):
    golden("formulas.txt", "".join(f"{name:34}{input:13} {formula(name, input)}\n" for name, input in sorted(EVERY)))


@pytest.mark.parametrize("name, input", EVERY)
def test_no_formula_is_ugly(name, input):
    assert not UGLY.search(formula(name, input))


def test_a_mean_is_over_as_many_losses_as_there_are():
    assert formula("mse_loss", "self") == r"g \, \frac{2 \, \left(x - t\right)}{n}"
    rule = OPS["mse_loss"].formulas["self"]
    g, x, t = Symbol("g"), Symbol("x"), Symbol("t")
    assert rule(g, x, t, 1, 6).tex == r"g \, \frac{2 \, \left(x - t\right)}{6}"
    assert rule(g, x, t, 2, 6).tex == r"g \cdot 2 \, \left(x - t\right)"


def test_the_second_derivative_tells_the_two_gradients_apart():
    assert formula("tanh_backward", "output") == r"-\bar{g} \cdot 2 \, z \, g"
