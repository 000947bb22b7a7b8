"""Who keeps a gradient?

Part: What is followed, what is kept

Think: gradients pass through x, y and z on the way back. In which of the three can you still read it afterwards?

Look: .grad stands in the boxes of x and y alone. Reading z.grad gives None and a warning that says why.
"""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = 3 * x
y.retain_grad()  # y is no leaf: its gradient is kept only if you ask
z = y ** 2

z.sum().backward()
print(x.is_leaf, x.grad)
print(y.is_leaf, y.grad)
print(z.is_leaf, z.grad)
