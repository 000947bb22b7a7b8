"""Matrix multiplication and its transposes

Part: Shapes

Think: A is (2, 3), B is (3, 2) and G, the gradient at C, is (2, 2). Which product of G and B has the shape of A?

Look: at the @ the gradient goes to A as G Bᵀ and to B as Aᵀ G. Only so do the shapes fit.
"""

import torch

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
B = torch.tensor([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]], requires_grad=True)
G = torch.tensor([[1.0, -1.0], [2.0, 0.5]])

C = A @ B
loss = (C * G).sum()  # so that the gradient at C is G
loss.backward()

print(A.grad)
print(G @ B.detach().T)
print(B.grad)
print(A.detach().T @ G)
