"""Formulae as the player reads them: everything that explanations write, and nothing that stops at what is no LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page

from tests.explain.mathml import mathml
from tests.explain.programs import PROGRAMS
from vizgrad.api import run
from vizgrad.explain import explanations

from .modules import offer

GALLERY = sorted(path for path in (Path(__file__).parents[2] / "vizgrad" / "gallery").glob("[0-9]*.py"))
SAID_OTHERWISE = str.maketrans({" ": "", "\u00a0": "", "[": "", "]": "", "\u2061": "", "~": "", "˜": "", "′": "'"})
"""Space, brackets that the style draws, and signs for the same accent."""


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    offer(page, "lib/latex.js", "mathOf")
    yield page
    page.close()


def read(page: Page, latex: str) -> ElementTree.Element:
    """What the player makes of a formula, without namespaces."""
    markup = page.evaluate("(latex) => new XMLSerializer().serializeToString(mathOf(latex))", latex)
    return ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", markup))


def text(page: Page, latex: str) -> str:
    return "".join(read(page, latex).itertext())


def formulae(source: str) -> set[str]:
    trace = run(source, isolated=False)
    return {
        latex
        for scene in trace.scenes[:3]
        for said in explanations(trace, scene)
        for latex in (said.symbols, said.numbers)
        if latex
    }


@pytest.mark.parametrize(
    "source",
    [*PROGRAMS.values(), *(path.read_text(encoding="utf-8") for path in GALLERY)],
    ids=[*PROGRAMS, *(path.stem for path in GALLERY)],
)
def test_reads_every_formula_as_a_converter_does(blank: Page, source: str) -> None:
    known = sorted(formulae(source))
    answers = blank.evaluate(
        """(list) => list.map((latex) => {
          const math = mathOf(latex);
          return [math.textContent, [...math.querySelectorAll(".vg-unknown")].map((one) => one.textContent)];
        })""",
        known,
    )
    for latex, (shown, unknown) in zip(known, answers, strict=True):
        expected = "".join(ElementTree.fromstring(mathml(latex)).itertext())
        assert unknown == [], latex
        assert shown.translate(SAID_OTHERWISE) == expected.translate(SAID_OTHERWISE), latex


@pytest.mark.parametrize(
    "latex",
    ["\\frac{", "}{", "a & b", "<b>", "#$%", "\\text{a&b<c}", "\x00", "^^", "_", "\\left(", "\\begin{bmatrix} 1 & 2",
     "\\sqrt", "\\underset{a}", "{{{", "\\", "x_", "\\mathrm{a\\_b", "\\right)", "\\\\", "日本_{語}", "𝔸^2"],
)  # fmt: skip
def test_what_is_no_latex_is_drawn_as_far_as_it_goes(blank: Page, latex: str) -> None:
    assert blank.evaluate("(latex) => mathOf(latex).localName", latex) == "math"


def test_an_unknown_command_is_shown_by_its_name(blank: Page) -> None:
    (told,) = read(blank, r"x + \nosuch").iter("mtext")
    assert (told.text, told.get("class")) == ("\\nosuch", "vg-unknown")


def test_no_text_becomes_markup(blank: Page) -> None:
    root = read(blank, r"\mathrm{<img src=x onerror=alert(1)>} + \text{<script>}")
    assert {element.tag for element in root.iter()} == {"math", "mrow", "mi", "mo", "mtext"}
    assert not any("on" in name for element in root.iter() for name in element.attrib)


def test_structure(blank: Page) -> None:
    (fraction,) = read(blank, r"\frac{\partial o}{\partial x_1}").iter("mfrac")
    above, below = fraction
    assert ["".join(part.itertext()) for part in (above, below)] == ["∂o", "∂x1"]
    assert below[1].tag == "msub"
    (power,) = read(blank, r"x^{\top}").iter("msup")
    assert [part.text for part in power] == ["x", "⊤"]
    (both,) = read(blank, r"\sum_{i}^{n} x").iter("munderover")
    assert [part.text for part in both] == ["∑", "i", "n"]
    (under,) = read(blank, r"\underset{(2, 3)}{W}").iter("munder")
    assert [under[0].text, "".join(under[1].itertext())] == ["W", "(2,3)"]


def test_equations_below_one_another_keep_their_sides(blank: Page) -> None:
    rows = list(read(blank, r"\begin{aligned} x &= 1 \\ y &\approx 2 \end{aligned}").iter("mtr"))
    assert [[cell.get("columnalign") for cell in row] for row in rows] == [["right", "left"]] * 2
    assert [["".join(cell.itertext()) for cell in row] for row in rows] == [["x", "=1"], ["y", "≈2"]]


def test_a_matrix_gets_the_brackets_of_the_style(blank: Page) -> None:
    root = read(blank, r"{\begin{bmatrix} 1 & -2 \\ 3 & 4 \end{bmatrix}}")
    (table,) = root.iter("mtable")
    assert table.get("class") == "vg-matrix"
    assert [["".join(cell.itertext()) for cell in row] for row in table] == [["1", "−2"], ["3", "4"]]


def test_a_sign_is_no_difference(blank: Page) -> None:
    def forms(latex: str) -> list[str | None]:
        return [sign.get("form") for sign in read(blank, latex).iter("mo") if sign.text == "−"]

    assert forms("-x") == forms("y = -x") == forms(r"\left(-x\right)") == forms(r"[1,\ -2]"[1:-1]) == ["prefix"]
    assert forms("a - b") == forms(r"\left(a\right) - b") == forms("2 - b") == [None]


def test_a_name_of_one_letter_stands_upright_where_it_should(blank: Page) -> None:
    names = [name.attrib for name in read(blank, r"\mathrm{w} w \mathrm{loss}").iter("mi")]
    assert names == [{"mathvariant": "normal"}, {}, {}]
