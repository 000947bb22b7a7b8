"""Attention, one head

Part: Layers and losses

Think: the loss looks at the first output only. Which rows of queries, keys and values get a gradient?

Look: the gradient reaches the values through the weights, and the queries and keys through the softmax.
"""

import torch

queries = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], requires_grad=True)
keys = torch.tensor([[1.0, 0.5], [0.0, 1.0], [-1.0, 0.0]], requires_grad=True)
values = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], requires_grad=True)

scores = queries @ keys.T / 2 ** 0.5
weights = torch.softmax(scores, dim=-1)
outputs = weights @ values
print(weights.detach())

loss = outputs[0].sum()
loss.backward()
print(queries.grad)
print(keys.grad)
print(values.grad)
