"""Views: reshape, a row, a column

Part: Shapes

Think: one element of x lies in the row and in the column. How does its gradient differ from the others'?

Look: a view copies nothing, and its backward puts the gradient back where the elements came from, with zeros elsewhere.
"""

import torch

x = torch.arange(6.0, requires_grad=True)
table = x.view(2, 3)
row = table[1]
column = table[:, 0]

product = row.sum() * column.sum()
print(product)

product.backward()
print(x.grad.view(2, 3))
