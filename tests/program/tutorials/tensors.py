import torch
x = torch.tensor([[1., 2., 3.], [4., 5., 6.]])
print(x.shape, x.size(0), x.ndim, x.dtype, x.numel(), x.T, x[0], x[:, 1], x[1, 2].item(), x[x > 2], len(x))
x[0, 0] = 10
x[1] += 1
x[:, 2] *= 2
print(x, x.sum(), x.mean(dim=0), x.view(3, 2), x.reshape(-1), x.unsqueeze(0).shape, x.tolist())
a, b = x
print(a, b, torch.cat([a, b]), torch.stack((a, b), dim=1), torch.zeros_like(x), torch.eye(2), torch.arange(0, 10, 3))
print(x @ x.T, torch.where(x > 5, x, -x), x.clamp(0, 5), x.max(), x.argmax(), torch.allclose(x, x) if hasattr(torch, "allclose") else True)
for row in x:
    for value in row:
        print(value.item(), end=" ")
print()
print(torch.Size([2, 3]), torch.float32, x.to(torch.int64), x.int().dtype, (x > 3).any(), x.float().requires_grad)
print([t.shape for t in torch.split(x, 1)], torch.tensor(3) + 1, 2 ** torch.tensor(3.), float(torch.tensor(2.5)), int(torch.tensor(3)))
print(isinstance(x, torch.Tensor), torch.is_tensor(x), type(x).__name__, f"{torch.tensor(1.5):.2f}", bool(torch.tensor(1)))
c = x.clone()
c.zero_()
x.add_(1)
print(c.sum(), x, -x, abs(x), x % 2, x // 2, x ** 0.5, ~(x > 1), (x > 1) & (x < 6))
