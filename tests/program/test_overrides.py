"""Other numbers for the same program: on both engines alike, and gone with the next run."""

from __future__ import annotations

import numpy as np
import pytest

from vizgrad.program import isolated
from vizgrad.program.overrides import NOTHING, WhatIf
from vizgrad.program.run import execute
from vizgrad.trace.compare import compare

PROGRAM = """import torch
x = torch.ones(2, requires_grad=True)
net = torch.nn.Linear(2, 1)
y = 5 * (x + 1) ** 2
o = (1/2) * torch.sum(y) + net(x).sum()
o.backward()
print(x)
"""
ENGINES = ["numpy", pytest.param("torch", marks=pytest.mark.torch)]
CHANGED = WhatIf(((0, (2.0, 3.0)), (1, (0.0, 0.0)), (2, (7.0,))))


@pytest.mark.parametrize("engine", ENGINES)
def test_elements_are_other_ones_from_the_start(engine: str):
    trace = execute(PROGRAM, engine, what_if=CHANGED)
    assert trace.error is None and trace.stdout == "tensor([2., 3.], requires_grad=True)\n"
    end = trace.end
    x, o = end.names["x"], end.names["o"]
    assert end.values[o].array == 69.5 and end.grads[x].array.tolist() == [15.0, 20.0]
    assert end.versions[x] == 0 and trace.events[0].value.array.tolist() == [2.0, 3.0]
    plain = execute(PROGRAM, engine)
    assert plain.tensors == trace.tensors and plain.nodes == trace.nodes
    assert plain.end.grads[x].array.tolist() != [15.0, 20.0]


@pytest.mark.torch
def test_both_engines_tell_the_same():
    assert compare(
        isolated.run(PROGRAM, "numpy", what_if=CHANGED), isolated.run(PROGRAM, "torch", what_if=CHANGED)
    ).matches


@pytest.mark.parametrize("engine", ENGINES)
def test_a_worker_forgets_it(engine: str):
    assert isolated.run(PROGRAM, engine, what_if=CHANGED).stdout != isolated.run(PROGRAM, engine).stdout
    wide = isolated.run(PROGRAM, engine, what_if=WhatIf(double=True))
    assert wide.tensors[0].dtype == "float64"
    assert isolated.run(PROGRAM, engine).tensors[0].dtype == "float32"


@pytest.mark.parametrize("engine", ENGINES)
def test_double_is_as_precise_as_it_says(engine: str):
    program = "import torch\nx = torch.tensor(0.1, requires_grad=True)\ny = torch.exp(x) / 3\ny.backward()\n"
    end = execute(program, engine, what_if=WhatIf(double=True)).end
    assert end.grads[0].array == pytest.approx(np.exp(0.1) / 3, rel=1e-15)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_does_not_fit_changes_nothing(engine: str):
    trace = execute(PROGRAM, engine, what_if=WhatIf(((0, (1.0, 2.0, 3.0)), (99, (1.0,)))))
    assert trace.stdout == execute(PROGRAM, engine, what_if=NOTHING).stdout
