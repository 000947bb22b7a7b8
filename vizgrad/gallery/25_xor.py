"""A network learns XOR

Part: Learning

Think: no line separates the two classes. What does the hidden layer do about it?

Look: at the first scenes' gradients and at the last ones': the loss falls, and with it every gradient.
"""

import torch
from torch import nn

torch.manual_seed(1)
inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
targets = torch.tensor([[0.0], [1.0], [1.0], [0.0]])

model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)

for epoch in range(40):
    loss = nn.functional.mse_loss(model(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 9:
        print(epoch + 1, f"{loss.item():.4f}")

with torch.no_grad():
    print(model(inputs).round().flatten().abs())
