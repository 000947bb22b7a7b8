"""A gradient that is cut off is 0 and not -0, as PyTorch's is: the two print differently."""

from __future__ import annotations

import pytest

from vizgrad import autodiff

CALLS = [
    "torch.relu(x)", "x.clamp(0, 1)", "x.clamp(min=0.5)", "x.clamp(max=0.5)", "F.relu6(x)", "F.hardtanh(x)", "F.elu(x)",
    "F.leaky_relu(x)", "F.hardsigmoid(x)", "F.hardswish(x)", "F.threshold(x, 1., 0.)", "F.softshrink(x)", "x.abs()",
    "F.hardshrink(x)", "F.prelu(x, w)", "x.sign()", "x.round()", "torch.where(x > 0, x, 0.)", "x.masked_fill(x > 0, 0)",
    "torch.maximum(x, w)", "torch.minimum(x, w)", "x.max()", "x[1:]", "x.prod()", "x ** 2", "x * 0", "x.cumsum(0)",
    "F.max_pool1d(x[None], 2)", "F.dropout(x, 0.)", "x.std()", "x.norm()", "torch.softmax(x, 0)",
    "F.hinge_embedding_loss(x, s)", "F.l1_loss(x, x.detach())", "F.smooth_l1_loss(x, x.detach())", "F.gelu(x)",
    "F.selu(x)", "F.celu(x)",
]  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("call", CALLS)
def test_zeros_have_pytorchs_sign(call: str):
    import torch

    def printed(engine) -> list[str]:
        x = engine.tensor([-1.0, 0.0, 0.5, 2.0], requires_grad=True)
        w = engine.tensor([0.25], requires_grad=True)
        s = engine.tensor([1.0, -1.0, 1.0, -1.0])
        y = eval(call, {"torch": engine, "F": engine.nn.functional, "x": x, "w": w, "s": s})
        y.backward(-engine.ones(y.shape))
        return [str(x.grad), str(w.grad)]

    assert printed(autodiff) == printed(torch)
