"""A Hessian, row by row

Part: Derivatives again

Think: f(x) = x₀² x₁. Which of its four second derivatives are equal, whatever f is?

Look: one backward pass gives the gradient with a graph of its own; one more through that for each row.
"""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
f = x[0] ** 2 * x[1]

(gradient,) = torch.autograd.grad(f, x, create_graph=True)
print(gradient)

rows = []
for component in gradient:
    (row,) = torch.autograd.grad(component, x, retain_graph=True)
    rows.append(row)
print(torch.stack(rows))
