"""no_grad: a step of gradient descent by hand

Part: What is followed, what is kept

Think: what would PyTorch answer to w -= 0.1 * w.grad outside of torch.no_grad()?

Look: inside the block nothing is recorded: w changes in place, its version goes up, and it stays a leaf.
"""

import torch

w = torch.tensor([1.0, -2.0], requires_grad=True)
loss = (w ** 2).sum()
print(loss)

loss.backward()
with torch.no_grad():
    w -= 0.1 * w.grad
    print((w ** 2).sum())  # the loss is smaller now
print(w, w.is_leaf)

w.grad.zero_()  # or the next backward() would add to it
print(w.grad)
