"""Activations, and where they saturate

Part: Layers and losses

Think: at which inputs does each activation pass on less than a hundredth of the gradient?

Look: the three gradients beside each other: sigmoid at most ¼, tanh at most 1, relu 0 or 1 and nothing between.
"""

import torch

a = torch.tensor([-6.0, -2.0, 0.0, 2.0, 6.0], requires_grad=True)
b = torch.tensor([-6.0, -2.0, 0.0, 2.0, 6.0], requires_grad=True)
c = torch.tensor([-6.0, -2.0, 0.0, 2.0, 6.0], requires_grad=True)

total = torch.sigmoid(a).sum() + torch.tanh(b).sum() + torch.relu(c).sum()
total.backward()

print("sigmoid", a.grad)
print("tanh   ", b.grad)
print("relu   ", c.grad)
