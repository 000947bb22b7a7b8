"""What can be changed about a run, and the figures of what was sampled, come from a presenter."""

from __future__ import annotations

import base64
import json
from itertools import pairwise

import numpy as np
import pytest

from vizgrad.present import figures, whatif
from vizgrad.present.request import NotPresented
from vizgrad.present.whatif import Axis, Curve, Leaves, Surface
from vizgrad.program.run import execute

SEED = (
    "import torch\nx = torch.ones(2, requires_grad=True)\ny = 5 * (x + 1) ** 2\n"
    "o = (1/2) * torch.sum(y)\no.backward()\n"
)
LOOP = """import torch
x = torch.tensor([0.0, 1.0], requires_grad=True)
for i in range(4):
    loss = ((x - 3) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        x -= 0.1 * x.grad
    x.grad = None
"""
X0, X1 = Axis(0, 0, "x[0]", (-2.0, 1.0, 4.0), 1.0), Axis(0, 1, "x[1]", (0.0, 2.0), 1.0)
CURVE = Curve(X0, (12.5, 20.0, float("nan")), (-5.0, 10.0, 25.0))
SURFACE = Surface((X0, X1), ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)))


def recorded(program: str) -> bytes:
    return execute(program).to_json().encode()


def numbers(part: dict[str, str]) -> np.ndarray:
    """An array as plotly writes it."""
    return np.frombuffer(base64.b64decode(part["bdata"]), part["dtype"])


def test_small_leaves_can_be_changed():
    more = "w = torch.nn.Parameter(torch.tensor(3.0))\nbig = torch.ones(99, requires_grad=True)\nc = torch.ones(2)\n"
    found, nothing = Leaves().answer(recorded(SEED + more))
    assert {one.name: one.elements for one in found.leaves} == {"x": (1.0, 1.0), "w": (3.0,)}
    assert found.has_scalar and nothing == b""


def test_a_long_name_is_cut():
    (leaf,) = Leaves().answer(recorded(SEED.replace("x", "x" * 500).replace("torch.once", "torch.ones")))[0].leaves
    assert len(leaf.name) == whatif.LONGEST_NAME + 1


@pytest.mark.parametrize("program", ["x = 1\n", SEED.replace("o.backward()", "y.backward(torch.ones(2))")])
def test_without_a_scalar_there_is_no_figure(program: str):
    assert not Leaves().answer(recorded(program))[0].has_scalar
    for request in (CURVE, SURFACE):
        with pytest.raises(NotPresented, match="No scalar is sent backward"):
            request.answer(recorded(program))


def test_a_curve_has_the_tangent_of_the_run():
    drawn = json.loads(CURVE.answer(recorded(SEED))[1])
    assert "slope 10" in drawn["layout"]["title"]["text"] and "x[0] = 1" in drawn["layout"]["title"]["text"]
    line, tangent, derivative, *_ = drawn["data"]
    assert line["y"] == [12.5, 20.0, None] and derivative["y"] == [-5.0, 10.0, 25.0]
    (left, right), (low, high) = numbers(tangent["x"]), numbers(tangent["y"])
    assert (high - low) / (right - left) == pytest.approx(10.0)


def test_a_surface_has_the_gradient_of_the_run_and_the_loops_path():
    drawn = json.loads(SURFACE.answer(recorded(LOOP))[1])
    kinds = {one["type"]: one for one in drawn["data"]}
    assert kinds["contour"]["z"] == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]] == kinds["surface"]["z"]
    assert np.allclose(next(one for one in drawn["data"] if one.get("mode") == "lines+markers")["x"][:2], [0, 0.6])
    (arrow,) = drawn["layout"]["annotations"]
    assert arrow["x"] < arrow["ax"] == 1.0


def test_figures_are_as_large_and_as_dark_as_the_page():
    larger = Curve(X0, CURVE.values, CURVE.slopes, dark=True, zoom=2.0)
    one, two = (json.loads(request.answer(recorded(SEED))[1]) for request in (CURVE, larger))
    assert two["layout"]["height"] == 2 * one["layout"]["height"]
    assert two["layout"]["template"]["layout"]["font"]["color"] != one["layout"]["template"]["layout"]["font"]["color"]


def test_too_large_a_figure_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(figures, "LONGEST", 100)
    with pytest.raises(NotPresented, match="too many points"):
        CURVE.answer(recorded(SEED))


def test_the_path_of_a_loop(monkeypatch: pytest.MonkeyPatch):
    trace = execute(LOOP)
    went = whatif.path(trace, [(0, 0), (0, 1)])
    assert np.allclose([at for at, _ in went], [(0, 1), (0.6, 1.4), (1.08, 1.72), (1.464, 1.976)], atol=1e-5)
    alone = whatif.path(trace, [(0, 1)])
    assert [at for at, _ in alone] == [(y,) for (_, y), _ in went] and [f for _, f in alone] == [f for _, f in went]
    assert all(later < before for (_, before), (_, later) in pairwise(went))
    monkeypatch.setattr(whatif, "MOST_STEPS", 2)
    assert whatif.path(trace, [(0, 1)]) == alone[:2]


def test_a_worker_gives_the_same():
    trace = recorded(LOOP)
    assert whatif.changeable(trace) == Leaves().answer(trace)[0]
    for request in (CURVE, SURFACE):
        assert json.loads(whatif.drawn(trace, request)) == json.loads(request.answer(trace)[1])
