"""What if an element were another: the run, the plots and the check follow, the program stays as it is."""

from __future__ import annotations

import json
import threading
from itertools import pairwise

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import vizgrad
from vizgrad.program import pool
from vizgrad.ui import check, jobs, probe, state, whatif

PATIENCE = 120
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


def leaf(source: str, name: str) -> probe.Leaf:
    return next(one for one in probe.leaves(vizgrad.run(source)) if one.name == name)


def test_small_leaves_get_controls():
    more = "w = torch.nn.Parameter(torch.tensor(3.0))\nbig = torch.ones(99, requires_grad=True)\nc = torch.ones(2)\n"
    found = {one.name: one.elements for one in probe.leaves(vizgrad.run(SEED + more))}
    assert found == {"x": (1.0, 1.0), "w": (3.0,)}


def test_the_first_scalar_and_its_gradient():
    found = probe.outcome(vizgrad.run(SEED))
    assert (found.name, found.value) == ("o", 20.0)
    assert found.gradients[0].tolist() == [10.0, 10.0]
    assert probe.outcome(vizgrad.run("x = 1\n")) is None
    assert probe.outcome(vizgrad.run(SEED.replace("o.backward()", "y.backward(torch.ones(2))"))) is None


def test_autograd_grad_counts_as_well():
    source = SEED.replace("o.backward()", "g, = torch.autograd.grad(o, x)")
    assert probe.outcome(vizgrad.run(source)).gradients[0].tolist() == [10.0, 10.0]


def test_a_curve_is_the_function_and_its_derivative():
    x, y, slope = whatif.curve_data(SEED, "numpy", {}, leaf(SEED, "x"), 1)
    assert np.allclose(y, 2.5 * (x + 1) ** 2 + 10, rtol=1e-5) and np.allclose(slope, 5 * (x + 1), rtol=1e-5, atol=1e-5)


def test_the_path_of_a_loop():
    went = whatif.path(vizgrad.run(LOOP), [(0, 0), (0, 1)])
    assert np.allclose([at for at, _ in went], [(0, 1), (0.6, 1.4), (1.08, 1.72), (1.464, 1.976)], atol=1e-5)
    alone = whatif.path(vizgrad.run(LOOP), [(0, 1)])
    assert [at for at, _ in alone] == [(y,) for (_, y), _ in went] and [f for _, f in alone] == [f for _, f in went]
    assert all(later < before for (_, before), (_, later) in pairwise(went))


@pytest.mark.parametrize("value", [0.0, 1.0, -0.003, 250.0, 1e30, float("inf"), float("nan")])
def test_sliders_have_a_way_to_go(value: float):
    low, high, step = whatif.span(value)
    assert low < high and step > 0 and 20 <= (high - low) / step <= 400


def test_finite_differences_agree_and_say_where_not():
    good = check.rows(SEED, (), 1e-5, ("numpy",))
    assert [row.element for row in good] == ["x[0]", "x[1]"]
    assert all(row.error < 1e-8 and row.autograd == row.numpy == 10.0 for row in good)
    assert "agree" in check.verdict(good)
    coarse = check.rows(SEED.replace("** 2", "** 3"), (), 0.1, ("numpy",))
    assert 1e-4 < coarse[0].error < 1e-1
    hooked = SEED.replace("o = ", "y.register_hook(lambda g: g / 2)\no = ")
    assert "They differ at x[0]" in check.verdict(check.rows(hooked, (), 1e-5, ("numpy",)))


@pytest.mark.torch
def test_where_a_number_is_not_finite_nothing_is_compared():
    program = "import torch\nx = torch.tensor([-1.0], requires_grad=True)\ntorch.log(x).sum().backward()\n"
    odd = check.rows(program, (), 1e-5, ())
    assert "Nothing to compare at x[0]" in check.verdict(odd) and "vg-doubtful" in check.table(odd)


def test_both_engines_stand_beside_each_other():
    row, _ = check.rows(SEED, ((0, (0.5, 1.0)),), 1e-5, ("numpy", "torch"))
    assert row.value == 0.5 and row.numpy == row.torch == 7.5


def script() -> None:
    import streamlit as st

    from vizgrad.ui import studio

    act = st.session_state.pop("act", None)
    if act is not None:
        act()
    studio.page()


@pytest.fixture
def page() -> AppTest:
    at = AppTest.from_function(script, default_timeout=PATIENCE)
    at.session_state["section"] = ":material/tune: What if"
    at.run()
    assert not at.exception, at.exception
    return at


def grad(at: AppTest) -> list[float]:
    trace = at.session_state[state.KEY].shown.trace
    return trace.end.grads[trace.end.names["x"]].array.tolist()


def test_a_slider_changes_the_run_and_reset_brings_it_back(page: AppTest):
    source = page.session_state[state.KEY].source
    page.slider(key="whatif_0_0_slider").set_value(2.0).run()
    assert not page.exception
    assert grad(page) == [15.0, 10.0] and page.session_state[state.KEY].source == source
    assert page.number_input(key="whatif_0_0_number").value == 2.0
    page.number_input(key="whatif_0_1_number").set_value(100.0).run()
    assert grad(page) == [15.0, 505.0]
    (curve,) = [json.loads(e.proto.spec) for e in page.get("plotly_chart")]
    assert "slope 15" in curve["layout"]["title"]["text"] and curve["layout"]["xaxis2"]["title"]["text"] == "x[0]"
    page.button(key="whatif_reset").click().run()
    assert grad(page) == [10.0, 10.0]


def test_two_elements_make_a_surface(page: AppTest):
    page.multiselect(key=whatif.PLOTTED).set_value(["0.0", "0.1"]).run()
    assert not page.exception, page.exception
    (surface,) = [json.loads(e.proto.spec) for e in page.get("plotly_chart")]
    assert {one["type"] for one in surface["data"]} >= {"surface", "contour"}


def test_another_program_has_its_own_numbers(page: AppTest):
    page.slider(key="whatif_0_0_slider").set_value(2.0).run()
    page.session_state["act"] = lambda: state.replace(SEED.replace("5 *", "7 *"))
    page.run()
    assert grad(page) == [14.0, 14.0]


@pytest.mark.parametrize("program", ["", "1 +", "import torch\nx = torch.ones(3)\n"])
def test_where_there_is_nothing_to_change_it_says_so(page: AppTest, program: str):
    for label in (":material/tune: What if", ":material/fact_check: Check"):
        page.session_state["section"] = label
        page.session_state["act"] = lambda: state.replace(program)
        page.run()
        assert not page.exception
        assert any("Nothing to" in c.value for c in page.caption)


SLOW = SEED + "while o.item() > 100:\n    pass\n"
"""Comes to no end where the elements of x are large."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that were given to a worker."""
    programs: list[str] = []
    whole = pool.run

    def run(source: str, *more: object) -> vizgrad.Trace:
        programs.append(source)
        return whole(source, *more)

    monkeypatch.setattr(pool, "run", run)
    return programs


def captions(at: AppTest) -> str:
    return " ".join(caption.value for caption in at.caption)


@pytest.mark.parametrize("label", [":material/tune: What if", ":material/fact_check: Check"])
def test_a_program_that_comes_to_no_end_is_not_run_again(page: AppTest, asked: list[str], label: str):
    endless = SEED.replace("o.backward()", "o.backward()\nwhile True:\n    pass")
    page.session_state["section"] = label
    page.session_state["act"] = lambda: state.replace(endless)
    page.run()
    page.run()
    assert not page.exception
    assert asked.count(endless) <= 2  # the page's own run, and the other engine's
    assert page.session_state[state.KEY].shown.trace.error.type == "TimeoutError"
    assert "did not come to its end, so it is not run again" in captions(page)


def test_a_slider_that_leads_to_no_end_leads_back(page: AppTest, asked: list[str]):
    page.session_state["act"] = lambda: state.replace(SLOW)
    page.run()
    asked.clear()
    page.number_input(key="whatif_0_0_number").set_value(50.0).run()
    assert page.session_state[state.KEY].shown.trace.error.type == "TimeoutError"
    assert "it is not run again" in captions(page) and len(asked) <= 2
    assert page.number_input(key="whatif_0_0_number").value == 50.0
    page.button(key="whatif_reset").click().run()
    assert grad(page) == [10.0, 10.0] and page.get("plotly_chart")


def test_while_a_program_runs_no_section_runs_it_too(page: AppTest, asked: list[str], monkeypatch: pytest.MonkeyPatch):
    ended = threading.Event()
    monkeypatch.setattr(jobs, "PATIENCE", 0)
    monkeypatch.setattr(jobs.Job, "make", lambda job: ended.wait(PATIENCE))
    for label in (":material/tune: What if", ":material/fact_check: Check"):
        page.session_state["section"] = label
        page.session_state["act"] = lambda: state.replace("import torch\n# another\n")
        page.run()
        assert not page.exception and not asked
        assert "The program is still running." in captions(page)
    ended.set()


def test_a_slow_program_is_looked_at_in_fewer_places(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probe, "SECONDS", 0.0)
    source = SEED + "# looked at in a hurry\n"
    x = leaf(SEED, "x")
    at, y, slope = whatif.curve_data(source, "numpy", {}, x, 0)
    assert at.tolist() == [-2, 4] and np.allclose(y, 2.5 * (at + 1) ** 2 + 10) and np.allclose(slope, 5 * (at + 1))
    assert [row.element for row in check.rows(source, (), 1e-5, ())] == ["x[0]"]
    monkeypatch.setattr(probe, "SECONDS", 600.0)
    assert len(whatif.curve_data(source, "numpy", {}, x, 0)[0]) == whatif.POINTS  # it was not remembered
    assert [row.element for row in check.rows(source, (), 1e-5, ())] == ["x[0]", "x[1]"]
