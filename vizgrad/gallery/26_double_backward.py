"""A derivative of a derivative

Part: Derivatives again

Think: dy/dx = 3x² is a number here, 27. What must autograd have recorded so that it can be differentiated again?

Look: with create_graph=True the backward pass draws a second graph: slope has a grad_fn, and its backward gives 6x.
"""

import torch

x = torch.tensor(3.0, requires_grad=True)
y = x ** 3

(slope,) = torch.autograd.grad(y, x, create_graph=True)
print(slope)

slope.backward()
print(x.grad)
