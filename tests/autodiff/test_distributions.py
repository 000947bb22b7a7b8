"""One seed gives the numbers that PyTorch's CPU generator gives, in every order of calls."""

from collections.abc import Callable, Iterator

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from vizgrad.autodiff.random import distributions as random

SEEDS = [0, 1, 42, 2**31, 2**32 - 1, 2**32, 2**40 + 7, 2**64 - 1, -1, -(2**63)]
SHAPES = [(), (0,), (1,), (3,), (2, 5), (15,), (16,), (17,), (4, 8), (31,), (5, 7, 3), (1000,)]
FLOATS = ["float16", "float32", "float64"]

# PyTorch's fast kernels need AVX2; without it the same numbers come out with other last digits.
EXACT = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")


@pytest.fixture(autouse=True)
def both_generators_as_before() -> Iterator[None]:
    """Leave both default generators as they were found."""
    before, torch_before = random.default_generator.get_state(), torch.get_rng_state()
    yield
    random.default_generator.set_state(before)
    torch.set_rng_state(torch_before)


def seed_both(seed: int) -> None:
    """Start both generators from one seed."""
    random.manual_seed(seed)
    torch.manual_seed(seed)


def check(ours: np.ndarray, theirs: torch.Tensor) -> None:
    """Compare shape, dtype and numbers."""
    expected = theirs.numpy()
    assert ours.shape == expected.shape
    assert ours.dtype == expected.dtype
    if EXACT or ours.dtype.kind in "iub":
        np.testing.assert_array_equal(ours, expected)
    else:
        np.testing.assert_allclose(ours, expected, rtol=1e-3 if ours.dtype == np.float16 else 1e-5, atol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_seeds(seed: int) -> None:
    generator = random.manual_seed(seed)
    assert generator is random.default_generator
    assert generator.initial_seed() == torch.manual_seed(seed).initial_seed()
    check(random.rand((5,)), torch.rand(5))


def test_the_first_seed_is_torchs() -> None:
    check(random.rand((5,), generator=random.Generator()), torch.rand(5, generator=torch.Generator()))
    assert random.Generator().initial_seed() == torch.Generator().initial_seed()


@pytest.mark.parametrize("dtype", [*FLOATS, "complex64", "complex128"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_rand_and_randn(shape: tuple[int, ...], dtype: str) -> None:
    for seed in range(5):
        seed_both(seed)
        check(random.rand(shape, dtype), torch.rand(shape, dtype=getattr(torch, dtype)))
        check(random.randn(shape, dtype), torch.randn(shape, dtype=getattr(torch, dtype)))
        check(random.rand((3,)), torch.rand(3))


@pytest.mark.parametrize("dtype", FLOATS)
def test_many_normal_numbers(dtype: str) -> None:
    seed_both(9)
    check(random.randn((100_003,), dtype), torch.randn(100_003, dtype=getattr(torch, dtype)))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("count", [7, 4000])
@pytest.mark.parametrize("bounds", [(-1, 1), (-0.1, 0.1), (0.001, 2000.0), (5, 1e4), (0.5, 0.5), (-0.3, 0.7)])
def test_uniform_and_normal_with_parameters(bounds: tuple[float, float], count: int, dtype: str) -> None:
    seed_both(3)
    low, high = bounds
    torch_dtype = getattr(torch, dtype)
    check(random.uniform((count,), low, high, dtype), torch.empty(count, dtype=torch_dtype).uniform_(low, high))
    std = high - low
    check(random.normal((count,), low, std, dtype), torch.empty(count, dtype=torch_dtype).normal_(low, std))


@pytest.mark.parametrize(
    ("low", "high", "dtype"),
    [
        (0, 10, "int64"),
        (-7, 3, "int64"),
        (0, 2**28 - 1, "int64"),
        (0, 2**28, "int64"),
        (0, 2**32 + 5, "int64"),
        (-(2**63), 2**63 - 1, "int64"),
        (0, 256, "uint8"),
        (-128, 128, "int8"),
        (-5, 1000, "int16"),
        (0, 2**30, "int32"),
        (0, 2, "bool"),
        (0, 6, "float32"),
        (-(2**29), 2**29, "float64"),
        (0, 100, "float16"),
    ],
)
@pytest.mark.parametrize("seed", [0, 5])
def test_randint(low: int, high: int, dtype: str, seed: int) -> None:
    seed_both(seed)
    for shape in SHAPES:
        check(random.randint(low, high, shape, dtype), torch.randint(low, high, shape, dtype=getattr(torch, dtype)))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"])
def test_random_without_bounds(dtype: str) -> None:
    seed_both(2)
    check(random.integers((300,), dtype), torch.empty(300, dtype=getattr(torch, dtype)).random_())
    check(random.rand((3,)), torch.rand(3))


@pytest.mark.parametrize("n", [0, 1, 2, 5, 100, 3000])
def test_randperm(n: int) -> None:
    for seed in range(4):
        seed_both(seed)
        check(random.randperm(n), torch.randperm(n))
        check(random.randperm(n, "float32"), torch.randperm(n, dtype=torch.float32))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
def test_bernoulli(dtype: str) -> None:
    seed_both(8)
    for p in (0.0, 0.1, 0.5, 1.0):
        check(random.bernoulli(p, (50,), dtype), torch.empty(50, dtype=getattr(torch, dtype)).bernoulli_(p))
    for of in (torch.float32, torch.float64):
        p_tensor = torch.linspace(0, 1, 7, dtype=of)
        check(
            random.bernoulli(p_tensor.numpy(), (3, 7), dtype),
            torch.empty(3, 7, dtype=getattr(torch, dtype)).bernoulli_(p_tensor),
        )


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_bernoulli_makes_the_masks_of_dropout(p: float) -> None:
    seed_both(4)
    kept = torch.nn.functional.dropout(torch.ones(6, 7), p) != 0
    check(random.bernoulli(1 - p, (6, 7), "bool"), kept)


@pytest.mark.parametrize("dtype", FLOATS)
def test_exponential(dtype: str) -> None:
    seed_both(6)
    for rate in (1.0, 2.5, 0.01):
        check(random.exponential((40,), rate, dtype), torch.empty(40, dtype=getattr(torch, dtype)).exponential_(rate))


@pytest.mark.parametrize(("samples", "replacement"), [(1, False), (4, False), (1, True), (30, True)])
@pytest.mark.parametrize("shape", [(6,), (3, 6)])
def test_multinomial(shape: tuple[int, ...], samples: int, replacement: bool) -> None:
    for seed in range(10):
        seed_both(seed)
        weights = torch.rand(shape)
        random.rand(shape)
        check(
            random.multinomial(weights.numpy(), samples, replacement),
            torch.multinomial(weights, samples, replacement=replacement),
        )


CALLS: dict[str, tuple[Callable[[int], np.ndarray], Callable[[int], torch.Tensor]]] = {
    "rand": (lambda n: random.rand((n,)), lambda n: torch.rand(n)),
    "rand64": (lambda n: random.rand((n,), "float64"), lambda n: torch.rand(n, dtype=torch.float64)),
    "randn": (lambda n: random.randn((n,)), lambda n: torch.randn(n)),
    "randn64": (lambda n: random.randn((n,), "float64"), lambda n: torch.randn(n, dtype=torch.float64)),
    "randint": (lambda n: random.randint(0, 9, (n,)), lambda n: torch.randint(0, 9, (n,))),
    "randperm": (lambda n: random.randperm(n), lambda n: torch.randperm(n)),
    "bernoulli": (lambda n: random.bernoulli(0.3, (n,)), lambda n: torch.empty(n).bernoulli_(0.3)),
    "normal": (lambda n: random.normal((n,), 1, 2), lambda n: torch.empty(n).normal_(1, 2)),
}


@settings(max_examples=150, deadline=None)
@given(
    st.integers(-(2**63), 2**64 - 1),
    st.lists(st.tuples(st.sampled_from(sorted(CALLS)), st.integers(0, 40)), max_size=12),
)
def test_any_order_of_calls(seed: int, calls: list[tuple[str, int]]) -> None:
    seed_both(seed)
    for name, count in calls:
        ours, theirs = CALLS[name]
        check(ours(count), theirs(count))
    assert random.default_generator.get_state().tobytes() == torch.get_rng_state().numpy().tobytes()


@pytest.mark.parametrize("before", [0, 1, 623, 624, 625, 1000])
def test_the_state_goes_from_one_engine_to_the_other(before: int) -> None:
    torch.manual_seed(77)
    torch.rand(before)
    torch.randn(3)
    random.default_generator.set_state(torch.get_rng_state().numpy())
    check(random.randn((4,)), torch.randn(4))
    check(random.rand((9,)), torch.rand(9))
    kept = random.default_generator.get_state()
    first = random.rand((700,))
    random.default_generator.set_state(kept)
    np.testing.assert_array_equal(random.rand((700,)), first)
    assert random.default_generator.initial_seed() == 77


def test_a_generator_of_ones_own_leaves_the_default_alone() -> None:
    seed_both(0)
    ours, theirs = random.Generator().manual_seed(5), torch.Generator().manual_seed(5)
    check(random.randn((3,), generator=ours), torch.randn(3, generator=theirs))
    check(random.rand((3,)), torch.rand(3))
    check(random.randn((2,), generator=ours), torch.randn(2, generator=theirs))


def test_seed_takes_another_start_each_time() -> None:
    generator = random.Generator()
    assert generator.seed() != generator.seed()
    assert 0 <= generator.initial_seed() < 2**64


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda: random.randint(5, 5, (2,)), lambda: torch.randint(5, 5, (2,))),
        (lambda: random.randint(0, 300, (2,), "uint8"), lambda: torch.randint(0, 300, (2,), dtype=torch.uint8)),
        (lambda: random.randint(-1, 3, (2,), "uint8"), lambda: torch.randint(-1, 3, (2,), dtype=torch.uint8)),
        (lambda: random.randint(0, 3, (2,), "bool"), lambda: torch.randint(0, 3, (2,), dtype=torch.bool)),
        (lambda: random.randint(0, 2**63, (2,)), lambda: torch.randint(0, 2**63, (2,))),
        (lambda: random.randint(0, 2, (2,), "complex64"), lambda: torch.randint(0, 2, (2,), dtype=torch.complex64)),
        (lambda: random.uniform((2,), 1, 0), lambda: torch.empty(2).uniform_(1, 0)),
        (lambda: random.uniform((2,), float("nan"), 0), lambda: torch.empty(2).uniform_(float("nan"), 0)),
        (lambda: random.uniform((2,), 0, float("inf")), lambda: torch.empty(2).uniform_(0, float("inf"))),
        (lambda: random.uniform((2,), -3e38, 3e38), lambda: torch.empty(2).uniform_(-3e38, 3e38)),
        (lambda: random.rand((2,), "int64"), lambda: torch.rand(2, dtype=torch.int64)),
        (lambda: random.randn((2,), "bool"), lambda: torch.randn(2, dtype=torch.bool)),
        (lambda: random.normal((2,), 0, -1.5), lambda: torch.empty(2).normal_(0, -1.5)),
        (lambda: random.bernoulli(2, (2,)), lambda: torch.empty(2).bernoulli_(2)),
        (lambda: random.bernoulli(np.array([2.0]), (1,)), lambda: torch.bernoulli(torch.tensor([2.0]))),
        (lambda: random.bernoulli(np.array([1]), (1,)), lambda: torch.bernoulli(torch.tensor([1]))),
        (lambda: random.exponential((2,), -1), lambda: torch.empty(2).exponential_(-1)),
        (lambda: random.exponential((2,), 1, "int32"), lambda: torch.empty(2, dtype=torch.int32).exponential_()),
        (lambda: random.randperm(-1), lambda: torch.randperm(-1)),
        (lambda: random.multinomial(np.ones(2), 3), lambda: torch.multinomial(torch.ones(2), 3)),
        (lambda: random.multinomial(np.ones(2), 0), lambda: torch.multinomial(torch.ones(2), 0)),
        (lambda: random.multinomial(np.ones((2, 2, 2)), 1), lambda: torch.multinomial(torch.ones(2, 2, 2), 1)),
        (lambda: random.multinomial(np.array([1, 2]), 1), lambda: torch.multinomial(torch.tensor([1, 2]), 1)),
        (lambda: random.multinomial(np.zeros(2), 1), lambda: torch.multinomial(torch.zeros(2), 1)),
        (lambda: random.multinomial(np.zeros(2), 3, True), lambda: torch.multinomial(torch.zeros(2), 3, True)),
        (lambda: random.multinomial(-np.ones(2), 1), lambda: torch.multinomial(-torch.ones(2), 1)),
        (lambda: random.multinomial(-np.ones(2), 3, True), lambda: torch.multinomial(-torch.ones(2), 3, True)),
        (
            lambda: random.multinomial(np.array([np.inf]), 3, True),
            lambda: torch.multinomial(torch.tensor([np.inf]), 3, True),
        ),
        (lambda: random.manual_seed(2**64), lambda: torch.manual_seed(2**64)),
        (lambda: random.manual_seed("a"), lambda: torch.manual_seed("a")),
        (
            lambda: random.default_generator.set_state(np.zeros(3, np.uint8)),
            lambda: torch.set_rng_state(torch.zeros(3, dtype=torch.uint8)),
        ),
        (lambda: random.default_generator.set_state(np.zeros(3)), lambda: torch.set_rng_state(torch.zeros(3))),
    ],
)
def test_faults_are_worded_as_in_torch(ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    with pytest.raises(Exception) as expected:
        theirs()
    with pytest.raises(type(expected.value)) as raised:
        ours()
    assert str(raised.value) == str(expected.value)
