"""Two losses over one trunk: retain_graph

Part: How gradients flow

Think: both losses need the same exponential. Why must the first backward() be told to retain the graph?

Look: during the second pass the tags of saved tensors go hollow: they are freed, and a third pass finds nothing.
"""

import torch

x = torch.tensor([0.0, 1.0], requires_grad=True)
trunk = torch.exp(x)
total = trunk.sum()
squares = (trunk ** 2).sum()

total.backward(retain_graph=True)
print(x.grad)

x.grad = None  # otherwise the second gradient would be added to the first
squares.backward()
print(x.grad)

try:
    total.backward()
except RuntimeError as error:
    print(error)
