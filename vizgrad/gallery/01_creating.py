"""Creating a tensor with gradients

Part: The notebook

Think: what does requires_grad=True change, if both tensors hold nothing but ones?

Look: two boxes and no arrow. Only the box of a is marked as a leaf that wants a gradient.
"""

import torch

a = torch.ones((2, 2), requires_grad=True)
print(a)
print(a.requires_grad)

no_gradient = torch.ones(2, 2)  # an ordinary tensor: autograd does not follow it
print(no_gradient.requires_grad)
