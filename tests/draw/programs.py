"""Programs that show every kind of box and arrow; both engines run them."""

from __future__ import annotations

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"

PROGRAMS = {
    "leaf_op_constant": """
x = torch.ones(2, requires_grad=True)
y = 5 * (x + 1) ** 2
o = (1/2) * torch.sum(y)
o.backward()
""",
    "parameter": """
w = nn.Parameter(torch.tensor([0.5, -1.0]))
x = torch.tensor([1.0, 2.0])
y = (w * x).sum()
y.backward()
""",
    "multi_output": """
x = torch.tensor([[1., 2.], [4., 3.]], requires_grad=True)
m, i = x.max(dim=1)
a, b = m.unbind()
s = a * b
s.backward()
""",
    "view": """
x = torch.arange(6.).requires_grad_()
m = x.view(2, 3)
t = m.t()
row = m[0]
s = (t.sum() + row.sum()) * 2
s.backward()
""",
    "untracked": """
x = torch.tensor([1., 2.], requires_grad=True)
data = torch.tensor([3., 4.])
twice = data * 2
with torch.no_grad():
    hidden = x * 3
k = torch.tensor([1, 0])
s = (x * twice * hidden).sum()
s.backward()
""",
    "detached": """
x = torch.tensor(2.0, requires_grad=True)
y = x * x
c = y.detach()
z = y * c
z.backward()
""",
    "accumulate_twice": """
w = torch.tensor([1., 2.], requires_grad=True)
l = (w ** 2).sum()
l.backward(retain_graph=True)
l.backward()
w.grad = None
""",
    "in_place": """
x = torch.ones(2, requires_grad=True)
y = x * 2
y.mul_(3)
y[0] = 1.0
z = (y ** 2).sum()
z.backward()
""",
    "parallel_edges": """
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()
""",
    "fan_out": """
x = torch.tensor(3.0, requires_grad=True)
a = x * 2
b = torch.sin(a)
c = torch.cos(a)
d = b * c + x
d.backward()
""",
    "error": """
a = torch.ones(2, 3, requires_grad=True)
b = torch.ones(2, 3)
c = a * 2
d = c @ b
""",
    "custom_function": """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3
    @staticmethod
    def backward(ctx, grad):
        x, = ctx.saved_tensors
        return grad * 3 * x ** 2
x = torch.tensor(2.0, requires_grad=True)
y = Cube.apply(x)
z = y * 2
z.backward()
""",
    "second_graph": """
x = torch.tensor(3.0, requires_grad=True)
y = torch.sin(x)
g, = torch.autograd.grad(y, x, create_graph=True)
p = (g - 1) ** 2
p.backward()
""",
    "retained": """
x = torch.tensor([1., 2.], requires_grad=True)
h = x * x
h.retain_grad()
s = h.sum()
s.backward()
""",
    "loop": """
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([3., 4.])
s = 0
for i in range(6):
    s = s + x * (w * i)
loss = s.sum()
loss.backward()
""",
    "hooks": """
x = torch.tensor([1., 2.], requires_grad=True)
h = x * x
h.register_hook(lambda g: g * 2)
s = h.sum()
s.backward()
""",
    "reasons": """
w = torch.tensor([1., 2.], requires_grad=True)
with torch.inference_mode():
    fast = torch.ones(2) * 2
labels = torch.tensor([1, 0])
with torch.no_grad():
    seen = w * 2
off = w.detach()
out = (w * off * seen).sum()
shift = off + 1
out.backward()
""",
    "large": """
torch.manual_seed(0)
X = torch.randn(64, 100)
W = torch.randn(100, 10, requires_grad=True)
b = torch.zeros(10, requires_grad=True)
h = torch.relu(X @ W + b)
l = h.mean()
l.backward()
""",
}
