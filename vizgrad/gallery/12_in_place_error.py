"""An in-place change that backward notices

Part: What is followed, what is kept

Think: exp keeps its result for the backward pass, and y += 1 overwrites it. How does PyTorch find out?

Look: the version number of y, and the saved tensor's: backward expected version 0 and found version 1. Mend it: y = y + 1.

Fails: one of the variables needed for gradient computation has been modified by an inplace operation
"""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.exp(x)
y += 1  # in place: the numbers that exp has saved are gone
print(y)

y.sum().backward()
print(x.grad)
