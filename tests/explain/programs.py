"""Programs of many kinds, none of them a lesson, and their traces on either engine."""

from __future__ import annotations

from functools import lru_cache

import pytest

from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute
from vizgrad.trace import Trace

ENGINES = ["numpy", pytest.param("torch", marks=pytest.mark.torch)]

PROGRAMS = {
    "seed": """
import torch
x = torch.ones(2, requires_grad=True)
y = 5 * (x + 1) ** 2
o = (1/2) * torch.sum(y)
o.backward()
""",
    "layer": """
import torch
a = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
w = torch.tensor([[0.5, -1., 2.], [1., 0., 3.]], requires_grad=True)
bias = torch.tensor([1., 2., 3.], requires_grad=True)
c = a @ w + bias
loss = c.relu().mean()
loss.backward()
""",
    "fan_out": """
import torch
x = torch.tensor(3., requires_grad=True)
y = x * x
z = y.exp() / (1 + x) - torch.sin(y)
z.backward()
""",
    "vector_seed": """
import torch
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = torch.sigmoid(x) * x
y.backward(torch.tensor([1., 0., 2.]), retain_graph=True)
y.sum().backward()
x.grad.zero_()
with torch.no_grad():
    d = x * 2
h = y.detach()
""",
    "shapes": """
import torch
x = torch.arange(6.).requires_grad_()
m = x.view(2, 3)
s = m.t()[0].sum() + m.sum(dim=1)[1] + torch.cat([x, x]).max() + m.softmax(dim=1)[0, 1] + m.logsumexp(dim=0).sum()
s.backward()
""",
    "broadcast": """
import torch
x = torch.tensor([[1., 2.], [3., 4.], [5., 6.]], requires_grad=True)
row = torch.tensor([10., 20.], requires_grad=True)
column = torch.tensor([[1.], [2.], [3.]], requires_grad=True)
k = torch.tensor(2., requires_grad=True)
y = (x - row) * column / k
y.pow(2).mean().backward()
""",
    "cross_entropy": """
import torch
import torch.nn.functional as F
x = torch.tensor([[1., 2., 3.], [0.1, 0.2, 0.3]], requires_grad=True)
t = torch.tensor([2, 0])
loss = F.cross_entropy(x, t)
loss.backward()
""",
    "inplace": """
import torch
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
y.add_(1)
y.mul_(x)
y.sum().backward()
""",
    "retained": """
import torch
x_hat = torch.tensor([0.5, -1.5], requires_grad=True)
λ = torch.tensor(0.25, requires_grad=True)
h = torch.tanh(x_hat)
h.retain_grad()
h.register_hook(lambda g: g * 2)
o = (h * λ).sum() + h[0]
o.backward()
x_hat.grad = None
""",
    "second_order": """
import torch
x = torch.tensor(2., requires_grad=True)
y = x ** 3
g, = torch.autograd.grad(y, x, create_graph=True)
g.backward()
""",
    "loop": """
import torch
w = torch.tensor([1., -2.], requires_grad=True)
for i in range(3):
    loss = ((w - 3) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad.zero_()
""",
    "large": """
import torch
torch.manual_seed(0)
x = torch.randn(40, 50)
w = torch.randn(50, 30, requires_grad=True)
b = torch.zeros(30, requires_grad=True)
h = torch.relu(x @ w + b)
h.mean().backward()
""",
    "several_outputs": """
import torch
x = torch.tensor([[1., 5.], [7., 3.]], requires_grad=True)
top, where = x.max(dim=1)
a, b = x.unbind(0)
left, right = torch.split(x, 1, dim=1)
o = (top * a).sum() + (b * right.squeeze(1)).sum()
o.backward()
""",
    "own_function": """
import torch

class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3

    @staticmethod
    def backward(ctx, grad):
        x, = ctx.saved_tensors
        return grad * 3 * x ** 2

x = torch.tensor([1., 2.], requires_grad=True)
y = Cube.apply(x)
y.sum().backward()
""",
    "error": """
import torch
a = torch.ones(2, 3, requires_grad=True)
b = torch.ones(2, 3)
c = a @ b
""",
}


@lru_cache(maxsize=64)
def traced(source: str, engine: str) -> Trace:
    """The trace of a program, or of the named one of PROGRAMS."""
    return execute(PROGRAMS.get(source, source).lstrip("\n"), engine, limits=Limits(seconds=120))
