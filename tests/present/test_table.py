"""The table says of each tensor what PyTorch would."""

from __future__ import annotations

import numpy as np
import pytest

from vizgrad.present import table
from vizgrad.program.run import execute
from vizgrad.trace import Trace, Value

SEED = """\
import torch
x = torch.ones(2, requires_grad=True)
y = 5 * (x + 1) ** 2
o = (1/2) * torch.sum(y)
o.backward()
"""


@pytest.fixture(scope="module")
def seed() -> Trace:
    return execute(SEED, "numpy")


def by_name(trace: Trace) -> dict[str, table.Row]:
    return {row.name: row for row in table.rows(trace)}


def test_the_leaf_has_a_grad_and_the_results_have_none(seed: Trace):
    made = by_name(seed)
    assert list(made) == ["x", "v₁", "v₂", "y", "v₃", "o"]
    x, y = made["x"], made["y"]
    assert (x.value, x.grad, x.requires_grad, x.is_leaf, x.grad_fn) == ("[1., 1.]", "[10., 10.]", True, True, "None")
    assert (y.value, y.grad, y.requires_grad, y.is_leaf, y.grad_fn) == (
        "[20., 20.]",
        "None",
        True,
        False,
        "MulBackward0",
    )
    assert (y.shape, y.dtype, y.expression) == ((2,), "float32", "5 * v₂")


def test_another_number_gives_another_table(seed: Trace):
    other = by_name(execute(SEED.replace("5 *", "7 *"), "numpy"))
    assert (other["y"].value, other["y"].expression, other["x"].grad) == ("[28., 28.]", "7 * v₂", "[14., 14.]")


def test_other_names_give_another_table():
    renamed = SEED.replace("x", "weight").replace("y =", "loss =").replace("(y)", "(loss)")
    assert {"weight", "loss", "o"} <= set(by_name(execute(renamed, "numpy")))


def test_untracked_tensors_are_listed_with_nothing_to_follow():
    row = by_name(execute("import torch\nt = torch.zeros(2, dtype=torch.int64)\n", "numpy"))["t"]
    assert (row.requires_grad, row.is_leaf, row.value, row.dtype) == (False, True, "[0, 0]", "int64")


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.float32(2), "2."),
        (np.array([1.5, -2], "float64"), "[ 1.5000, -2.0000]"),
        (np.ones((2, 2), "float32"), "[[1., 1.],\n [1., 1.]]"),
        (np.array([True, False]), "[ True, False]"),
        (np.zeros((0, 3), "float32"), "[]"),
        (np.array([1, 2], "int32"), "[1, 2]"),
    ],
)
def test_elements_are_written_as_pytorch_writes_them(array: np.ndarray, text: str):
    assert table.elements_text(Value.of(array)) == text


def test_a_large_tensor_is_summed_up():
    text = table.elements_text(Value.of(np.linspace(0, 1, 5000, dtype="float32")))
    assert "min 0" in text and "max 1" in text and len(text) < 200


def test_markup_in_a_program_stays_text():
    row = table.Row(0, "<b>x", "a < b & c", "<i>1", "None", True, True, "None", (2,), "float32")
    html = table.html([row])
    assert "<b>x" not in html and "<i>" not in html
    assert "&lt;b&gt;x" in html and "a &lt; b &amp; c" in html


def test_every_column_has_its_head(seed: Trace):
    html = table.html(table.rows(seed))
    assert all(f">{column}</th>" in html for column in table.COLUMNS)
    assert html.count("<tr data-tensor=") == 6


def test_every_row_can_be_reached_by_keys_and_says_what_it_does(seed: Trace):
    html = table.html(table.rows(seed))
    assert html.count("<button ") == 6
    assert 'title="Go to the step that made x; again: to where its gradient came"' in html
