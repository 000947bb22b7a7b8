"""What presenters are rehearsed with before a request comes."""

from __future__ import annotations

PROGRAM = """import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.nn.Parameter(torch.ones(2, 2))
y = torch.sin(x) ** 2 * 3 + (w @ x).relu()
o = (x.exp() * 0.5).sum()
print(y)
(o + x.sum()).backward()
"""
"""A program that makes something of everything that is shown."""

CHARTED = """
import torch
é = 1  # the interpreter loads a table for the first name that is not ASCII
w = torch.tensor(3.0, requires_grad=True)
v = torch.tensor([0.0, 1.0], requires_grad=True)
m = torch.tensor([[0.0, 1.0], [2.0, 3.0]], requires_grad=True)
large = torch.ones(40, 40, requires_grad=True)
for i in range(4):
    loss = (w - 1) ** 2 + torch.sqrt(v).sum() + torch.log(m).sum() + (large * large).sum() / 1000
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
"""
"""A program with a chart of each kind."""
