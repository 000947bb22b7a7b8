"""An unrolled RNN, and gradients that vanish

Part: Layers and losses

Think: each step back multiplies the gradient by w · (1 − h²). What happens over six steps, and over sixty?

Look: "Norm along the graph": a straight fall on the logarithmic axis. And w: six contributions are added up in it.
"""

import torch

w = torch.tensor(0.5, requires_grad=True)
inputs = torch.tensor([1.0, 0.5, -0.5, 1.0, 0.0, 0.5])

h = torch.zeros((), requires_grad=True)
states = [h]
for x in inputs:
    h = torch.tanh(w * h + x)
    h.retain_grad()
    states.append(h)

h.backward()
for time, state in enumerate(states):
    print(time, f"{state.grad.item():.6f}")
print(w.grad)
