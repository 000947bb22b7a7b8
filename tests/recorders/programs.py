"""Programs that both engines run, and a small way to run them: no policy, no worker."""

from __future__ import annotations

import ast
import builtins
import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from vizgrad.recorders.location import Where
from vizgrad.recorders.recording import Recording
from vizgrad.trace import Trace

FILENAME = "<program>"
OURS = {
    "torch": "vizgrad.autodiff",
    "torch.nn": "vizgrad.autodiff.nn",
    "torch.nn.functional": "vizgrad.autodiff.nn.functional",
    "torch.autograd": "vizgrad.autodiff.autograd",
    "torch.optim": "vizgrad.autodiff.optim",
}


class _Binding(ast.NodeTransformer):
    """Tells the record of every name that a statement outside of functions gives a meaning to."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    visit_ClassDef = visit_FunctionDef

    def generic_visit(self, node: ast.AST) -> Any:
        super().generic_visit(node)
        if isinstance(node, ast.For):
            node.body[:0] = self._told(node.target)
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        told = [call for target in targets for call in self._told(target)]
        return [node, *told] if told else node

    def _told(self, target: ast.expr) -> list[ast.stmt]:
        names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        calls = [ast.parse(f"__bind__({name!r}, {name})").body[0] for name in names]
        for call in calls:
            for part in ast.walk(call):
                ast.copy_location(part, target)
        return calls


def run(source: str, engine: str) -> Trace:
    """Runs a program on one engine; a fault ends the record."""
    recording = Recording(source, engine, Where(FILENAME, source))
    if engine == "torch":
        import torch

        from vizgrad.recorders.torch import Recorder
    else:
        import vizgrad.autodiff as torch  # type: ignore[no-redef]
        from vizgrad.recorders.numpy import Recorder  # type: ignore[assignment]

    def imported(
        name: str, names: Mapping[str, Any] | None = None, _: Any = None, wanted: Any = (), level: int = 0
    ) -> ModuleType:
        if engine == "torch" or name not in OURS:
            return importlib.import_module(name) if wanted or "." not in name else importlib.__import__(name)
        return importlib.import_module(OURS[name if wanted else "torch"])

    torch.manual_seed(0)
    names = {
        "__builtins__": vars(builtins) | {"__import__": imported, "print": printing(recording)},
        "__bind__": recording.bind,
        "__name__": "__main__",
    }
    code = compile(_Binding().visit(ast.parse(source)), FILENAME, "exec")
    with Recorder(recording):
        try:
            exec(code, names)
        except Exception as error:
            recording.fault(type(error).__name__, str(error), None)
        return recording.finish()


def printing(recording: Recording) -> Any:
    def print_(*values: Any, sep: str = " ", end: str = "\n") -> None:
        recording.printed(sep.join(map(str, values)) + end)

    return print_


PROGRAMS = {
    "seed": """
import torch
x = torch.ones(2, requires_grad=True)
y = 5 * (x + 1) ** 2
o = (1/2) * torch.sum(y)
o.backward()
print(x.grad, o)
""",
    "gates": """
import torch
x = torch.tensor(-2.0, requires_grad=True)
y = torch.tensor(5.0, requires_grad=True)
z = torch.tensor(-4.0, requires_grad=True)
q = x + y
f = q * z
f.backward()
print(x.grad, y.grad, z.grad)
""",
    "neuron": """
import torch
w = torch.tensor([2.0, -3.0], requires_grad=True)
x = torch.tensor([-1.0, -2.0])
b = torch.tensor(-3.0, requires_grad=True)
out = torch.sigmoid(w @ x + b)
out.backward()
""",
    "fan out": """
import torch
x = torch.tensor(3.0, requires_grad=True)
a = x * x
b = a + x
c = a * b
c.backward()
""",
    "broadcasting": """
import torch
x = torch.arange(6.).reshape(2, 3).requires_grad_()
bias = torch.ones(3, requires_grad=True)
scale = torch.full((2, 1), 2.0, requires_grad=True)
y = ((x + bias) * scale - 1) / 3
y.sum().backward()
""",
    "accumulation": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
for i in range(3):
    y = (x * x).sum()
    y.backward()
    print(i, x.grad)
x.grad.zero_()
(3 * x).sum().backward()
x.grad = None
""",
    "functional mlp": """
import torch
import torch.nn.functional as F
x = torch.tensor([[0.5, -1.0], [1.5, 2.0], [0.1, 0.2]])
t = torch.tensor([0, 2, 1])
w1 = torch.linspace(-1, 1, 8).reshape(4, 2).requires_grad_()
b1 = torch.zeros(4, requires_grad=True)
w2 = torch.linspace(-0.5, 0.5, 12).reshape(3, 4).requires_grad_()
b2 = torch.zeros(3, requires_grad=True)
h = torch.tanh(F.linear(x, w1, b1))
logits = F.linear(h, w2, b2)
loss = F.cross_entropy(logits, t)
loss.backward()
""",
    "module": """
import torch
from torch import nn
net = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
x = torch.tensor([[1.0, 2.0], [-1.0, 0.5]])
loss = ((net(x) - 1) ** 2).mean()
loss.backward()
""",
    "own module": """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))
        self.layer = nn.Linear(3, 2)
    def forward(self, x):
        return torch.relu(self.layer(x * self.scale))
net = Net()
out = net(torch.tensor([[1.0, 2.0, 3.0]]))
out.sum().backward()
""",
    "training": """
import torch
from torch import nn
net = nn.Linear(2, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.tensor([[1.0, 2.0], [-1.0, 0.5]])
y = torch.tensor([[1.0], [0.0]])
for _ in range(3):
    loss = nn.functional.mse_loss(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(loss.item())
""",
    "momentum": """
import torch
w = torch.tensor([1.0, -1.0], requires_grad=True)
opt = torch.optim.SGD([w], lr=0.1, momentum=0.9)
for _ in range(2):
    loss = (w ** 2).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
    "adam": """
import torch
w = torch.tensor([1.0, -1.0], requires_grad=True)
opt = torch.optim.Adam([w], lr=0.1)
for _ in range(2):
    loss = (w ** 2).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(w)
""",
    "updates by hand": """
import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
for _ in range(2):
    loss = (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
print(w)
""",
    "data": """
import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
(w * w).sum().backward()
d = w.data
print(d)
""",
    "detach": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
c = y.detach()
z = (y * c).sum()
z.backward()
""",
    "retain grad": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x ** 2
y.retain_grad()
z = y.sum()
z.backward(retain_graph=True)
z.backward()
print(y.grad)
""",
    "two backwards": """
import torch
x = torch.tensor(2.0, requires_grad=True)
a = x.exp()
b = a * x
c = a + x
b.backward(retain_graph=True)
c.backward()
""",
    "vector backward": """
import torch
x = torch.ones(3, requires_grad=True)
y = x * torch.tensor([1.0, 2.0, 3.0])
y.backward(torch.tensor([1.0, 0.5, 0.25]))
""",
    "autograd grad": """
import torch
x = torch.tensor(2.0, requires_grad=True)
y = torch.tensor(3.0, requires_grad=True)
z = x ** 2 * y
gx, gy = torch.autograd.grad(z, (x, y))
print(gx, gy, x.grad)
""",
    "double backward": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x ** 3).sum()
g, = torch.autograd.grad(y, x, create_graph=True)
p = (g * g).sum()
p.backward()
""",
    "gradient penalty": """
import torch
w = torch.tensor([[1.0, -1.0], [0.5, 2.0]], requires_grad=True)
x = torch.tensor([1.0, 2.0], requires_grad=True)
out = torch.tanh(w @ x).sum()
g, = torch.autograd.grad(out, x, create_graph=True)
loss = out + (g * g).sum()
loss.backward()
""",
    "hooks": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
def clip(grad):
    return grad.clamp(max=0.5)
y.register_hook(clip)
y.register_hook(lambda g: None)
handle = x.register_hook(lambda g: g * 2)
y.sum().backward()
handle.remove()
(x * 1).sum().backward()
""",
    "hooks after accumulation": """
import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
seen = []
def note(leaf):
    seen.append(leaf.grad.sum().item())
w.register_post_accumulate_grad_hook(note)
w.register_hook(lambda g: None)
(w * 3).sum().backward()
(w * w).sum().backward()
print(seen)
""",
    "copies": """
import copy
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = copy.deepcopy(x)
z = x.clone().detach()
(y * z).sum().backward()
print(y.grad)
""",
    "function with locals": """
import torch
class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i, scale):
        result = i * scale
        ctx.scale = scale
        return result
    @staticmethod
    def backward(ctx, grad_output):
        g = grad_output * ctx.scale
        return g, None
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = Scaled.apply(x, 2)
y.sum().backward()
""",
    "unbind and split": """
import torch
x = torch.arange(6.).reshape(2, 3).requires_grad_()
a, b = x.unbind(0)
s = (a * b).sum()
p, q = torch.split(x * 2, [1, 2], dim=1)
t = s + p.sum() * q.mean()
t.backward()
""",
    "several outputs": """
import torch
x = torch.tensor([[3.0, 1.0], [2.0, 5.0]], requires_grad=True)
m, i = x.max(dim=1)
print(i)
m.sum().backward()
""",
    "custom function": """
import torch
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i):
        result = i.exp()
        ctx.save_for_backward(result)
        return result
    @staticmethod
    def backward(ctx, grad_output):
        result, = ctx.saved_tensors
        return grad_output * result
x = torch.tensor([0.0, 1.0], requires_grad=True)
y = Exp.apply(x)
z = y.sum()
z.backward()
""",
    "in place": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
y.add_(1)
y *= x
y.sum().backward()
""",
    "in place on a view": """
import torch
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
y = x * 2
v = y[0]
v.mul_(10)
print(y.grad_fn)
y.sum().backward()
""",
    "set item": """
import torch
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 1
y[0] = 5.0
y[1:] = x[:2] * 2
y.sum().backward()
c = torch.zeros(2, 2)
c[0, 1] = 3
""",
    "views": """
import torch
x = torch.arange(6., requires_grad=True)
a = x.view(2, 3)
b = a.t()
c = b[1:, 0]
d = c.unsqueeze(0).expand(2, 2)
d.sum().backward()
""",
    "dtypes": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.double() * torch.tensor([1.0, 2.0], dtype=torch.float64)
y.sum().backward()
k = torch.tensor([1, 2])
mask = x > 1.5
print(k + 1, mask)
""",
    "reductions": """
import torch
x = torch.tensor([[1.0, 4.0], [2.0, 3.0]], requires_grad=True)
y = x.mean() + x.sum(dim=1).prod() + x.max() - x.min() + x.norm() + x.var()
y.backward()
""",
    "elementwise": """
import torch
x = torch.tensor([0.5, 1.5], requires_grad=True)
y = x.exp() + x.log() * x.sqrt() - x.sin() / x.cos() + torch.sigmoid(x) * torch.relu(x)
y = y + 2 / x + (-x).abs() + 2 ** x + x ** 0.5
y.sum().backward()
""",
    "softmax by hand": """
import torch
x = torch.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
e = torch.exp(x - x.max())
p = e / e.sum(dim=1, keepdim=True)
loss = -torch.log(p[0, 2])
loss.backward()
""",
    "matmul by rank": """
import torch
A = torch.arange(6.).reshape(2, 3).requires_grad_()
B = torch.arange(12.).reshape(3, 4).requires_grad_()
v = torch.ones(3, requires_grad=True)
s = (A @ B).sum() + (A @ v).sum() + v @ v + (v @ B).sum()
s.backward()
T = torch.ones(2, 2, 3, requires_grad=True)
(T @ B).sum().backward()
""",
    "cat and stack": """
import torch
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([3.0], requires_grad=True)
c = torch.cat([a, b, a])
d = torch.stack([a, a * 2])
(c.sum() * d.sum()).backward()
""",
    "indexing": """
import torch
x = torch.arange(6.).reshape(2, 3).requires_grad_()
y = x[0, 1] + x[:, 2].sum() + x[torch.tensor([0, 1]), torch.tensor([1, 2])].sum() + x[x > 3].sum()
y.backward()
""",
    "no grad and detach": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.no_grad():
    y = x * 2
    with torch.enable_grad():
        z = x * 3
@torch.no_grad()
def predict(v):
    return v + 1
p = predict(x)
with torch.inference_mode():
    q = x - 1
z.sum().backward()
""",
    "requires grad": """
import torch
x = torch.ones(2)
y = x * 2
x.requires_grad_()
z = (x * y).sum()
z.backward()
x.requires_grad = False
w = x * 3
""",
    "forward only": """
import torch
a = torch.ones((2, 2), requires_grad=True)
b = torch.ones((2, 2), requires_grad=True)
print(a + b)
print(torch.add(a, b))
print(a * b)
no_gradient = torch.ones(2, 2)
""",
    "questions": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
print(torch.allclose(x, x), x.sum().item(), bool((x > 0).all()), x.tolist())
if torch.equal(x, x):
    y = x.sum()
y.backward()
""",
    "error in the middle": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
z = y + torch.ones(3)
""",
    "backward of a vector": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
y.backward()
""",
    "backward twice": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x * x).sum()
y.backward()
y.backward()
""",
    "saved and overwritten": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
y.add_(1)
y.sum().backward()
""",
    "where and clamp": """
import torch
x = torch.tensor([-1.0, 0.5, 2.0], requires_grad=True)
y = torch.where(x > 0, x, x * 0.1) + x.clamp(0, 1)
y.sum().backward()
""",
    "zero grad of a module": """
import torch
from torch import nn
layer = nn.Linear(2, 1, bias=False)
layer(torch.ones(1, 2)).sum().backward()
layer.zero_grad()
layer(torch.ones(1, 2)).sum().backward()
layer.zero_grad(set_to_none=False)
""",
    "losses": """
import torch
import torch.nn.functional as F
p = torch.tensor([0.2, 0.9], requires_grad=True)
t = torch.tensor([0.0, 1.0])
a = F.mse_loss(p, t)
b = F.binary_cross_entropy(p, t)
c = F.l1_loss(p, t)
(a + b + c).backward()
""",
    "large": """
import torch
x = torch.linspace(-1, 1, 5000).reshape(50, 100).requires_grad_()
y = (x ** 2 + x).mean()
y.backward()
""",
    "random": """
import torch
torch.manual_seed(3)
x = torch.rand(3, requires_grad=True)
n = torch.randn(2, 2)
(x * 2).sum().backward()
""",
    "function of the program": """
import torch
def model(x, w):
    h = x * w
    return h.sum()
w = torch.tensor([1.0, 2.0], requires_grad=True)
loss = model(torch.tensor([3.0, 4.0]), w)
loss.backward()
""",
    "a view that was written to": """
import torch
a = torch.ones(3, requires_grad=True)
p = a.unsqueeze(0)
with torch.no_grad():
    a -= 0.5
r = p * 2
r.sum().backward()
z = a * 1
v = z.view(3, 1)
z.mul_(2)
v.sum().backward()
w = (a * 3).view(1, 3)
w[0] = 3
w.sum().backward()
""",
    "a view without gradients": """
import torch
q = torch.ones(3, requires_grad=True) * 2
with torch.no_grad():
    z = q[1]
    s = torch.stack([torch.ones(3)[0], z])
(s * 2, z * 2)
""",
    "a retained gradient follows": """
import torch
q = torch.ones(3, requires_grad=True) * 2
q = q.unsqueeze(0).squeeze(0)
q.retain_grad()
q.mul_(2)
q.sum().backward()
print(q.grad)
""",
    "function among others": """
import torch
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, grad):
        return grad * 2
a = torch.ones(3, requires_grad=True)
p, r = Twice.apply(a), torch.ones(3) * 2
(p * r).sum().backward()
""",
    "a batch of products": """
import torch
a = torch.arange(6.0).reshape(2, 3).requires_grad_()
c = torch.arange(6.0).reshape(2, 3)
u = torch.arange(24.0).reshape(2, 3, 4).requires_grad_()
(a @ u).sum().backward()
(c @ u).sum().backward()
(u @ torch.ones(4)).sum().backward()
(u @ torch.ones(4, 2)).sum().backward()
(u.transpose(1, 2) @ c.t()).sum().backward()
""",
    "one operation to a reader": """
import torch
import torch.nn.functional as F
t = torch.tensor([0, 2, 1])
h = F.one_hot(t, 3).float()
x = torch.tensor([0.3, 0.1, 0.2], requires_grad=True)
y = x[x.argsort(descending=True)]
""",
    "second derivatives": """
import torch
x = torch.tensor([[0.5, 1.0, 1.5]], requires_grad=True)
y = torch.log_softmax(x * 2, 1) * x + torch.softmax(x, 1)
g, = torch.autograd.grad((y[0] * x.squeeze(0)).sum(), x, create_graph=True)
print(g.grad_fn)
(g ** 2).sum().backward()
""",
    "overwritten in a part": """
import torch
x = torch.ones(3, requires_grad=True)
y = x * 2
z = y[:2]
z.mul_(3)
w = y ** 2
z.add_(1)
w.sum().backward()
""",
    "greek": """
import torch
α = torch.tensor(2.0, requires_grad=True)
β = α * 3 + α
β.backward()
""",
}
