"""The product of a layer is the product, whichever way it is computed."""

from __future__ import annotations

import numpy as np
import pytest

from vizgrad.autodiff.core import blas

SIZES = {
    "strips": (64, 784, 256),
    "strips and a rest": (50, 500, 250),
    "less than a strip": (64, 1500, 15),
    "many rows": (300, 256, 64),
    "small": (3, 4, 5),
    "empty": (0, 4, 5),
}


@pytest.mark.parametrize("copies", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.complex64])
@pytest.mark.parametrize("rows, length, columns", SIZES.values(), ids=SIZES)
def test_it_is_the_product(rows, length, columns, dtype, copies, monkeypatch):
    monkeypatch.setattr(blas, "COPIES", copies)
    draw = np.random.default_rng(0)
    x = draw.normal(0, 3, (rows, length)).astype(dtype)
    w = draw.normal(0, 3, (columns, length)).astype(dtype)
    grad = draw.normal(0, 3, (rows, columns)).astype(dtype)
    for left, right in ((x, w.T), (grad.T, x), (grad, w)):
        product = blas.matmul(left, right)
        exact = np.asarray(left, np.clongdouble) @ np.asarray(right, np.clongdouble)
        assert product.dtype == dtype
        assert product.flags.c_contiguous
        np.testing.assert_allclose(product, exact, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("rows, columns", [(64, 256), (50, 250)])
def test_layers_are_computed_in_strips(rows, columns, monkeypatch):
    monkeypatch.setattr(blas, "COPIES", True)
    asked = []
    for name in ("_by_columns", "_by_rows"):
        made = getattr(blas, name)
        monkeypatch.setattr(blas, name, lambda *a, name=name, made=made: asked.append(name) or made(*a))
    x, w, grad = (np.ones(shape, np.float32) for shape in ((rows, 784), (columns, 784), (rows, columns)))
    blas.matmul(x, w.T)
    blas.matmul(grad.T, x)
    blas.matmul(grad, w)
    assert asked == ["_by_columns", "_by_rows"]


@pytest.mark.parametrize("left, right", [("C", "C"), ("F", "F")])
def test_other_layouts_are_left_to_numpy(left, right, monkeypatch):
    monkeypatch.setattr(blas, "COPIES", True)
    draw = np.random.default_rng(0)
    a = np.asarray(draw.normal(size=(64, 784)), np.float32, order=left)
    b = np.asarray(draw.normal(size=(784, 250)), np.float32, order=right)
    np.testing.assert_array_equal(blas.matmul(a, b), a @ b)


def test_layers_take_it(monkeypatch):
    from vizgrad import autodiff as torch

    asked = []
    monkeypatch.setattr(blas, "matmul", lambda a, b: asked.append(a.shape) or a @ b)
    x, w, b = torch.ones(2, 3), torch.ones(4, 3, requires_grad=True), torch.ones(4)
    torch.nn.functional.linear(x, w)
    torch.nn.functional.linear(x, w, b).sum().backward()
    assert asked == [(2, 3), (2, 3), (4, 2)]
