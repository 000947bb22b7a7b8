"""A sigmoid neuron

Part: How gradients flow

Think: the neuron is nearly certain. What does that do to the gradient of its weights?

Look: at the sigmoid the gradient is multiplied by a · (1 − a), which is small where a is close to 1.
"""

import torch

inputs = torch.tensor([1.0, 2.0])
weights = torch.tensor([1.5, 0.5], requires_grad=True)
bias = torch.tensor(0.5, requires_grad=True)

score = torch.dot(weights, inputs) + bias
activation = torch.sigmoid(score)
print(activation)

activation.backward()
print(weights.grad)
print(bias.grad)
