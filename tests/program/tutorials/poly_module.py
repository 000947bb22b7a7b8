import torch
import math
class Polynomial3(torch.nn.Module):
    def __init__(self):
        """Four parameters."""
        super().__init__()
        self.a = torch.nn.Parameter(torch.full((), 0.5))
        self.b = torch.nn.Parameter(torch.full((), 0.5))
        self.c = torch.nn.Parameter(torch.full((), 0.5))
        self.d = torch.nn.Parameter(torch.full((), 0.5))
    def forward(self, x):
        return self.a + self.b * x + self.c * x ** 2 + self.d * x ** 3
    def string(self):
        return f'y = {self.a.item():.4f} + {self.b.item():.4f} x + {self.c.item():.4f} x^2 + {self.d.item():.4f} x^3'
x = torch.linspace(-math.pi, math.pi, 100)
y = torch.sin(x)
model = Polynomial3()
criterion = torch.nn.MSELoss(reduction='sum')
optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
for t in range(10):
    y_pred = model(x)
    loss = criterion(y_pred, y)
    if t % 5 == 4:
        print(t, f"{loss.item():.2f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f'Result: {model.string()}')
