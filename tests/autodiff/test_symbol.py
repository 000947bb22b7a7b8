"""Formulae: rules run on symbols."""

from __future__ import annotations

import pytest

from vizgrad.autodiff.symbol import Symbol, formula


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
    assert (x * -y).tex == r"x \left(-y\right)"
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
