import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vizgrad.draw.model.numbers import BLANK, brief, extent, lines, room, short
from vizgrad.trace import Value


@given(st.floats(width=32), st.sampled_from([6, 7]))
def test_a_number_is_short_and_means_nearly_the_same(number, width):
    text = short(number, width)
    assert len(text) <= width
    if math.isfinite(number) and number != 0:
        assert float(text) == pytest.approx(number, rel=0.5)
        assert (float(text) < 0) == (number < 0)
    elif not math.isfinite(number):
        assert text in ("nan", "inf", "-inf")


@given(st.floats(min_value=0.001, max_value=9999), st.sampled_from([-1, 1]))
def test_the_usual_numbers_keep_two_digits_or_more(number, sign):
    assert float(short(sign * number)) == pytest.approx(sign * number, rel=0.05)


@given(st.integers(-(10**18), 10**18))
def test_whole_numbers_have_no_point_while_they_fit(number):
    text = short(number)
    assert len(text) <= 7
    assert text == str(number) if len(str(number)) <= 7 else "e" in text


def test_a_bool_is_not_mistaken_for_the_number_that_equals_it():
    assert [short(x) for x in (1, True, 1.0, 0, False, 0.0)] == ["1", "True", "1.", "0", "False", "0."]


SHAPES = st.sampled_from(
    [(), (1,), (2,), (3,), (4,), (5,), (0,), (1, 1), (2, 3), (4, 4), (5, 2), (2, 0), (2, 2, 2), (9, 200)]
)


@given(st.data(), SHAPES, st.sampled_from(["float32", "float64", "int64", "bool", "complex64"]))
def test_a_value_keeps_to_the_room_of_its_shape_and_dtype(data, shape, dtype):
    array = data.draw(arrays(dtype, shape))
    value = Value.of(array)
    needed = extent(shape, dtype)
    text = lines(value)
    assert len(text) == needed.lines
    assert max(map(len, text)) <= needed.characters
    assert len(brief(value)) <= room(value)
    assert all(text)


def test_values_read_as_pytorch_writes_them():
    def of(*numbers, dtype="float32"):
        return lines(Value.of(np.array(numbers, dtype=dtype)))

    assert of(10, 10) == ("[10., 10.]",)
    assert of(1, 2, dtype="int64") == ("[1, 2]",)
    assert of(True, False, dtype="bool") == ("[True, False]",)
    assert lines(Value.of(np.float32(0.5))) == ("0.5",)
    matrix = lines(Value.of(np.array([[1, -0.25], [10, 100]], dtype="float32")))
    assert [line.replace(BLANK, " ") for line in matrix] == ["[[ 1., -0.25],", " [10.,  100.]]"]


def test_large_values_are_summed_up():
    assert lines(Value.of(np.full((64, 784), 0.25))) == ("mean 0.25 ±0.",)
    assert lines(Value.of(np.array([1.0, np.nan] * 4))) == ("4 not finite",)
    assert lines(Value.of(np.array([True] * 3 + [False] * 5))) == ("3 of 8 True",)
    assert lines(Value.of(np.zeros((0, 3)))) == ("[]",)
