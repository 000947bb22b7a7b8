"""Infinities and NaN are numbers like any other: they are computed with, explained, drawn and sent."""

from __future__ import annotations

import json

import pytest

from vizgrad.player.payload import payload
from vizgrad.player.standalone import html

from .programs import ENGINES, traced

START = "import torch\nimport torch.nn.functional as F\nx = torch.tensor([1., -2., 3.], requires_grad=True)\n"

PROGRAMS = {
    "causal mask": 'y = x[:2].masked_fill(torch.eye(2) == 0, float("-inf")).softmax(-1)\ny.sum().backward()',
    "additive mask": "m = torch.triu(torch.full((6, 6), -torch.inf), 1)\n(x[0] + m).softmax(-1).sum().backward()",
    "product": 'y = x * float("inf")\ny.sum().backward()',
    "product with nan": 'y = float("nan") * x\ny.sum().backward()',
    "bound above": 'y = x.clamp(max=float("inf"))\ny.sum().backward()',
    "bound below": 'y = x.clamp(min=float("-inf"))\ny.sum().backward()',
    "norm": 'y = x.norm(float("inf"))\ny.backward()',
    "fill": 't = torch.zeros(3)\nt.fill_(float("-inf"))\n(x + t).softmax(0).sum().backward()',
    "pad": 'y = F.pad(x, (1, 1), value=float("-inf"))\ny.sum().backward()',
    "nan_to_num": 'y = torch.nan_to_num(x, nan=float("nan"))\ny.sum().backward()',
    "overflow": "y = (x * 1e30) ** 2\nz = y - y\nz.sum().backward()",
    "softplus": "F.softplus(x).sum().backward()",
    "isclose": "y = torch.isclose(x, x + 1)",
    "one_hot": "y = F.one_hot(torch.tensor([0, 2]), 3)",
    "multinomial": "y = torch.multinomial(torch.tensor([.2, .8]), 1)",
    "mish twice": "g, = torch.autograd.grad(F.mish(x).sum(), x, create_graph=True)\ng.sum().backward()",
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_is_explained_drawn_and_sent(name: str, engine: str, caplog: pytest.LogCaptureFixture) -> None:
    trace = traced(START + PROGRAMS[name], engine)
    assert trace.error is None
    shown = payload(trace)
    assert json.dumps(shown, allow_nan=False)
    assert html(trace)
    assert not caplog.records  # nothing had to be left out
    (scene,) = shown["scenes"]
    assert scene["problem"] is None
    assert all(step["sentence"] and "cannot be" not in step["sentence"] for step in scene["steps"])


def formulae(source: str) -> list[str]:
    """All formulae of a program's last scene."""
    scene = payload(traced(START + source, "numpy"))["scenes"][-1]
    return ["".join(scene["words"][place] for place in part) for step in scene["steps"] for part in step["latex"]]


def test_infinity_and_nan_have_their_signs() -> None:
    told = formulae(PROGRAMS["product"])
    assert r"y = \infty \, x" in told
    assert r"\infty \cdot \left[1,\ -2,\ 3\right] = \left[\infty,\ -\infty,\ \infty\right]" in told
    assert any(r"\left[1,\ 1,\ 1\right] \cdot \infty" in text for text in told)
    assert r"y = \mathrm{NaN} \, x" in formulae(PROGRAMS["product with nan"])
    assert any(r"\text{value = }-\infty" in text for text in formulae(PROGRAMS["causal mask"]))


def test_a_large_number_has_a_power_of_ten() -> None:
    assert r"v_{1} = 1 \cdot 10^{30} \, x" in formulae(PROGRAMS["overflow"])
