"""The text of a tensor equals PyTorch's, over random tensors and over recorded facts."""

import csv
from pathlib import Path

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from vizgrad.autodiff.core.printing import get_printoptions, printoptions, set_printoptions, tensor_repr

FLOATING = ["float32", "float64", "float16", "complex64", "complex128"]
DTYPES = [*FLOATING, "int64", "int32", "int16", "int8", "uint8", "bool"]
FACTS = Path(__file__).parents[1] / "data" / "torch_semantics.csv"


def ours(tensor: torch.Tensor) -> str:
    """Write a torch tensor with our printer."""
    return tensor_repr(
        tensor.detach().numpy(),
        str(tensor.dtype).removeprefix("torch."),
        requires_grad=tensor.requires_grad,
        grad_fn=tensor.grad_fn and type(tensor.grad_fn).__name__,
        is_parameter=isinstance(tensor, torch.nn.Parameter),
    )


def scaled(draw: st.DrawFn, array: np.ndarray) -> np.ndarray:
    """Round, scale or fill an array, so that every style of numbers comes up often."""
    if array.dtype.kind not in "fc":
        return array
    kind = draw(st.sampled_from(["any", "whole", "tenths", "narrow", "tiny", "huge"]))
    if kind == "any":
        return array
    with np.errstate(all="ignore"):
        calm = np.clip(np.nan_to_num(array.real), -1000, 1000)
        factors = {"whole": 1, "tenths": 0.1, "narrow": 0.5, "tiny": 1e-6, "huge": 1e6}
        return (np.round(calm) * factors[kind]).astype(array.dtype)


@st.composite
def tensors(draw: st.DrawFn, max_side: int = 7, max_dims: int = 4) -> torch.Tensor:
    """Draw a tensor of any dtype, rank and magnitude, empty ones and special values included."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(arrays.array_shapes(min_dims=0, max_dims=max_dims, min_side=0, max_side=max_side))
    array = np.asarray(scaled(draw, draw(arrays.arrays(dtype, shape))))
    tensor = torch.from_numpy(np.ascontiguousarray(array).reshape(array.shape))
    if tensor.dtype.is_floating_point or tensor.dtype.is_complex:
        match draw(st.sampled_from(["plain", "leaf", "node", "parameter"])):
            case "leaf":
                tensor.requires_grad_()
            case "node":
                tensor = tensor.requires_grad_() * 1
            case "parameter":
                tensor = torch.nn.Parameter(tensor)
    return tensor


@settings(max_examples=600, deadline=None)
@given(tensors())
def test_random_tensors_are_written_as_torch_writes_them(tensor: torch.Tensor) -> None:
    assert ours(tensor) == repr(tensor)


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 2**31),
    st.sampled_from([(1001,), (3, 400), (400, 3), (11, 12, 13), (2, 9, 60), (8, 8, 4, 4), (1, 1001), (1001, 1)]),
    st.sampled_from(DTYPES),
    st.sampled_from([1.0, 1e-3, 1e4, 50.0]),
)
def test_summaries_of_large_tensors(seed: int, shape: tuple[int, ...], dtype: str, scale: float) -> None:
    numbers = np.random.default_rng(seed).normal(size=shape) * scale
    tensor = torch.from_numpy(numbers).to(getattr(torch, dtype))
    assert ours(tensor) == repr(tensor)


@settings(max_examples=150, deadline=None)
@given(
    tensors(max_side=9, max_dims=3),
    st.integers(0, 8),
    st.sampled_from([0, 5, 30, 1000]),
    st.integers(0, 4),
    st.integers(10, 120),
    st.sampled_from([None, True, False]),
)
def test_print_options(
    tensor: torch.Tensor, precision: int, threshold: int, edgeitems: int, linewidth: int, sci_mode: bool | None
) -> None:
    options = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
        "sci_mode": sci_mode,
    }
    with printoptions(**options):
        assert get_printoptions() == options
        text = ours(tensor)
    with torch._tensor_str.printoptions(**options):
        assert text == repr(tensor)
    assert get_printoptions() == torch._tensor_str.get_printoptions()


@pytest.mark.parametrize("profile", ["default", "short", "full"])
def test_profiles(profile: str) -> None:
    tensor = torch.arange(1200).reshape(40, 30) / 7
    with printoptions(profile=profile):
        text = ours(tensor)
    with torch._tensor_str.printoptions(profile=profile):
        assert text == repr(tensor)


def test_an_option_stays_until_it_is_set_again() -> None:
    try:
        set_printoptions(precision=2, sci_mode=True)
        set_printoptions(linewidth=20)
        assert get_printoptions() == {
            "precision": 2,
            "threshold": 1000,
            "edgeitems": 3,
            "linewidth": 20,
            "sci_mode": None,
        }
    finally:
        set_printoptions(profile="default")


@pytest.mark.parametrize("length", range(1, 30))
def test_what_follows_the_numbers_wraps_where_torch_wraps(length: int) -> None:
    tensor = torch.full((length,), 0.5, dtype=torch.float64, requires_grad=True)
    assert ours(tensor) == repr(tensor)
    assert ours(tensor * 1) == repr(tensor * 1)


@pytest.mark.parametrize("default", ["float32", "float64"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (2,), (0,), (0, 2)])
def test_dtype_is_named_only_where_the_default_differs(default: str, dtype: str, shape: tuple[int, ...]) -> None:
    tensor = torch.ones(shape, dtype=getattr(torch, dtype))
    try:
        torch.set_default_dtype(getattr(torch, default))
        assert tensor_repr(tensor.numpy(), dtype, default_dtype=default) == repr(tensor)
    finally:
        torch.set_default_dtype(torch.float32)


def repr_facts() -> list[dict[str, str]]:
    """Read the recorded facts about how one tensor is written; those about other objects are not the printer's."""
    with FACTS.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["group"] == "repr"]
    return [row for row in rows if row["answer"].startswith(("tensor(", "Parameter containing:"))]


@pytest.mark.parametrize("fact", repr_facts(), ids=lambda fact: fact["question"])
def test_recorded_facts(fact: dict[str, str]) -> None:
    space: dict[str, object] = {"torch": torch}
    exec(fact["code"], space)
    assert ours(space["out"]) == fact["answer"]
