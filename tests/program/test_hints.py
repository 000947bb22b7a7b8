"""What errors mean: the ones that students meet have a hint, and it speaks of the numbers at hand."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from vizgrad.program.allowed.not_offered import NOT_OFFERED
from vizgrad.program.engines.registry import engine as engine_named
from vizgrad.program.errors.alternatives import NEAREST
from vizgrad.program.errors.hints import hint
from vizgrad.program.errors.messages import ENDED, PYTHON, TORCH
from vizgrad.program.run import execute

TABLE = Path(__file__).parents[1] / "data" / "torch_errors.csv"


def errors() -> list[tuple[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = {(r["exception"], r["message"]) for r in rows}
    return sorted(e for e in found if e[0].endswith("Error"))


def test_most_of_pytorchs_errors_have_a_hint():
    known = [e for e in errors() if hint(*e)]
    assert len(known) >= 0.9 * len(errors()) >= 100


@pytest.mark.parametrize("row", [*TORCH, *PYTHON, *ENDED], ids=lambda row: f"{row[0]}-{row[1]}"[:60])
def test_each_row_can_be_said(row: tuple[str, str, str]):
    kind, pattern, says = row
    groups = re.compile(pattern).groups
    assert says.format(*["?"] * groups).strip()
    assert says.endswith((".", "?", "`", ")")), says
    re.compile(kind)


@pytest.mark.parametrize("row", NOT_OFFERED, ids=lambda row: row[0][:30])
def test_each_refusal_can_be_said(row: tuple[str, str]):
    re.compile(row[0])
    assert row[1].endswith((".", "`"))


SAID = {
    "import torch\ntorch.ones(2, 3) @ torch.ones(2, 3)": "3 is not 2",
    "import torch\ntorch.ones(3)[7]": "stay below 3",
    "import torch\nx = torch.ones(3)\nx.summ()": "Did you mean `sum`?",
    "import torch\ntotal = torch.ones(3)\ntotl": "Did you mean `total`?",
    "def f():\n    inner = 1\n    return innr\nf()": "Did you mean `inner`?",
    "import torch\ntorch.nn.Linera(1, 1)": "Did you mean `Linear`?",
    "from torch.nn import Sequentail": "Did you mean `Sequential`?",
    "import torhc": "Did you mean `torch`?",
    "class A:\n    def __init__(self): self.weight = 1\nA().wieght": "Did you mean `weight`?",
    "prin(1)": "Did you mean `print`?",
    "open('x')": "files",
    "import matplotlib.pyplot as plt": "draws",
    "import torch\ntorch.ones(2).cuda()": "CPU",
    "import torch\ntorch.ones(2).to('cuda')": "CPU",
    "import torch\ntorch.ones(2, device='cuda')": "CPU",
    "import torch\ntorch.nn.Linear(1, 1).cuda()": "CPU",
    "import torch\ntorch.cuda.get_device_name(0)": "CPU",
    "import torch\ntorch.cuda.amp.GradScaler()": "CPU",
    "while True: pass": "every loop",
    "qqq": "assign it",
    "np.ones(2)": "import numpy as np",
    "x = torch.ones(2)": "import torch",
    "import torchvision": "make a few examples",
    "from sklearn.datasets import make_moons": "make a few examples",
    "from tqdm import tqdm": "for epoch in range(10)",
    "from d2l import torch as d2l": "write out the functions",
    "from micrograd.engine import Value": "it is short",
    "import torchsummary": "draws",
    "import somewhere": "Only torch, numpy",
    "import heapq": "Of Python's own library there are math",
    "import abc": "NotImplementedError",
    "from torch.distributions import Normal": "torch.normal",
    "import torch\ntorch.optim.LBFGS": "Adam",
    "import torch\ntorch.compile(len)": "Leave it out",
    "loss = 3.0\nloss.backward()": "no graph",
    "print('loss ' + 1)": "str(x)",
    "for i in 5: pass": "range(5)",
    "import torch\nx = torch.ones(2, requires_grad=True)\nx = x - 0.1 * x.grad": "not there yet",
    "from torch import nn\nclass M(nn.Module):\n    def __init__(self):\n        self.l = nn.ReLU()\nM()": "super()",
    "import torch\ntorch.nn.MSELoss(1, 2, 3, 4, 5)": "nn.MSELoss()(output, target)",
    "import torch\ntorch.nn.Sequential([torch.nn.ReLU()])": "*layers",
    "import torch\ntorch.optim.SGD([], lr=0.1)": "nn.ModuleList",
    "import torch\ntorch.nn.Embedding(3, 2)(torch.tensor([5]))": "num_embeddings - 1",
    "import torch\ntorch.nn.Embedding(3, 2)(torch.tensor([1.0]))": "words.long()",
    "import torch\ntorch.nn.LayerNorm(4)(torch.ones(2, 3))": "last length",
    "import torch\ntorch.nn.Conv2d(3, 2, 3)(torch.ones(1, 1, 5, 5))": "made for 3 channels, and the input has 1",
    "import torch\ntorch.nn.Conv2d(1, 2, 3)(torch.ones(5, 5))": "unsqueeze(0)",
    "import torch\ntorch.nn.BatchNorm1d(3)(torch.ones(1, 3))": "larger batch",
    "import torch\ntorch.nn.Linear(1, 1).load_state_dict({})": "model.state_dict()",
    "import os": "nothing outside",
    "import torch\nx = torch.ones(2, requires_grad=True)\nx += 1": "no_grad",
    "import torch\nx = torch.ones(2, requires_grad=True)\nx.grad.zero_()": "Call backward() first",
}


@pytest.mark.parametrize("source", SAID)
def test_what_is_said(source: str, engine: str):
    from vizgrad.program.limits.limits import Limits

    error = execute(source, engine, limits=Limits(seconds=0.3)).error
    assert error is not None
    assert error.hint is not None
    assert SAID[source] in error.hint


def test_the_message_alone_is_enough_where_nothing_can_be_added():
    assert hint("ValueError", "my own words") is None


def test_what_only_the_other_engine_has_is_told():
    error = execute("import torch\ntorch.fft.fft(torch.ones(2))", "numpy").error
    assert error is not None
    assert error.message == "vizgrad's NumPy engine does not have `torch.fft`; the PyTorch engine has"
    assert "PyTorch engine" in (error.hint or "")


@pytest.mark.parametrize("row", NEAREST, ids=lambda row: row[0][:30])
def test_the_nearest_thing_stands_for_what_only_pytorch_has(row: tuple[str, str]):
    pattern, says = row
    assert says.endswith((".", "`", ")"))
    re.compile(pattern)


def test_what_has_no_near_thing_sends_to_pytorch():
    assert hint("NotOffered", "vizgrad's NumPy engine does not have `torch.gcd`; the PyTorch engine has") == (
        "Try the PyTorch engine, or write it with functions that both have."
    )
    said = hint("NotOffered", "vizgrad's NumPy engine does not have `torch.nn.LSTM`; the PyTorch engine has")
    assert said is not None
    assert said.startswith("Write its gates with nn.Linear") and said.endswith("Or try the PyTorch engine.")


def test_a_near_thing_is_not_far():
    offered = engine_named("numpy")
    tensor = set(dir(offered.tensor))
    for pattern, says in NEAREST:
        for name in re.findall(r"torch\.([a-z_]+)\b(?!\.)", says):
            assert name in offered.modules["torch"].__dict__ or name in tensor, (pattern, name)
        for name in re.findall(r"\bF\.([a-z_0-9]+)", says):
            assert name in offered.modules["torch.nn.functional"].__dict__, (pattern, name)
        for name in re.findall(r"\bnn\.([A-Za-z0-9]+)", says):
            assert name in offered.modules["torch.nn"].__dict__, (pattern, name)
