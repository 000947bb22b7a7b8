"""The cards write the statements a person would write, and say what to type where they cannot."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizgrad.program.editing import document, write_card
from vizgrad.program.editing.fields import Unfinished
from vizgrad.program.editing.parse_card import (
    REDUCTIONS,
    Backward,
    NoGrad,
    Print,
    Reduce,
    Seed,
    Tensor,
    Zero,
    meaning,
)
from vizgrad.program.editing.write_card import Wish
from vizgrad.ui.builder import codefield


@pytest.mark.parametrize(
    ("fields", "statement"),
    [
        ({"name": "x", "fill": "ones", "shape": "2"}, "x = torch.ones(2, requires_grad=True)"),
        ({"name": "x", "fill": "zeros", "shape": "2, 3"}, "x = torch.zeros((2, 3), requires_grad=True)"),
        ({"name": "s", "fill": "ones"}, "s = torch.ones((), requires_grad=True)"),
        ({"name": "x", "fill": "randn", "shape": "4", "requires_grad": False}, "x = torch.randn(4)"),
        ({"name": "x", "fill": "full", "shape": "2", "value": "-3"}, "x = torch.full((2,), -3.0, requires_grad=True)"),
        ({"name": "x", "fill": "arange", "shape": "3"}, "x = torch.arange(3.0, requires_grad=True)"),
        (
            {"name": "x", "fill": "arange", "shape": "2 2"},
            "x = torch.arange(4.0).reshape(2, 2).requires_grad_()",
        ),
        ({"name": "x", "fill": "values", "value": "3"}, "x = torch.tensor(3.0, requires_grad=True)"),
        ({"name": "x", "fill": "values", "value": "3,"}, "x = torch.tensor([3.0], requires_grad=True)"),
        ({"name": "x", "fill": "values", "value": "1\n2"}, "x = torch.tensor([[1.0], [2.0]], requires_grad=True)"),
        (
            {"name": "x", "fill": "values", "value": "1e-3 inf"},
            'x = torch.tensor([0.001, float("inf")], requires_grad=True)',
        ),
    ],
)
def test_tensor_cards(fields: dict, statement: str):
    assert write_card.tensor(**fields) == statement


@pytest.mark.parametrize(
    ("fields", "advice"),
    [
        ({"name": "", "fill": "ones"}, "name"),
        ({"name": "2x", "fill": "ones"}, "begin with a letter"),
        ({"name": "for", "fill": "ones"}, "cannot be a name"),
        ({"name": "torch", "fill": "ones"}, "another name"),
        ({"name": "x", "fill": "ones", "shape": "two"}, "not a shape"),
        ({"name": "x", "fill": "ones", "shape": "-1"}, "not a shape"),
        ({"name": "x", "fill": "ones", "shape": "2.5"}, "not a shape"),
        ({"name": "x", "fill": "full", "shape": "2"}, "Type the number"),
        ({"name": "x", "fill": "full", "shape": "2", "value": "a"}, "not a number"),
        ({"name": "x", "fill": "values"}, "Type the elements"),
        ({"name": "x", "fill": "values", "value": "1 2; 3"}, "as many numbers"),
        ({"name": "x", "fill": "values", "value": "[1, [2"}, "brackets"),
        ({"name": "x", "fill": "values", "value": "['a']"}, "brackets"),
        ({"name": "x", "fill": "values", "value": "__import__('os')"}, "not a number"),
    ],
)
def test_a_tensor_card_says_what_to_type(fields: dict, advice: str):
    with pytest.raises(Unfinished, match=advice):
        write_card.tensor(**fields)


@pytest.mark.parametrize(
    ("formula", "advice"),
    [
        ("", "Type a formula"),
        ("x +", "SyntaxError"),
        ("y = x", "right of the equals sign"),
        ("x\nx", "one line"),
        ("# x", "SyntaxError|Type a formula"),
        ("x; y", "SyntaxError"),
    ],
)
def test_an_expression_card_says_what_to_type(formula: str, advice: str):
    with pytest.raises(Unfinished, match=advice):
        write_card.expression("y", formula)


def test_a_comparison_is_no_assignment():
    assert write_card.expression("mask", "x == 1") == "mask = x == 1"


def test_the_notebooks_example_by_cards_alone():
    source = ""
    for statement in (
        write_card.tensor("x", "ones", shape="2"),
        write_card.expression("y", "5 * (x + 1) ** 2"),
        write_card.expression("o", "(1/2) * torch.sum(y)"),
        write_card.backward("o"),
    ):
        source = document.append(source, statement)
    assert source == (
        "import torch\n\nx = torch.ones(2, requires_grad=True)\ny = 5 * (x + 1) ** 2\n"
        "o = (1/2) * torch.sum(y)\no.backward()\n"
    )


def test_appending_keeps_what_stands_there():
    source = "from torch import ones  # as I like it\n\n\nx = ones(2)   # two\n\n\n"
    assert (
        document.append(source, "y = x") == "from torch import ones  # as I like it\n\n\nx = ones(2)   # two\ny = x\n"
    )


def test_free_names_are_free():
    assert write_card.free_name("") == "x"
    assert write_card.free_name("x = y + w") == "z"
    taken = " ".join(write_card.USUAL_NAMES)
    assert write_card.free_name(taken) == "x1"
    assert write_card.free_name(taken + " x1") == "x2"


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(list(write_card.FILLS)))
def test_whatever_is_typed_gives_one_statement_or_advice(shape: str, value: str, fill: str):
    try:
        statement = write_card.tensor("x", fill, shape=shape, value=value)
    except Unfinished as advice:
        assert str(advice)
        return
    (only,) = ast.parse(statement).body
    assert isinstance(only, ast.Assign)


@given(st.text(max_size=40))
def test_whatever_formula_is_typed_gives_one_statement_or_advice(formula: str):
    try:
        statement = write_card.expression("y", formula)
    except Unfinished as advice:
        assert str(advice)
        return
    (only,) = ast.parse(statement).body
    assert isinstance(only, ast.Assign)


NUMBERS = st.floats(-1000, 1000, width=16)


@given(
    st.sampled_from(list(write_card.FILLS)),
    st.lists(st.integers(0, 4), max_size=3),
    st.sampled_from(["float32", "float64"]),
    st.booleans(),
    st.tuples(NUMBERS, NUMBERS),
)
def test_what_a_tensor_card_writes_is_read_back_as_it_was(fill, shape, dtype, wants, numbers):
    first, second = numbers
    value = {"full": repr(first), "linspace": f"{first!r}, {second!r}", "values": [first, second]}.get(fill, "")
    typed = ", ".join(map(str, shape))
    written = write_card.tensor("x", fill, shape=typed, value=value, dtype=dtype, requires_grad=wants)
    read = meaning(written)
    assert isinstance(read, Tensor)
    assert (read.name, read.fill, read.dtype, read.requires_grad) == ("x", fill, dtype, wants)
    assert read.shape == ((2,) if fill == "values" else tuple(shape))
    expected = {"full": first, "linspace": numbers, "values": [first, second]}.get(fill)
    assert read.value == expected


@pytest.mark.parametrize(
    ("fields", "statement"),
    [
        ({"fill": "values", "value": [1.0, 2.0], "dtype": "int64"}, "x = torch.tensor([1, 2])"),
        ({"fill": "values", "value": [True, False], "dtype": "bool"}, "x = torch.tensor([True, False])"),
        ({"fill": "full", "shape": "2", "value": "3", "dtype": "int64"}, "x = torch.full((2,), 3)"),
        ({"fill": "arange", "shape": "3", "dtype": "int64"}, "x = torch.arange(3)"),
        ({"fill": "ones", "shape": "3", "dtype": "bool"}, "x = torch.ones(3, dtype=torch.bool)"),
    ],
)
def test_whole_numbers_and_truth_values(fields: dict, statement: str):
    assert write_card.tensor("x", requires_grad=False, **fields) == statement
    read = meaning(statement)
    assert isinstance(read, Tensor) and read.dtype == fields["dtype"]


@pytest.mark.parametrize(
    ("fields", "advice"),
    [
        ({"fill": "ones", "dtype": "int64"}, "floating point"),
        ({"fill": "randn", "dtype": "int64", "requires_grad": False}, "not whole"),
        ({"fill": "values", "value": "1.5", "dtype": "int64", "requires_grad": False}, "not whole"),
        ({"fill": "arange", "shape": "2", "dtype": "bool", "requires_grad": False}, "number type"),
        ({"fill": "linspace", "shape": "2", "value": "1"}, "where it ends"),
        ({"fill": "randn", "shape": "2", "seed": "x"}, "whole number"),
    ],
)
def test_types_and_ends_that_cannot_be_are_told(fields: dict, advice: str):
    with pytest.raises(Unfinished, match=advice):
        write_card.tensor("x", **fields)


@given(st.sampled_from(REDUCTIONS), st.lists(st.integers(-3, 3), max_size=2, unique=True), st.booleans())
def test_what_a_reduce_card_writes_is_read_back_as_it_was(function, dims, keepdim):
    try:
        written = write_card.reduce("o", function, "y", ", ".join(map(str, dims)), keepdim)
    except Unfinished:
        assert (function, len(dims)) in {("logsumexp", 0), ("prod", 2)}
        return
    assert meaning(written) == Reduce("o", function, "y", tuple(dims), keepdim and bool(dims))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (write_card.backward("y", "x", retain_graph=True), Backward("y", "x", True)),
        (write_card.backward("y", create_graph=True), Backward("y", create_graph=True)),
        (write_card.zero("x", "none"), Zero("x", "none")),
        (write_card.zero("x", "fill"), Zero("x", "fill")),
        (write_card.no_grad("    a = 1\n    # b\n    c = 2"), NoGrad("a = 1\n# b\nc = 2")),
        (write_card.seed("3"), Seed(3)),
        (write_card.printed("x.grad"), Print("x.grad")),
    ],
)
def test_what_the_other_cards_write_is_read_back_as_it_was(written: str, read: object):
    assert meaning(written) == read


@pytest.mark.parametrize("write", [write_card.other, write_card.no_grad, write_card.printed])
@pytest.mark.parametrize("text", ["", "  \n", "x = (", "# nothing"])
def test_code_that_is_no_code_is_told(write, text: str):
    if (write, text) != (write_card.other, "# nothing"):  # a comment is a statement that does nothing
        with pytest.raises(Unfinished):
            write(text)


def test_what_the_palette_writes_is_code():
    for writes in codefield.WRITES.values():
        filled = writes.replace("‸ > 0, , ", "x > 0, x, x").replace("‸, )", "x, x)").replace("‸", "x")
        text = f"x{filled}x" if filled.startswith(" ") else f"x{filled}" if filled[0] in ".[" else filled
        ast.parse(text.replace("reshape(x)", "reshape(-1)"), mode="eval")


@pytest.mark.parametrize("wish", [Wish("tensor", {}), Wish("nothing", {}), Wish("zero", {"of": "x", "how": "?"})])
def test_a_wish_that_no_form_makes_is_advice(wish: Wish):
    with pytest.raises(Unfinished, match="Fill in all fields"):
        write_card.written(wish)


def test_more_than_anybody_types_is_refused():
    with pytest.raises(Unfinished, match="too long for a card"):
        Wish.of("other", code="x" * (write_card.LONGEST + 1))


def test_several_gradients_are_put_back_in_a_statement_each():
    assert write_card.written(Wish.of("zero", of=["x", "w"], how="none")) == "x.grad = None\nw.grad = None"
    with pytest.raises(Unfinished, match="Choose whose"):
        write_card.written(Wish.of("zero", of=[], how="none"))
