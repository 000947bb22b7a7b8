import torch
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i, scale):
        result = i.exp() * scale
        ctx.save_for_backward(result)
        ctx.scale = scale
        return result
    @staticmethod
    def backward(ctx, grad_output):
        result, = ctx.saved_tensors
        assert ctx.needs_input_grad[0] and ctx.scale == 2
        return grad_output * result, None
x = torch.tensor([0., 1.], requires_grad=True)
y = Exp.apply(x, 2)
y.sum().backward()
print(y, x.grad)
grads = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)
second, = torch.autograd.grad(grads[0].sum(), [x])
print(grads[0], second)
h = x.register_hook(lambda g: g * 10)
x.grad = None
(x * 3).sum().backward()
h.remove()
print(x.grad)
y = x * 2
y.retain_grad()
z = y.sum()
z.backward()
print(y.grad, y.is_leaf, x.is_leaf, z.grad_fn.next_functions[0][0].name(), y._version)
@torch.no_grad()
def evaluate(t):
    return t * 2
print(evaluate(x).requires_grad, torch.is_grad_enabled())
with torch.set_grad_enabled(False):
    print((x * 2).requires_grad)
with torch.enable_grad():
    print((x * 2).requires_grad)
with torch.inference_mode():
    print((x * 2).requires_grad)
v, i = torch.tensor([[1., 5.], [7., 2.]]).max(dim=1)
print(v, i, torch.tensor([3., 1.]).sort().values)
