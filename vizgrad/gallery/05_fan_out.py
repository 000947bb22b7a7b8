"""Fan-out: one tensor on two paths

Part: How gradients flow

Think: y depends on x along two paths. What comes back along each of them, and what is x.grad?

Look: two gradient arrows end at x. What they carry is added: 36 along the square and 18 along the double.
"""

import torch

x = torch.tensor(3.0, requires_grad=True)

square = x ** 2
double = 2 * x
y = square * double  # 2x³, so dy/dx = 6x²
print(y)

y.backward()
print(x.grad, 6 * x.item() ** 2)
