"""Sums of products are rounded once in float32, as PyTorch's kernels do: equal to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

import vizgrad.autodiff as ours

torch = pytest.importorskip("torch")

GENERATOR = np.random.default_rng(0)
DRAWN = [GENERATOR.random(1001).astype(np.float32) for _ in range(3)]


@pytest.mark.parametrize(
    "call",
    [
        lambda t, x, y, z: t.add(x, y, alpha=0.3),
        lambda t, x, y, z: t.sub(x, y, alpha=0.3),
        lambda t, x, y, z: t.rsub(x, y, alpha=0.3),
        lambda t, x, y, z: x.clone().add_(y, alpha=-0.01),
        lambda t, x, y, z: t.addcmul(x, y, z, value=0.3),
        lambda t, x, y, z: t.addcdiv(x, y, z + 1, value=0.3),
        lambda t, x, y, z: t.lerp(x, y, 0.3),
        lambda t, x, y, z: t.lerp(x, y, 0.7),
        lambda t, x, y, z: t.lerp(x, y, z),
        lambda t, x, y, z: t.add(x[0], y[0], alpha=0.3),
        lambda t, x, y, z: t.lerp(x[0], y[0], 0.3),
    ],
)
def test_rounded_once(call):
    mine, theirs = ([t.from_numpy(a.copy()) for a in DRAWN] for t in (ours, torch))
    np.testing.assert_array_equal(call(ours, *mine).numpy(), call(torch, *theirs).numpy())


def test_integers_are_added_as_integers():
    x = ours.tensor([2**30 + 1, 3])
    assert ours.add(x, x, alpha=2).tolist() == [3 * (2**30 + 1), 9]


def test_nothing_is_dropped_where_there_is_nothing():
    x = ours.zeros(0, 3, requires_grad=True)
    assert ours.nn.functional.dropout(x) is x
