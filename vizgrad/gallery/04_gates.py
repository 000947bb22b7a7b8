"""Gates: (x + y) * z

Part: How gradients flow

Think: which of x, y and z should grow to make out larger, and which one matters most?

Look: the plus gate hands the same gradient to both inputs; the times gate swaps its inputs.
"""

import torch

x = torch.tensor(3.0, requires_grad=True)
y = torch.tensor(-5.0, requires_grad=True)
z = torch.tensor(4.0, requires_grad=True)

out = (x + y) * z
print(out)

out.backward()
print(x.grad, y.grad, z.grad)
