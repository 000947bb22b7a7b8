"""Gradients by hand and by machine

Part: The notebook

Think: by hand, ∂o/∂xᵢ = ½ · 10 (xᵢ + 1). What is that at xᵢ = 1, and where does each factor appear on the way back?

Look: press ← to step back through the backward pass; the gradient grows from 1 at o to [10., 10.] at x.
"""

import torch

x = torch.ones(2, requires_grad=True)
print(x)

y = 5 * (x + 1) ** 2
print(y)

o = (1/2) * torch.sum(y)
print(o)

o.backward()
print(x.grad)

print(x.requires_grad)
print(y.requires_grad)
print(o.requires_grad)
