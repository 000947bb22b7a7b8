"""A confined worker can open no file: whatever a program may need has been loaded in the zygote before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vizgrad.workers.process import environment

TUTORIALS = Path(__file__).parents[1] / "program" / "tutorials"

RUN = """
import sys
from pathlib import Path
from vizgrad.gallery import lessons
from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute
from vizgrad.workers.kinds import run

engine, folder = sys.argv[1:]
run.prepare(engine)
programs = [one.source for one in lessons()] + [path.read_text() for path in sorted(Path(folder).glob("*.txt"))]
head = "import torch\\nimport torch.nn as nn\\nimport torch.nn.functional as F\\n"
programs += [head + line for line in sys.stdin.read().splitlines()]
known = set(sys.modules)
for program in programs:
    execute(program, engine, limits=Limits(seconds=60))
    if late := sorted(sys.modules.keys() - known):
        print(program[:200], "loads", late)
        known.update(late)
"""

LINES = """\
torch.func.jacfwd(torch.sin)(torch.ones(2))
torch.func.jacrev(torch.sin)(torch.ones(2))
torch.func.jvp(torch.sin, (torch.ones(2),), (torch.ones(2),))
torch.func.vmap(torch.sin)(torch.ones(2))
torch.func.hessian(lambda x: (x ** 3).abs().sum())(torch.ones(2))
torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), torch.ones(2))
torch.autograd.functional.jvp(lambda x: (x ** 3).sum(), torch.ones(2), torch.ones(2))
torch.autograd.gradcheck(torch.sin, (torch.ones(2, dtype=torch.double, requires_grad=True),))
torch.einsum('ij,jk,kl->il', torch.ones(2, 2), torch.ones(2, 2), torch.ones(2, 2))
nn.MultiheadAttention(4, 2)(torch.ones(2, 1, 4), torch.ones(2, 1, 4), torch.ones(2, 1, 4))
nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 8, batch_first=True), 2)(torch.ones(1, 3, 8)).sum().backward()
nn.LSTM(2, 2)(torch.ones(3, 1, 2))[0].sum().backward()
nn.Conv2d(1, 1, 2)(torch.ones(1, 1, 3, 3)).sum().backward()
p = torch.ones(1, requires_grad=True); p.sum().backward(); torch.optim.Adam([p]).step()
p = torch.ones(1, requires_grad=True); p.sum().backward(); torch.optim.AdamW([p], foreach=True).step()
p = torch.ones(1, requires_grad=True); p.sum().backward(); torch.optim.RMSprop([p]).step()
p = torch.ones(1, requires_grad=True); o = torch.optim.SGD([p], 0.1); torch.optim.lr_scheduler.OneCycleLR(o, 1.0, 5)
torch.fft.fft(torch.ones(4)).abs()
torch.linalg.svd(torch.eye(2))
F.scaled_dot_product_attention(torch.ones(1, 1, 2, 4), torch.ones(1, 1, 2, 4), torch.ones(1, 1, 2, 4))
F.interpolate(torch.ones(1, 1, 2, 2), scale_factor=2, mode='bilinear')
print(torch.ones(2, dtype=torch.complex64), torch.arange(5000), torch.tensor(True))
torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4)), batch_size=2)
import numpy as np; print(np.fft.fft(np.ones(4)), np.linalg.eig(np.eye(2)), np.polyfit([0, 1, 2], [0, 1, 4], 2))
import numpy as np; print(np.random.default_rng(0).choice(5, 2), np.percentile(np.arange(5), 50), np.histogram([1, 2]))
import random, math, itertools, functools, collections, dataclasses, copy; print(random.gauss(0, 1), copy.deepcopy([1]))
print(f"{'ä':>10} {1e300:.3g} {10 ** 20:,}".encode().decode() if hasattr('', 'encode') else "")
"""


@pytest.mark.parametrize("engine", ["numpy", pytest.param("torch", marks=pytest.mark.torch)])
def test_no_program_loads_anything_later(engine: str):
    done = subprocess.run(
        [sys.executable, "-c", RUN, engine, str(TUTORIALS)],
        input=LINES, capture_output=True, text=True, env=environment(), check=True,
    )  # fmt: skip
    assert done.stdout == ""
