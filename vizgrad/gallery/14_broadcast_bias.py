"""A broadcast bias

Part: Shapes

Think: bias has two numbers and is added to three rows. How many gradients come back to each of them?

Look: at the addition the gradient of shape (3, 2) is summed over the rows before it goes to bias.
"""

import torch

scores = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], requires_grad=True)
bias = torch.tensor([0.5, -0.5], requires_grad=True)

shifted = scores + bias  # (3, 2) + (2,): bias is used once in every row
loss = (shifted ** 2).mean()
print(loss)

loss.backward()
print(scores.grad)
print(bias.grad)
