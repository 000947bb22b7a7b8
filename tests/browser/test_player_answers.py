"""What the player makes of a typed gradient, asked of its own code in a real browser."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page

from vizgrad.player.assets import script

VECTOR = {"shape": [2], "values": [10, 10]}
MATRIX = {"shape": [2, 2], "values": [1, 2, 3, 4]}
NUMBER = {"shape": [], "values": [0.5]}
LARGE = {"shape": [64, 784], "values": None}


@pytest.fixture(scope="module")
def code() -> str:
    return script()


def says(page: Page, code: str, text: str, question: dict) -> str:
    return page.evaluate(f"(() => {{ {code}; return judged({json.dumps(text)}, {json.dumps(question)}).says }})()")


@pytest.mark.parametrize(
    ("text", "question", "verdict"),
    [
        ("[10, 10]", VECTOR, "right"),
        ("[10., 10.]", VECTOR, "right"),
        ("(10, 10,)", VECTOR, "right"),
        (" tensor([10., 10.], dtype=torch.float64) ", VECTOR, "right"),
        ("[10.04, 9.97]", VECTOR, "right"),  # rounded
        ("[10.2, 10]", VECTOR, "right shape, wrong values"),
        ("[10, -10]", VECTOR, "right shape, wrong values"),
        ("10", VECTOR, "wrong shape: it must be (2,)"),
        ("[[10, 10]]", VECTOR, "wrong shape: it must be (2,)"),
        ("[10]", VECTOR, "wrong shape: it must be (2,)"),
        ("[[1, 2], [3, 4]]", MATRIX, "right"),
        ("[[1, 3], [2, 4]]", MATRIX, "right shape, wrong values"),
        ("[1, 2, 3, 4]", MATRIX, "wrong shape: it must be (2, 2)"),
        ("[[1, 2], [3]]", MATRIX, "The rows must be of the same length."),
        ("[[1, 2], [3, 4]", MATRIX, "A bracket is not closed."),
        ("0.5", NUMBER, "right"),
        ("1/2", NUMBER, "right"),
        ("5e-1", NUMBER, "right"),
        ("[0.5]", NUMBER, "wrong shape: it must be ()"),
        ("-0.5", NUMBER, "right shape, wrong values"),
        ("10, 10", VECTOR, "Put brackets around a list: [10, 10]."),
        ("ten", NUMBER, "ten is no number."),
        ("", NUMBER, "Type a number, or a list such as [10, 10]."),
        ("[]", {"shape": [0], "values": []}, "right"),
        ("[nan, -inf]", {"shape": [2], "values": ["nan", "-inf"]}, "right"),
        ("[1, inf]", {"shape": [2], "values": ["nan", "-inf"]}, "right shape, wrong values"),
        ("(64, 784)", LARGE, "right"),
        ("64 x 784", LARGE, "right"),
        ("(784, 64)", LARGE, "wrong shape"),
        ("big", LARGE, "Type a shape such as (2, 3), or () for a single number."),
    ],
)
def test_judges(page: Page, code: str, text: str, question: dict, verdict: str) -> None:
    assert says(page, code, text, question) == verdict
