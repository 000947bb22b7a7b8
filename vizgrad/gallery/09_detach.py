"""detach: a value without its history

Part: What is followed, what is kept

Think: z has the value of x⁴, whose derivative at 2 is 32. Why is x.grad only 16?

Look: frozen is grey. It holds the same number as y, but no gradient goes through it: backward takes it for a constant.
"""

import torch

x = torch.tensor(2.0, requires_grad=True)
y = x ** 2
frozen = y.detach()
print(y, frozen)

z = y * frozen
z.backward()
print(x.grad)
