"""What a statement is, as the cards show it."""

from __future__ import annotations

import pytest

from vizgrad.program.editing.parse_card import (
    Backward,
    Expression,
    Import,
    NoGrad,
    Other,
    Print,
    Reduce,
    Seed,
    Tensor,
    Zero,
    meaning,
)

READ = {
    "x = torch.ones(2)": Tensor("x", "ones", (2,)),
    "x = torch.zeros(2, 3)": Tensor("x", "zeros", (2, 3)),
    "x = torch.zeros([2, 3], requires_grad = True)": Tensor("x", "zeros", (2, 3), requires_grad=True),
    "x = torch.ones(())": Tensor("x", "ones", ()),
    "x = torch.ones(2, dtype=torch.float64)": Tensor("x", "ones", (2,), dtype="float64"),
    "x = torch.full((2,), 0.5)": Tensor("x", "full", (2,), 0.5),
    "x = torch.full((2,), -3)": Tensor("x", "full", (2,), -3, "int64"),
    "x = torch.full((2,), float('inf'))": Tensor("x", "full", (2,), float("inf")),
    "x = torch.arange(6.).reshape(2, 3).requires_grad_()": Tensor("x", "arange", (2, 3), requires_grad=True),
    "x = torch.arange(6)": Tensor("x", "arange", (6,), dtype="int64"),
    "x = torch.linspace(-1, 1, 5)": Tensor("x", "linspace", (5,), (-1, 1)),
    "x = torch.randn(2, 2)": Tensor("x", "randn", (2, 2)),
    "x = torch.tensor(3.)": Tensor("x", "values", (), 3.0),
    "x = torch.tensor([[1., 2], [3, 4]])": Tensor("x", "values", (2, 2), [[1.0, 2], [3, 4]]),
    "x = torch.tensor([1, 2])": Tensor("x", "values", (2,), [1, 2], "int64"),
    "x = torch.tensor([True])": Tensor("x", "values", (1,), [True], "bool"),
    "x = torch.tensor([])": Tensor("x", "values", (0,), []),
    "o = torch.sum(y)": Reduce("o", "sum", "y"),
    "o = y.mean(0)": Reduce("o", "mean", "y", (0,)),
    "o = torch.sum(y, dim=(0, -1), keepdim=True)": Reduce("o", "sum", "y", (0, -1), True),
    "o = y.amax(dim=1)": Reduce("o", "max", "y", (1,)),
    "o = y.max()": Reduce("o", "max", "y"),
    "y.backward()": Backward("y"),
    "y.backward(torch.ones_like(y), True)": Backward("y", "torch.ones_like(y)", True),
    "(w ** 2).sum().backward(gradient=None, retain_graph=True)": Backward("(w ** 2).sum()", "", True),
    "y.backward(create_graph=True)": Backward("y", create_graph=True),
    "x.grad = None": Zero("x", "none"),
    "x.grad.zero_()": Zero("x", "fill"),
    "optimizer.zero_grad()": Zero("optimizer", "all"),
    "with torch.no_grad():\n    # quiet\n    y = x\n\n    z = y": NoGrad("# quiet\ny = x\n\nz = y"),
    "torch.manual_seed(7)": Seed(7),
    "print(x.grad)": Print("x.grad"),
    "import torch": Import(),
    "from torch import nn": Import(),
    "y = 5 * (x + 1) ** 2": Expression("y", "5 * (x + 1) ** 2"),
    "y = (\n  x\n  + 1\n)": Expression("y", "(x\n  + 1)"),
    "n = 3": Expression("n", "3"),
}


@pytest.mark.parametrize("code", READ)
def test_statements_that_have_a_name(code: str):
    assert meaning(code) == READ[code]


@pytest.mark.parametrize(
    "code",
    [
        "x = torch.ones(n)",
        "x = torch.ones(2, device='cpu')",
        "x = torch.tensor([[1], [2, 3]])",
        "x = torch.tensor(data)",
        "x = torch.arange(2, 8)",
        "x = torch.arange(6.0).reshape(4, 2)",
        "x = torch.ones(2, requires_grad=flag)",
        "o = y.max(0)",
        "o = y.norm(1)",
        "o = (y + 1).sum()",
        "o = y.sum(dim=n)",
        "o = y.sum(0, dim=1)",
    ],
)
def test_what_a_form_could_not_show_is_an_expression(code: str):
    name, formula = code.split(" = ", 1)
    assert meaning(code) == Expression(name, formula)


@pytest.mark.parametrize(
    "code",
    [
        "a = 1; b = 2",
        "a = b = 1",
        "a, b = 1, 2",
        "a += 1",
        "print(a, b)",
        "print(*a)",
        "y.backward(*args)",
        "y.backward(inputs=[x])",
        "y.backward(retain_graph=flag)",
        "torch.manual_seed(n)",
        "for i in x: pass",
        "with torch.no_grad() as g:\n    pass",
        "with torch.no_grad(): y = x",
        "with torch.enable_grad():\n    pass",
        "x = (",
        "",
    ],
)
def test_everything_else_is_something_else(code: str):
    assert meaning(code) == Other()
