"""Add and mul

Part: The notebook

Think: a + b and torch.add(a, b) print the same. Do they record the same?

Look: four operations, four boxes, and every result has the grad_fn of the operation that made it.
"""

import torch

a = torch.ones((2, 2), requires_grad=True)
b = torch.ones((2, 2), requires_grad=True)

print(a + b)
print(torch.add(a, b))

print(a * b)
print(torch.mul(a, b))
