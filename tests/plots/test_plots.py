"""The figures hold exactly the gradients of the trace."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from vizgrad import plots
from vizgrad.trace import (
    Accumulate,
    Arrival,
    Backward,
    Bind,
    Contribution,
    Create,
    Departure,
    Forward,
    Operand,
    Trace,
    Value,
    Vjp,
)
from vizgrad.trace.records import NodeRecord, TensorRecord


def leaves(**grads: np.ndarray) -> Trace:
    """A run in which each name is a leaf whose `.grad` is set by a backward pass to the array given."""
    tensors, events, nodes = [], [], []
    for i, (name, grad) in enumerate(grads.items()):
        value = Value.of(grad)
        tensors.append(TensorRecord(id=i, shape=value.shape, dtype=value.dtype, requires_grad=True, is_leaf=True))
        nodes.append(NodeRecord(id=i, name="AccumulateGrad", op="accumulate_grad", variable=i))
        events += [Create(tensor=i, op="tensor", value=Value.of(np.zeros_like(grad))), Bind(name=name, tensor=i)]
    events.append(Backward(number=0, roots=(0,), seeds=(Value.of(np.float32(1)),)))
    events += [
        Accumulate(backward=0, tensor=i, node=i, before=None, delta=Value.of(g), after=Value.of(g))
        for i, g in enumerate(grads.values())
    ]
    return Trace(engine="numpy", source="", tensors=tuple(tensors), nodes=tuple(nodes), events=tuple(events))


def chain(*norms: float) -> Trace:
    """A chain v1 = f(x), v2 = f(v1) … whose gradients have these norms, first the one at the output."""
    count = len(norms)
    tensors = [TensorRecord(id=0, shape=(), dtype="float32", requires_grad=True, is_leaf=True)]
    nodes = [NodeRecord(id=0, name="AccumulateGrad", op="accumulate_grad", variable=0)]
    one = Value.of(np.float32(1))
    events = [Create(tensor=0, op="tensor", value=one), Bind(name="x", tensor=0)]
    for i in range(1, count):
        tensors.append(TensorRecord(id=i, shape=(), dtype="float32", requires_grad=True, is_leaf=False, node=i))
        nodes.append(NodeRecord(id=i, name="SinBackward0", op="sin"))
        events.append(Forward(op="sin", node=i, inputs=(Operand("self", i - 1),), outputs=(i,), values=(one,)))
    events += [Bind(name="out", tensor=count - 1), Backward(number=0, roots=(count - 1,), seeds=(one,))]
    for node, norm in zip(range(count - 1, 0, -1), norms, strict=False):
        grad = Value.of(np.float64(norm))
        arrival = Arrival(grad, (Contribution(None, None, grad),))
        events.append(Vjp(backward=0, node=node, arrivals=(arrival,), departures=(Departure(grad),)))
    last = Value.of(np.float64(norms[-1]))
    events.append(Accumulate(backward=0, tensor=0, node=0, before=None, delta=last, after=last))
    return Trace(engine="numpy", source="", tensors=tuple(tensors), nodes=tuple(nodes), events=tuple(events))


@pytest.fixture(scope="module")
def seed() -> Trace:
    path = Path(__file__).parents[1] / "trace" / "seed_trace.py"
    spec = importlib.util.spec_from_file_location("seed_trace", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.seed


def shown(panel: plots.Panel) -> np.ndarray:
    """The numbers a panel draws, as an array."""
    data = panel.figure.data[0]
    if panel.kind == "number":
        return np.asarray(float(data.customdata[0]))
    return np.asarray(data.y if panel.kind == "bars" else data.z, dtype=float)


def test_the_seed_lessons_gradient_is_two_bars_of_ten(seed: Trace):
    (panel,) = plots.gradients(seed)
    assert (panel.name, panel.kind, panel.shape) == ("x", "bars", (2,))
    assert list(panel.figure.data[0].y) == [10, 10]
    assert [list(c) for c in panel.figure.data[0].customdata] == [["x.grad[0]", "10.0"], ["x.grad[1]", "10.0"]]
    assert "x.grad" in panel.figure.layout.title.text


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (np.float32(-2.5), "number"),
        (np.array([1, -2, 3], "float32"), "bars"),
        (np.array([[1, -2], [0, 4]], "float64"), "heat map"),
    ],
)
def test_a_panel_draws_the_gradient_itself(array: np.ndarray, kind: str):
    (panel,) = plots.gradients(leaves(w=array))
    assert panel.kind == kind
    np.testing.assert_array_equal(shown(panel), array)


def test_panels_follow_the_programs_names():
    panels = plots.gradients(leaves(alpha=np.ones(2, "float32"), beta=np.float32(3)))
    assert [p.name for p in panels] == ["alpha", "beta"]


def test_a_run_without_backward_has_no_panels(seed: Trace):
    forward_only = Trace(engine="numpy", source="", tensors=seed.tensors, nodes=seed.nodes, events=seed.events[:9])
    assert plots.gradients(forward_only) == ()
    assert plots.norms(forward_only) is None


def test_hover_tells_every_digit_of_the_dtype():
    (panel,) = plots.gradients(leaves(w=np.array([0.1, 1 / 3], "float32")))
    assert [c[1] for c in panel.figure.data[0].customdata] == ["0.1", "0.33333334"]


def test_zero_is_white_and_signs_have_the_same_scale():
    (panel,) = plots.gradients(leaves(w=np.array([[0.5, -3], [0, 1]], "float32")))
    heat = panel.figure.data[0]
    assert (heat.zmin, heat.zmid, heat.zmax) == (-3, 0, 3)
    assert dict(heat.colorscale)[0.5] == "#ffffff"


def test_a_matrix_of_zeros_is_white():
    (panel,) = plots.gradients(leaves(w=np.zeros((2, 2), "float32")))
    heat = panel.figure.data[0]
    assert heat.zmin < 0 < heat.zmax


def test_positive_and_negative_bars_differ_in_colour():
    (panel,) = plots.gradients(leaves(w=np.array([1, -1, 2], "float32")))
    one, two, three = panel.figure.data[0].marker.color
    assert one == three != two


def test_more_than_two_dimensions_are_rows_named_by_their_leading_indices():
    array = np.arange(12, dtype="float32").reshape(2, 3, 2)
    (panel,) = plots.gradients(leaves(w=array))
    np.testing.assert_array_equal(shown(panel), array.reshape(6, 2))
    assert list(panel.figure.layout.yaxis.ticktext)[-1] == "1, 2"
    assert panel.figure.data[0].customdata[5][1][0] == "w.grad[1, 2, 1]"


def test_a_large_gradient_is_drawn_as_its_histogram():
    array = np.linspace(-1, 1, 4000, dtype="float32").reshape(40, 100)
    (panel,) = plots.gradients(leaves(w=array))
    assert panel.kind == "histogram"
    assert sum(panel.figure.data[0].y) == 4000


@pytest.mark.parametrize("array", [np.zeros((0, 3), "float32"), np.array([np.nan, np.inf, 1], "float32")])
def test_empty_and_non_finite_gradients_are_drawn(array: np.ndarray):
    (panel,) = plots.gradients(leaves(w=array))
    assert panel.figure.to_json()
    if array.size:
        assert [c[1] for c in panel.figure.data[0].customdata] == ["nan", "inf", "1.0"]


def test_norms_follow_the_backward_pass_of_the_seed_lesson(seed: Trace):
    figure = plots.norms(seed)
    (line,) = figure.data
    np.testing.assert_allclose(
        line.y, [1, 0.5, np.hypot(0.5, 0.5), np.hypot(2.5, 2.5), np.hypot(10, 10), np.hypot(10, 10)]
    )
    assert list(figure.layout.xaxis.ticktext) == ["o", "v₃", "y", "v₂", "v₁", "x.grad"]
    assert figure.layout.xaxis.title.text and figure.layout.yaxis.title.text


def test_vanishing_norms_get_a_logarithmic_axis():
    assert plots.norms(chain(1, 0.1, 0.01, 0.0001)).layout.yaxis.type == "log"
    assert plots.norms(chain(1, 0.5, 2)).layout.yaxis.type != "log"


def test_norms_that_an_axis_cannot_show_are_marked():
    (line,) = plots.norms(chain(1, 1e-4, 0.0, np.nan)).data
    assert list(line.marker.symbol) == ["circle", "circle", "circle-open", "x"]
    assert all(np.isfinite(line.y))
    assert [c[1] for c in line.customdata] == ["1", "0.0001", "0", "nan"]


def test_light_and_dark_are_templates(seed: Trace):
    light, dark = plots.gradients(seed)[0].figure, plots.gradients(seed, dark=True)[0].figure
    assert light.layout.template != dark.layout.template
    assert plots.norms(seed).layout.template != plots.norms(seed, dark=True).layout.template
