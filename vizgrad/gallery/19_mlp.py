"""A two-layer network with cross-entropy

Part: Layers and losses

Think: which weights get no gradient at all from this batch, and why?

Look: relu lets the gradient through only where its input was positive; each @ sends a transpose back.
"""

import torch
import torch.nn.functional as F

inputs = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
labels = torch.tensor([1, 1, 0])

W1 = torch.tensor([[0.5, -0.4, 0.3], [0.2, -0.6, 0.1]], requires_grad=True)
b1 = torch.zeros(3, requires_grad=True)
W2 = torch.tensor([[0.3, -0.2], [0.8, 0.4], [-0.5, 0.6]], requires_grad=True)
b2 = torch.zeros(2, requires_grad=True)

hidden = torch.relu(inputs @ W1 + b1)
logits = hidden @ W2 + b2
loss = F.cross_entropy(logits, labels)
print(loss)

loss.backward()
print(W1.grad)
print(W2.grad)
