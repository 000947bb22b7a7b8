"""Gradient descent on a parabola

Part: Learning

Think: each step makes the way to the minimum at 3 shorter by the same factor. Which one, and what would lr = 1 do?

Look: every iteration is a scene with a graph of its own ([ and ] change it). The gradient shrinks as x comes close.
"""

import torch

x = torch.tensor(0.0, requires_grad=True)
lr = 0.3

for step in range(8):
    loss = (x - 3) ** 2
    loss.backward()
    print(f"x = {x.item():.4f}  loss = {loss.item():.4f}  slope = {x.grad.item():.4f}")
    with torch.no_grad():
        x -= lr * x.grad
    x.grad = None
