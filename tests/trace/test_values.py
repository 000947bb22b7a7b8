"""Values survive: small ones whole, large ones as a summary."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vizgrad.trace import Create, TensorRecord, Trace, Value

DTYPES = ["float32", "float64", "float16", "int64", "int32", "uint8", "bool", "complex64", "complex128"]


def through_json(value: Value) -> Value:
    record = TensorRecord(id=0, shape=value.shape, dtype=value.dtype, requires_grad=False, is_leaf=True)
    event = Create(tensor=0, op="tensor", value=value)
    trace = Trace(engine="numpy", source="", tensors=(record,), nodes=(), events=(event,))
    again = Trace.from_json(trace.to_json())
    assert again == trace
    return again.end.values[0]


@given(st.sampled_from(DTYPES).flatmap(lambda d: hnp.arrays(d, hnp.array_shapes(min_dims=0, max_dims=3, max_side=4))))
def test_small_arrays_survive_json_to_the_bit(array):
    again = through_json(Value.of(array))
    assert again.array.dtype == array.dtype and again.array.shape == array.shape
    assert again.array.tobytes() == array.tobytes()


def test_nan_equals_nan_and_zeros_keep_their_sign():
    assert Value.of(np.array([np.nan, np.inf])) == Value.of(np.array([np.nan, np.inf]))
    assert Value.of(np.array([0.0])) != Value.of(np.array([-0.0]))


def test_a_large_tensor_keeps_statistics_and_a_corner():
    array = np.arange(3000, dtype="float32").reshape(30, 100)
    value = through_json(Value.of(array))
    assert value.array is None and not value.is_whole and value.size == 3000
    assert (value.summary.min, value.summary.max) == (0, 2999)
    assert value.summary.mean == pytest.approx(array.mean())
    assert value.norm == pytest.approx(np.linalg.norm(array.astype("float64")))
    assert sum(value.summary.histogram) == 3000
    assert np.array_equal(value.corner, array[:8, :8])


def test_a_large_tensor_with_nothing_finite_is_told_as_such():
    value = through_json(Value.of(np.full(2000, np.nan, dtype="float32")))
    assert value.summary.finite == 0 and value.summary.mean == 0 and value.summary.histogram == ()


def test_what_is_no_trace_is_refused_in_words():
    with pytest.raises(ValueError, match="not a vizgrad trace"):
        Trace.from_json('{"engine": 3}')
    with pytest.raises(ValueError, match="update it"):
        Trace.from_json(Trace(engine="n", source="", tensors=(), nodes=(), events=(), format=99).to_json())


def test_statistics_that_overflow_still_travel():
    value = through_json(Value.of(np.full(2000, 1e200)))
    assert value.summary.mean == pytest.approx(1e200) and value.norm == np.finfo("float64").max
