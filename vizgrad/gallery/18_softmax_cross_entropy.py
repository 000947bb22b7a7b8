"""Softmax and cross-entropy by hand

Part: Layers and losses

Think: softmax, indexing, log and mean each have a derivative of their own. What is left of them at the logits?

Look: four steps back, and the gradient at the logits is just (probabilities − labels) / rows.
"""

import torch
import torch.nn.functional as F

logits = torch.tensor([[2.0, 1.0, -1.0], [0.5, 0.0, 1.5]], requires_grad=True)
labels = torch.tensor([0, 2])

probabilities = torch.softmax(logits, dim=1)
picked = probabilities[torch.arange(2), labels]
loss = -torch.log(picked).mean()
print(loss, F.cross_entropy(logits, labels))

loss.backward()
print(logits.grad)
print((probabilities.detach() - torch.eye(3)[labels]) / 2)
