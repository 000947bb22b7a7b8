"""An engine's first run, in which it loads everything that programs load at their first use."""

from __future__ import annotations

import importlib

from .limits.limits import Limits
from .run import execute

UNHURRIED = Limits(seconds=60)
"""An engine's first run loads much."""
REHEARSAL = """
import torch
é = 1  # the interpreter loads a table for the first name that is not ASCII
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
y = (x @ x).exp().sum() + (2 * x ** 2 - x / 3).mean()
y.backward(retain_graph=True)
print(x.grad, y)
(x * x).backward(torch.ones(2, 2))
net = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
loss = torch.nn.functional.mse_loss(torch.relu(net(x.detach())), torch.zeros(2, 1))
optimizer.zero_grad()
loss.backward()
optimizer.step()
import numpy as np
a = np.array([[1.0, 2.0], [3.0, 4.0]])
print(a, a.sum(), a.mean(), a.std(), a.var(), a.max(), a.min(), a.all(), a.any(), a.prod(), a.round(1), a.clip(0, 1))
print(np.linalg.norm(a), np.linalg.inv(a), np.random.rand(2), np.random.default_rng(0).normal(), np.median(a), a @ a)
print(f"{loss.item():.2f}", round(1.25, 1), "{}".format(2))
"""

ONLY_TORCH = """
import torch
torch.func.jacfwd(torch.sin)(torch.ones(2))
torch.func.hessian(lambda x: (x ** 3).sum())(torch.ones(2))
"""
"""What only PyTorch has, and loads late."""

FIRST = """
import torch
x = torch.ones(2, requires_grad=True)
y = 5 * (x + 1) ** 2
o = (1 / 2) * torch.sum(y)
o.backward()
print(x.grad, y)
"""
"""A program of the size that most are."""


def load_numpy() -> None:
    """Loads the parts of NumPy that it loads itself only when they are needed: `np.unique` is such a need."""
    for part in ("ma", "fft", "linalg", "polynomial", "random", "strings", "char", "rec"):
        importlib.import_module(f"numpy.{part}")


def rehearse(name: str) -> None:
    """Loads an engine, and everything that it would load at its first use, when files can no longer be opened.

    Raises RuntimeError if the engine cannot run a simple program.
    """
    load_numpy()
    for program in (REHEARSAL, ONLY_TORCH) if name == "torch" else (REHEARSAL,):
        if (error := execute(program, name, limits=UNHURRIED).error) is not None:
            raise RuntimeError(f"its rehearsal failed in line {error.line}: {error.type}: {error.message}")
    execute("1 / 0", name)
    execute("undefined_name", name)
