"""A hook looks at a gradient and changes it

Part: What is followed, what is kept

Think: the hook halves the gradient that arrives at h. Which gradients of the program are halved by it?

Look: the hook runs when all of h's gradient has arrived, before it goes on to w; what it returns takes its place.
"""

import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w * 3
loss = (h ** 2).sum()


def halve(grad):
    print("arriving at h:", grad)
    return grad / 2


h.register_hook(halve)
loss.backward()
print(w.grad)
