"""Accumulation over two backward calls

Part: How gradients flow

Think: the second backward computes the same gradient again. Why is w.grad twice as large afterwards?

Look: the last step of each pass: .grad before + what arrives = .grad after.
"""

import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (w ** 2).sum()

loss.backward(retain_graph=True)  # keep the graph for a second pass
print(w.grad)

loss.backward()
print(w.grad)
