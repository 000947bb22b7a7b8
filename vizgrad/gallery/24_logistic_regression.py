"""Logistic regression

Part: Learning

Think: which points pull hardest on the weights at the start, and which at the end?

Look: the gradient at the scores is (probability − label) / points, whatever the loss has done in between.
"""

import torch
import torch.nn.functional as F

points = torch.tensor([[1.0, 2.0], [2.0, 1.0], [-1.0, -1.0], [-2.0, 0.5]])
labels = torch.tensor([1.0, 1.0, 0.0, 0.0])
w = torch.zeros(2, requires_grad=True)
b = torch.zeros((), requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=1.0)

for epoch in range(10):
    scores = points @ w + b
    loss = F.binary_cross_entropy_with_logits(scores, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(epoch, round(loss.item(), 4))

with torch.no_grad():
    print(torch.sigmoid(points @ w + b))
