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
