"""The random functions and methods of tensors, and the seed: the same program under both engines."""

from typing import Any

import pytest

from .both import compare, compare_fault

EXPRESSIONS = [
    "torch.rand(2, 3)",
    "torch.rand((2, 3), dtype=torch.float64)",
    "torch.rand([2], requires_grad=True)",
    "torch.rand(size=(2,))",
    "torch.rand(())",
    "torch.randn(4, 5)",
    "torch.randn(2, 3, generator=torch.Generator().manual_seed(9))",
    "torch.randn(torch.Size([2, 3]))",
    "torch.randn(3, dtype=torch.complex64)",
    "torch.randn(20, dtype=torch.bfloat16)",
    "torch.rand(20, dtype=torch.bfloat16)",
    "torch.randint(10, (5,))",
    "torch.randint(-3, 3, (2, 2))",
    "torch.randint(high=4, size=(3,))",
    "torch.randint(1, 4, size=[3])",
    "torch.randint(low=1, high=4, size=(3,), dtype=torch.float32, requires_grad=True)",
    "torch.randperm(7)",
    "torch.randperm(4, dtype=torch.float32)",
    "torch.rand_like(y)",
    "torch.rand_like(y, dtype=torch.float64, requires_grad=True)",
    "torch.randn_like(t)",
    "torch.randn_like(s)",
    "torch.randint_like(y, 5)",
    "torch.randint_like(y, 2, 5)",
    "torch.normal(1.0, 2.0, (3,))",
    "torch.normal(0, 1, size=(20,))",
    "torch.normal(y, 0.5)",
    "torch.normal(0.5, y)",
    "torch.normal(y, y)",
    "torch.normal(torch.zeros(2, 1), torch.ones(3))",
    "torch.normal(torch.zeros(20))",
    "torch.bernoulli(y)",
    "y.bernoulli()",
    "torch.bernoulli(torch.full((3, 4), 0.3, dtype=torch.float64))",
    "torch.bernoulli(torch.zeros(5), 0.5)",
    "torch.multinomial(y, 2)",
    "y.multinomial(10, replacement=True)",
    "torch.multinomial(torch.rand(2, 4), 3)",
    "torch.empty(3).uniform_()",
    "torch.empty(3).uniform_(-1, 2)",
    "torch.empty(3).uniform_(0, to=2)",
    "torch.empty(20).normal_(1, 2)",
    "torch.empty(3).normal_(std=2, mean=1)",
    "torch.empty(3).exponential_()",
    "torch.empty(3).exponential_(lambd=2.0)",
    "torch.empty(9).bernoulli_()",
    "torch.empty(9).bernoulli_(0.2)",
    "torch.empty(3).bernoulli_(torch.tensor([0.0, 0.5, 1.0]))",
    "torch.empty(3, dtype=torch.int64).random_()",
    "torch.empty(3).random_(7)",
    "torch.empty(3).random_(-2, 7)",
    "t.uniform_()",
    "t.normal_()",
    "s.normal_()",
    "s.uniform_()",
    "torch.zeros(3, 4)[1].normal_()",
    "y.uniform_()",
    "y.normal_()",
    "y.exponential_()",
    "y.bernoulli_(0.5)",
    "y.bernoulli_(torch.full((3,), 0.5))",
    "y.random_()",
    "y.random_(5)",
    "y.random_(1, 5)",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_what_is_drawn(text: str) -> None:
    def program(torch: Any) -> Any:
        torch.manual_seed(12)
        x = torch.full((3,), 0.5, requires_grad=True)
        names = {"torch": torch, "y": x * 1, "t": torch.zeros(5, 4).t(), "s": torch.zeros(4, 10)[:, ::2]}
        drawn = eval(text, names)
        return drawn, repr(drawn.detach()), drawn._version, torch.rand(2)

    compare(program)


@pytest.mark.parametrize(
    "text", ["y.uniform_()", "y.bernoulli_(y.detach())", "torch.bernoulli(y)", "torch.normal(y, y)", "y.random_()"]
)
def test_gradients_through_what_is_drawn_are_zero(text: str) -> None:
    def program(torch: Any) -> Any:
        torch.manual_seed(12)
        x = torch.full((3,), 0.5, requires_grad=True)
        drawn = eval(text, {"torch": torch, "y": x * 1})
        drawn.sum().backward()
        return x.grad

    compare(program)


def test_the_seed_and_the_state() -> None:
    def program(torch: Any) -> Any:
        results = [torch.manual_seed(5).initial_seed(), torch.initial_seed(), torch.randn(3)]
        state = torch.get_rng_state()
        first = torch.randn(7)
        torch.set_rng_state(state)
        results += [state[:20], first, torch.randn(7)]
        torch.random.manual_seed(6)
        results += [torch.rand(2), torch.default_generator.initial_seed(), torch.random.initial_seed()]
        own = torch.Generator()
        own.manual_seed(3)
        return [*results, torch.rand(2, generator=own), torch.empty(2).normal_(generator=own), torch.rand(2)]

    compare(program)


def test_dropout_of_everything_and_of_nothing() -> None:
    def program(torch: Any) -> Any:
        torch.manual_seed(0)
        x = torch.ones(4, requires_grad=True)
        dropout = torch.nn.functional.dropout
        return dropout(x, 0.0), dropout(x, 1.0), dropout(x, 0.5, training=False), dropout(x), torch.rand(1)

    compare(program)


@pytest.mark.parametrize(
    "text",
    [
        "torch.rand(2.5)",
        "torch.rand('a')",
        "torch.rand(-1)",
        "torch.randn(2, -3)",
        "torch.randn(2, dtype=torch.int64)",
        "torch.randint(5, 2)",
        "torch.randint(3, 3, (2,))",
        "torch.randint(0, 3, (2,), requires_grad=True)",
        "torch.randperm(5.0)",
        "torch.randperm(3, requires_grad=True)",
        "torch.randperm(-1)",
        "torch.rand_like(3)",
        "torch.rand_like(torch.ones(2, dtype=torch.int64))",
        "torch.bernoulli(torch.ones(2, dtype=torch.int64))",
        "torch.bernoulli(torch.tensor([2.0]))",
        "torch.normal(torch.ones(2), torch.ones(3))",
        "torch.normal(torch.ones(2), -1.0)",
        "torch.normal(torch.ones(2), torch.tensor([-1.0, 1.0]))",
        "torch.multinomial(torch.ones(2), 3)",
        "torch.empty(2).uniform_(1, 0)",
        "torch.empty(2).normal_(0, -1)",
        "torch.empty(2).bernoulli_(2)",
        "torch.empty(2).exponential_(-1)",
        "torch.empty(2).random_(5, 2)",
        "torch.ones(2, requires_grad=True).uniform_()",
        "torch.ones(2, requires_grad=True).bernoulli_()",
        "torch.ones(1).expand(3).normal_()",
        "torch.nn.functional.dropout(torch.ones(2), 2)",
    ],
)
def test_faults_are_told_as_in_torch(text: str) -> None:
    compare_fault(lambda torch: eval(text, {"torch": torch}))
