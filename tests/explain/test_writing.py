"""Numbers, words and MathML by themselves."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vizgrad.explain.notation.equations import shown
from vizgrad.explain.notation.names import gradient
from vizgrad.explain.notation.numbers import number, tensor
from vizgrad.explain.notation.plain_text import spoken
from vizgrad.explain.rules.classify import Nature, find_out
from vizgrad.trace import Notation, Value

from .mathml import mathml
from .reading import evaluate

NAMES = st.text(
    st.characters(categories=("Lu", "Ll", "Lt", "Lo", "Nd"), include_characters="_"), min_size=1, max_size=8
).filter(str.isidentifier)


@given(NAMES, NAMES)
def test_names_of_any_alphabet_become_mathml(name: str, root: str) -> None:
    latex = gradient(Notation.tex_of(name), Notation.tex_of(root))
    assert ElementTree.fromstring(mathml(latex)) is not None


@pytest.mark.parametrize("name", ["x_hat", "lambda", "λ", "_", "__x", "x__1", "Δ2", "日本", "W_q", "a1b2", "ſ", "x₂"])
def test_weird_names_are_understood(name: str) -> None:
    for latex in (gradient(Notation.tex_of(name), "o"), gradient(Notation.tex_of(name), None)):
        text = "".join(ElementTree.fromstring(mathml(latex)).itertext())
        assert "\\" not in text and "{" not in text, text


@pytest.mark.parametrize("text", ["\\frac{", "}{", "a & b", "<b>", "\\nosuch", "#$%", "\\text{a&b<c}", "\x00", "^^"])
def test_what_is_not_latex_is_shown_as_text(text: str) -> None:
    ElementTree.fromstring(mathml(text))


def test_no_formula_is_no_markup() -> None:
    assert mathml("") == ""


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_printed_number_is_the_number_to_its_digits(x: float) -> None:
    latex, rounded, _ = number(np.float32(x), "float32")
    value = float(evaluate(latex)[0])
    assert value == pytest.approx(x, rel=6e-4, abs=0)
    assert rounded == (np.float32(value) != np.float32(x))


@given(arrays("float32", st.sampled_from([(3,), (2, 2), (3, 4), (1, 1), ()]), elements=st.floats(-1e4, 1e4, width=32)))
def test_a_printed_tensor_reads_back(array: np.ndarray) -> None:
    found, _ = evaluate(tensor(Value.of(array)).latex)
    assert found.shape == array.shape and np.allclose(found, array, rtol=6e-4)


def test_what_is_too_much_is_elided_or_named() -> None:
    assert r"\ldots" in tensor(Value.of(np.arange(7))).latex
    assert r"\vdots" in tensor(Value.of(np.ones((9, 9)))).latex
    assert tensor(Value.of(np.ones((3, 3, 3)))).latex == ""
    assert shown(Value.of(np.ones((50, 50))), "W").latex == r"\underset{(50, 50)}{W}"


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"2 \, v_{1}", "2·v₁"),
        (r"v_{1} \cdot \left(1 - v_{1}\right)", "v₁·(1 - v₁)"),
        (r"\frac{-v_{1}}{v_{2}^{2}}", "(-v₁)/v₂²"),
        (r"e^{x}", "e^x"),
        (r"\cos \lambda", "cos λ"),
        (r"\sqrt{1 + x}", "√(1 + x)"),
        (r"y^{(2)}", "y (version 2)"),
    ],
)
def test_formulae_are_spoken(latex: str, text: str) -> None:
    assert spoken(latex) == text


@pytest.mark.parametrize("latex", [r"\begin{cases} 1 \end{cases}", r"\frac{1", "a}", r"\underset{(2,)}{x}"])
def test_what_cannot_be_spoken_is_not(latex: str) -> None:
    assert spoken(latex) is None


class Planted:
    """A rule made up for the test, in place of the registry's."""

    class made:
        inputs = ()

    def __init__(self, function) -> None:
        self.function = function

    def on_arrays(self, grad, stand_in=None):
        return np.asarray(self.function(grad))


MATRIX = np.asarray([[1.0, 2.0], [3.0, 4.0]])
NATURES = [
    (lambda g: g * np.asarray([3.0, 4.0]), Nature.PRODUCT),
    (lambda g: g, Nature.SAME),
    (lambda g: np.broadcast_to(g.sum(), (2, 2)) * 1.0, Nature.OTHER),
    (lambda g: MATRIX @ g, Nature.OTHER),
    (lambda g: g[::-1], Nature.REARRANGE),
    (lambda g: np.concatenate([g, np.zeros(3)]), Nature.SCATTER),
    (lambda g: g[:1], Nature.TAKE),
    (lambda g: np.cumsum(g), Nature.OTHER),
]


@pytest.mark.parametrize(("function", "nature"), NATURES)
def test_the_nature_of_a_rule_is_found_by_trying(function, nature: Nature) -> None:
    upstream = np.asarray([0.5, 0.5])  # equal elements: the recorded gradient alone could not tell
    found = find_out(Planted(function), Value.of(upstream), Value.of(function(upstream)))  # type: ignore[arg-type]
    assert found is not None and found.nature is nature


def test_a_scalar_that_is_copied() -> None:
    found = find_out(Planted(lambda g: np.broadcast_to(g, (3,))), Value.of(2.0), Value.of([2.0] * 3))  # type: ignore[arg-type]
    assert found is not None and found.nature is Nature.COPY


def test_a_rule_that_gives_something_else_is_refused() -> None:
    assert find_out(Planted(lambda g: g * 2), Value.of([1.0, 1.0]), Value.of([2.0, 2.1])) is None  # type: ignore[arg-type]
