"""torch.func on the PyTorch engine: what it transforms runs unseen, and everything around it is recorded as always."""

from __future__ import annotations

import pytest

from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute
from vizgrad.trace import Accumulate

from .test_tutorials import plainly

PROGRAM = """\
import torch
from torch.func import grad, grad_and_value, hessian, jacfwd, jacrev, jvp, vmap


def f(x):
    return torch.sin(x) * 2


def loss(w, x):
    return ((w * x).sum() - 1) ** 2


print(grad(f)(torch.tensor(1.0)), grad(grad(f))(torch.tensor(1.0)), grad_and_value(f)(torch.tensor(1.0)))
print(vmap(f)(torch.tensor([1.0, 2.0])), vmap(grad(f))(torch.tensor([1.0, 2.0])))
print(jacrev(f)(torch.tensor([1.0, 2.0])), jacfwd(f)(torch.tensor([1.0, 2.0])))
print(hessian(lambda x: (x ** 3).sum())(torch.tensor([1.0, 2.0])))
print(jvp(f, (torch.tensor(1.0),), (torch.tensor(1.0),)))
print(torch.vmap(torch.dot)(torch.ones(3, 2), torch.ones(3, 2)))
w = torch.tensor([1.0, 2.0], requires_grad=True)
each = vmap(grad(loss), in_dims=(None, 0))(w, torch.arange(6.0).view(3, 2))
((w * each.detach()).sum() * 2).backward()
print(each, w.grad)
for _ in range(ROUNDS):
    with torch.no_grad():
        w -= 0.1 * grad(loss)(w, torch.ones(2))
print(w)
"""


@pytest.mark.torch
@pytest.mark.parametrize("rounds", [2, 300])
def test_transformed_functions_give_what_plain_python_gives(rounds: int):
    source = PROGRAM.replace("ROUNDS", str(rounds))
    trace = execute(source, "torch", limits=Limits(seconds=60))
    assert trace.error is None, trace.error
    assert trace.stdout == plainly(source)
    assert [e for e in trace.events if isinstance(e, Accumulate)]


@pytest.mark.torch
def test_what_they_make_is_measured():
    source = "import torch\ntorch.vmap(lambda row: row.expand(3000, 3000).contiguous())(torch.ones(1000, 1))"
    error = execute(source, "torch", limits=Limits(seconds=60)).error
    assert error is not None
    assert (error.type, error.line) == ("MemoryError", 2)
    assert "9,000,000,000 elements" in error.message
