"""The product of a layer is the product, whichever way it is computed."""

from __future__ import annotations

import numpy as np
import pytest

from vizgrad.autodiff import blas

SIZES = {
    "strips": (64, 784, 250),
    "transposed": (64, 256, 300),
    "many rows": (300, 256, 64),
    "small": (3, 4, 5),
    "empty": (0, 4, 5),
}


@pytest.mark.parametrize("is_slow", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.complex64])
@pytest.mark.parametrize("rows, length, columns", SIZES.values(), ids=SIZES)
def test_it_is_the_product(rows, length, columns, dtype, is_slow, monkeypatch):
    monkeypatch.setattr(blas, "IS_SLOW", is_slow)
    draw = np.random.default_rng(0)
    x = draw.normal(0, 3, (rows, length)).astype(dtype)
    w = draw.normal(0, 3, (columns, length)).astype(dtype)
    product = blas.matmul(x, w.T)
    exact = np.asarray(x, np.clongdouble) @ np.asarray(w.T, np.clongdouble)
    assert product.dtype == dtype
    assert product.flags.c_contiguous
    np.testing.assert_allclose(product, exact, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("left, right", [("C", "C"), ("F", "F"), ("F", "C")])
def test_other_layouts_are_left_to_numpy(left, right, monkeypatch):
    monkeypatch.setattr(blas, "IS_SLOW", True)
    draw = np.random.default_rng(0)
    a = np.asarray(draw.normal(size=(64, 784)), np.float32, order=left)
    b = np.asarray(draw.normal(size=(784, 250)), np.float32, order=right)
    np.testing.assert_array_equal(blas.matmul(a, b), a @ b)


def test_layers_take_it(monkeypatch):
    from vizgrad import autodiff as torch

    asked = []
    monkeypatch.setattr(blas, "matmul", lambda a, b: asked.append(a.shape) or a @ b)
    x, w, b = torch.ones(2, 3), torch.ones(4, 3), torch.ones(4)
    torch.nn.functional.linear(x, w, b)
    torch.nn.functional.linear(x, w)
    assert asked == [(2, 3), (2, 3)]
