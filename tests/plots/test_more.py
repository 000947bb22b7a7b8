"""What a gradient is made of, how a loop went, and slices through a function: exactly the numbers of the trace."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import vizgrad
from vizgrad import plots
from vizgrad.plots.makeup import MOST, parts
from vizgrad.plots.training import iterations

HEAD = "import torch\n"


def ran(program: str) -> vizgrad.Trace:
    trace = vizgrad.run(HEAD + program, isolated=False)
    assert trace.error is None, trace.error
    return trace


FAN_OUT = "x = torch.tensor([3., 1.], requires_grad=True)\na = x ** 2\nb = 2 * x\n(a * b).sum().backward()\n"
TWICE = (
    "w = torch.ones(2, requires_grad=True)\nloss = (w ** 2).sum()\nloss.backward(retain_graph=True)\nloss.backward()\n"
)
LOOP = (
    "x = torch.tensor([0., 1.], requires_grad=True)\nfor i in range(5):\n    loss = ((x - 3) ** 2).sum()\n"
    "    loss.backward()\n    with torch.no_grad():\n        x -= 0.1 * x.grad\n    x.grad = None\n"
)


def stacked(figure: plots.Figure) -> np.ndarray:
    return np.sum([np.asarray(bar.y, dtype=float) for bar in figure.data], axis=0)


@pytest.mark.parametrize(
    ("program", "labels"),
    [
        (FAN_OUT, {"via a (PowBackward0)", "via b (MulBackward0)"}),
        (TWICE, {"backward 1", "backward 2"}),
        (FAN_OUT.replace("(a * b)", "o = (a * b)\no") + "(x * x).sum().backward()\n", None),
    ],
)
def test_the_parts_of_a_gradient_add_up_to_it(program: str, labels: set[str] | None):
    trace = ran(program)
    (tensor,) = trace.end.grads
    found = parts(trace, tensor)
    assert labels is None or {p.label for p in found} == labels
    figure = plots.makeup(trace)[tensor]
    assert np.allclose(stacked(figure), trace.end.grads[tensor].array)
    assert len({bar.marker.pattern.shape for bar in figure.data}) == len(figure.data)  # not by colour alone


def test_what_was_zeroed_is_no_part_any_more():
    trace = ran(TWICE.replace("loss.backward()\n", "w.grad.zero_()\nloss.backward()\n"))
    assert plots.makeup(trace) == {}


def test_a_large_gradient_is_told_by_the_norms_of_its_parts():
    trace = ran("x = torch.ones(40, 40, requires_grad=True)\n(x * 2 + x * 3).sum().backward()\n")
    (figure,) = plots.makeup(trace).values()
    assert sorted(float(bar.y[0]) for bar in figure.data) == pytest.approx([80.0, 120.0])


def test_of_many_parts_the_first_are_told_as_one():
    trace = ran(
        "w = torch.ones(2, requires_grad=True)\nfor i in range(50):\n    ((i + 1) * w).sum().backward()\n"
        "(w * 2 + w * 3).sum().backward()\n"
    )
    found = parts(trace, 0)
    assert len(found) == MOST and found[0].label == "the first 13" and found[1].label == "backward 14"
    assert all(part.label.startswith("backward 51, via ") for part in found[-2:])
    assert np.allclose(stacked(plots.makeup(trace)[0]), trace.end.grads[0].array)


def test_only_the_tensors_that_are_asked_for():
    trace = ran(FAN_OUT + "w = torch.ones(2, requires_grad=True)\n(w * 2 + w * 3).sum().backward()\n")
    x, w = sorted(trace.end.grads)
    assert set(plots.makeup(trace)) == {x, w} and set(plots.makeup(trace, of=(w,))) == {w}
    assert [panel.tensor for panel in plots.gradients(trace, of=(w,))] == [w] and plots.gradients(trace, of=()) == ()


def test_a_loop_is_told_by_its_losses_and_norms():
    loop = iterations(ran(LOOP))
    assert [one.scene for one in loop] == [0, 1, 2, 3, 4]
    assert [round(one.loss, 4) for one in loop] == [13.0, 8.32, 5.3248, 3.4079, 2.181]
    assert [one.norms[0] for one in loop] == pytest.approx([2 * np.sqrt(one.loss) for one in loop], rel=1e-5)


def test_the_training_figure_and_when_there_is_none():
    figure = plots.training(ran(LOOP))
    loss, norm = figure.data
    assert list(loss.x) == [1, 2, 3, 4, 5] and loss.y[0] == 13 and norm.name == "|x.grad|"
    assert all(axis.title.text for axis in (figure.layout.yaxis, figure.layout.yaxis2, figure.layout.xaxis2))
    assert plots.training(ran(FAN_OUT)) is None


def test_of_a_very_long_loop_every_second_iteration_is_drawn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys.modules["vizgrad.plots.training"], "MOST_POINTS", 6)
    figure = plots.training(ran(LOOP))
    assert [list(line.x) for line in figure.data] == [[1, 3, 5]] * 2
    assert "1 of 2 is drawn" in figure.layout.xaxis2.title.text


def test_backward_calls_on_several_lines_are_no_loop():
    lines = [f"b{i} = (x * {i}.0).sum()\nb{i}.backward()\n" for i in range(4)]
    trace = ran("x = torch.ones(2, requires_grad=True)\n" + "".join(lines))
    assert len(trace.scenes) == 4 and plots.training(trace) is None


def test_what_is_not_finite_stands_as_a_word():
    x = ran("x = torch.tensor([0.0, -1.0, 4.0], requires_grad=True)\n(torch.sqrt(x) + torch.log(x)).sum().backward()\n")
    (panel,) = plots.gradients(x)
    (bars,) = panel.figure.data
    assert list(bars.text) == ["inf", "nan", "0.5"] and list(bars.y) == [0.0, 0.0, 0.5]
    assert list(bars.textposition) == ["outside", "outside", "auto"]
    m = ran("m = torch.tensor([[0.0, 1.0]], requires_grad=True)\ntorch.log(m).sum().backward()\n")
    (panel,) = plots.gradients(m)
    cells, words = panel.figure.data
    assert cells.z[0][0] is None and list(words.text) == ["inf"] and (words.x[0], words.y[0]) == (0, 0)
    assert list(words.customdata[0]) == ["m.grad[0, 0]", "inf"]


def test_a_figure_carries_a_small_template():
    assert len(plots.training(ran(LOOP)).to_json()) < 4000


def test_the_same_scale_on_request():
    trace = ran(
        "a = torch.ones(2, requires_grad=True)\nB = torch.ones(2, 2, requires_grad=True)\n"
        "((5 * a) @ B).sum().backward()\n"
    )
    own, same = plots.gradients(trace), plots.gradients(trace, same_scale=True)
    assert own[1].figure.data[0].zmax == 5 and same[1].figure.data[0].zmax == 10
    assert same[0].figure.layout.yaxis.range == (-10.5, 10.5) and own[0].figure.layout.yaxis.range is None


def test_a_curve_has_its_tangent_and_its_derivative():
    x = np.linspace(-1, 3, 41)
    figure = plots.curve(plots.Curve("x", "y", x, x**2, 2 * x, 1.0, 1.0, 2.0))
    line, tangent, derivative, *points = figure.data
    assert np.allclose(line.y, x**2) and np.allclose(derivative.y, 2 * x)
    assert (tangent.y[1] - tangent.y[0]) / (tangent.x[1] - tangent.x[0]) == pytest.approx(2.0)
    assert [(p.x[0], p.y[0]) for p in points] == [(1.0, 1.0), (1.0, 2.0)]


def test_numbers_that_cannot_be_drawn_leave_gaps():
    x = np.array([0.0, 1.0, 2.0])
    figure = plots.curve(plots.Curve("x", "y", x, np.array([np.inf, 1.0, np.nan]), x, 1.0, 1.0, 0.0))
    assert list(figure.data[0].y) == [None, 1.0, None]


def test_a_surface_has_the_gradient_as_an_arrow_and_the_path_of_a_loop():
    x, y = np.linspace(-1, 1, 5), np.linspace(0, 4, 9)
    z = x[None, :] ** 2 + y[:, None]
    data = plots.Surface(("w[0]", "w[1]"), "loss", x, y, z, (0.5, 2.0), (1.0, 1.0), [(0.5, 2.0), (0.4, 1.9)])
    figure = plots.surface(data)
    assert figure.data[0].type == "surface" and figure.data[1].type == "contour"
    (arrow,) = figure.layout.annotations
    assert (arrow.ax, arrow.ay) == (0.5, 2.0)
    assert (arrow.x - 0.5) == pytest.approx(arrow.y - 2.0)  # the direction is the gradient's
    assert list(figure.data[2].x) == [0.5, 0.4]
    still = plots.surface(plots.Surface(("a", "b"), "f", x, y, z, (0.0, 0.0), (0.0, 0.0)))
    assert not still.layout.annotations
