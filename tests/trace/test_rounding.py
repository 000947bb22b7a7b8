"""Where large numbers cancel, the last digits are nobody's; elsewhere they are compared."""

from __future__ import annotations

import numpy as np
import pytest

from vizgrad.trace import Create, Forward, Operand, TensorRecord, Trace, Value, compare


def summed(inputs: list[float], total: float, op: str = "sum", more: float | None = None) -> Trace:
    values = [Value.of(np.array(inputs, "float32")), Value.of(np.float32(total))]
    if more is not None:
        values.append(Value.of(np.float32(more)))
    tensors = tuple(
        TensorRecord(id=i, shape=v.shape, dtype="float32", requires_grad=False, is_leaf=True)
        for i, v in enumerate(values)
    )
    events: list[Create | Forward] = [Create(tensor=0, op="tensor", value=values[0])]
    for i, name in enumerate([op, "exp"][: len(values) - 1]):
        events.append(
            Forward(op=name, node=None, inputs=(Operand("self", i),), outputs=(i + 1,), values=(values[i + 1],))
        )
    return Trace(engine="", source="", tensors=tensors, nodes=(), events=tuple(events))


def test_a_sum_of_large_numbers_may_differ_by_their_rounding() -> None:
    assert compare(summed([1000, -1000], 1e-4), summed([1000, -1000], 2e-4)).matches
    assert not compare(summed([1000, -1000], 1e-4), summed([1000, -1000], 2e-2)).matches


@pytest.mark.parametrize("op", ["exp", "mul"])
def test_what_does_not_add_has_no_such_excuse(op: str) -> None:
    assert not compare(summed([1000, -1000], 1e-4, op), summed([1000, -1000], 2e-4, op)).matches


def test_a_sum_of_small_numbers_has_no_such_excuse() -> None:
    assert not compare(summed([0.01, 0.02], 0.03), summed([0.01, 0.02], 0.03001)).matches


def test_the_excuse_goes_with_the_value() -> None:
    a, b = summed([1000, -1000], 1e-2, more=1.01), summed([1000, -1000], 1.05e-2, more=1.0105)
    assert compare(a, b).matches
    c = summed([1000, -1000], 1e-2, more=1.6)
    assert not compare(a, c).matches
