import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
torch.manual_seed(1)
class Net(nn.Module):
    hidden = 8
    def __init__(self, n_in, n_out):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(n_in, self.hidden)
        self.fc2 = nn.Linear(self.hidden, n_out)
        self.act = nn.Tanh()
        self.steps = 0
    def forward(self, x):
        self.steps += 1
        x = self.act(self.fc1(x))
        return self.fc2(x)
net = Net(2, 3)
print(net)
data = torch.tensor([[0., 1.], [1., 0.], [1., 1.], [0., 0.]])
target = torch.tensor([0, 1, 2, 0])
opt = optim.Adam(net.parameters(), lr=0.05)
for epoch in range(10):
    opt.zero_grad()
    out = net(data)
    loss = F.cross_entropy(out, target)
    loss.backward()
    opt.step()
print(f"{loss.item():.3f}", net.steps, out.argmax(dim=1).tolist())
net.eval()
with torch.no_grad():
    probabilities = F.softmax(net(data), dim=1)
print(probabilities.shape, probabilities.requires_grad, net.training)
for name, p in net.named_parameters():
    print(name, tuple(p.shape), p.requires_grad, p.grad is not None)
print(sum(p.numel() for p in net.parameters()))
print(list(net.state_dict().keys()), [type(m).__name__ for m in net.children()])
