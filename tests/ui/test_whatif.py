"""What if an element were another: the run, the plots and the check follow, the program stays as it is."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import vizgrad
from vizgrad.present.request import NotPresented
from vizgrad.program import isolated
from vizgrad.program.outcome import leaves
from vizgrad.program.overrides import WhatIf
from vizgrad.trace import Trace
from vizgrad.ui import session
from vizgrad.ui.runs import answers
from vizgrad.ui.runs import job as jobs
from vizgrad.ui.sections import gradcheck, sampling, whatif
from vizgrad.ui.sections.sampling import Spot
from vizgrad.workers.turns import Busy

PATIENCE = 120
SEED = (
    "import torch\nx = torch.ones(2, requires_grad=True)\ny = 5 * (x + 1) ** 2\n"
    "o = (1/2) * torch.sum(y)\no.backward()\n"
)


def spot(source: str, name: str, place: int) -> Spot:
    return next(Spot(one, place, one.labels()[place]) for one in leaves(vizgrad.run(source)) if one.name == name)


def rows(source: str, elements: dict[int, tuple[float, ...]], step: float, engines: tuple[str, ...]) -> tuple:
    return gradcheck.checked(source, elements, step, engines).rows


def test_a_curve_is_the_function_and_its_derivative():
    x, y, slope = map(np.array, sampling.curve(SEED, "numpy", {}, spot(SEED, "x", 1)))
    assert len(x) == sampling.POINTS and np.all(np.diff(x) > 0)
    assert np.allclose(y, 2.5 * (x + 1) ** 2 + 10, rtol=1e-5) and np.allclose(slope, 5 * (x + 1), rtol=1e-5, atol=1e-5)


def test_a_curve_is_the_same_wherever_its_own_element_is_and_another_for_others():
    first = sampling.curve(SEED, "numpy", {}, spot(SEED, "x", 1))
    assert sampling.curve(SEED, "numpy", {0: (1.0, 9.0)}, spot(SEED, "x", 1)) == first
    assert sampling.curve(SEED, "numpy", {0: (3.0, 1.0)}, spot(SEED, "x", 1))[1][0] == pytest.approx(first[1][0] + 30)


def test_a_surface_has_a_row_for_each_place_of_the_second_element():
    x, y, heights = map(np.array, sampling.surface(SEED, "numpy", {}, spot(SEED, "x", 0), spot(SEED, "x", 1)))
    assert heights.shape == (sampling.GRID, sampling.GRID)
    assert np.allclose(heights, 2.5 * ((x + 1) ** 2 + (y[:, None] + 1) ** 2), rtol=1e-5)
    source = SEED.replace("sum(y)", "sum(y * torch.tensor([1.0, 3.0]))")
    x, y, heights = map(np.array, sampling.surface(source, "numpy", {}, spot(source, "x", 0), spot(source, "x", 1)))
    assert np.allclose(heights, 2.5 * ((x + 1) ** 2 + 3 * (y[:, None] + 1) ** 2), rtol=1e-5)


def test_where_a_program_comes_to_nothing_there_is_no_number():
    source = SEED.replace("o.backward()", "assert x[0] < 2\no.backward()")
    x, y, slope = map(np.array, sampling.curve(source, "numpy", {}, spot(source, "x", 0)))
    assert np.isnan(y[x >= 2]).all() and np.isnan(slope[x >= 2]).all() and np.isfinite(y[x < 2]).all()


@pytest.mark.parametrize("value", [0.0, 1.0, -0.003, 250.0, 1e30, float("inf"), float("nan")])
def test_sliders_have_a_way_to_go(value: float):
    low, high, step = sampling.span(value)
    assert low < high and step > 0 and 20 <= (high - low) / step <= 400


def test_finite_differences_agree_and_say_where_not():
    good = rows(SEED, {}, 1e-5, ("numpy",))
    assert [row.element for row in good] == ["x[0]", "x[1]"]
    assert all(row.error < 1e-8 and row.autograd == row.numpy == 10.0 for row in good)
    assert "agree" in gradcheck.verdict(good)
    coarse = rows(SEED.replace("** 2", "** 3"), {}, 0.1, ("numpy",))
    assert 1e-4 < coarse[0].error < 1e-1
    hooked = SEED.replace("o = ", "y.register_hook(lambda g: g / 2)\no = ")
    assert "They differ at x[0]" in gradcheck.verdict(rows(hooked, {}, 1e-5, ("numpy",)))


@pytest.mark.torch
def test_where_a_number_is_not_finite_nothing_is_compared():
    program = "import torch\nx = torch.tensor([-1.0], requires_grad=True)\ntorch.log(x).sum().backward()\n"
    odd = rows(program, {}, 1e-5, ())
    assert "Nothing to compare at x[0]" in gradcheck.verdict(odd) and "vg-doubtful" in gradcheck.table(odd)


def test_both_engines_stand_beside_each_other():
    row, _ = rows(SEED, {0: (0.5, 1.0)}, 1e-5, ("numpy", "torch"))
    assert row.value == 0.5 and row.numpy == row.torch == 7.5


def script() -> None:
    import streamlit as st

    from vizgrad.ui import page as studio

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
    trace = Trace.from_json(at.session_state[session.KEY].shown.trace)
    return trace.end.grads[trace.end.names["x"]].array.tolist()


def test_a_slider_changes_the_run_and_reset_brings_it_back(page: AppTest):
    source = page.session_state[session.KEY].source
    page.slider(key="whatif_0_0_slider").set_value(2.0).run()
    assert not page.exception
    assert grad(page) == [15.0, 10.0] and page.session_state[session.KEY].source == source
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
    page.session_state["act"] = lambda: session.replace(SEED.replace("5 *", "7 *"))
    page.run()
    assert grad(page) == [14.0, 14.0]


@pytest.mark.parametrize("program", ["", "1 +", "import torch\nx = torch.ones(3)\n"])
def test_where_there_is_nothing_to_change_it_says_so(page: AppTest, program: str):
    for label in (":material/tune: What if", ":material/fact_check: Check"):
        page.session_state["section"] = label
        page.session_state["act"] = lambda: session.replace(program)
        page.run()
        assert not page.exception
        assert any("Nothing to" in c.value for c in page.caption)


SLOW = SEED + "while o.item() > 100:\n    pass\n"
"""Comes to no end where the elements of x are large."""


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that were given to a worker."""
    programs: list[str] = []

    def watch(name: str) -> None:
        whole = getattr(isolated, name)

        def run(source: str, *more: object, **options: object) -> object:
            programs.append(source)
            return whole(source, *more, **options)

        monkeypatch.setattr(isolated, name, run)

    watch("record")
    watch("sample")
    return programs


def captions(at: AppTest) -> str:
    return " ".join(caption.value for caption in at.caption)


@pytest.mark.parametrize("label", [":material/tune: What if", ":material/fact_check: Check"])
def test_a_program_that_comes_to_no_end_is_not_run_again(page: AppTest, asked_for: list[str], label: str):
    endless = SEED.replace("o.backward()", "o.backward()\nwhile True:\n    pass")
    page.session_state["section"] = label
    page.session_state["act"] = lambda: session.replace(endless)
    page.run()
    page.run()
    assert not page.exception
    assert asked_for.count(endless) <= 2  # the page's own run, and the other engine's
    assert page.session_state[session.KEY].shown.shown.error == "TimeoutError"
    assert "did not come to its end, so it is not run again" in captions(page)


def test_a_slider_that_leads_to_no_end_leads_back(page: AppTest, asked_for: list[str]):
    page.session_state["act"] = lambda: session.replace(SLOW)
    page.run()
    page.session_state[session.KEY].check.wait(PATIENCE)  # the other engine has run it, too
    asked_for.clear()
    page.number_input(key="whatif_0_0_number").set_value(50.0).run()
    assert page.session_state[session.KEY].shown.shown.error == "TimeoutError"
    assert "it is not run again" in captions(page) and len(asked_for) <= 2
    assert page.number_input(key="whatif_0_0_number").value == 50.0
    page.button(key="whatif_reset").click().run()
    assert grad(page) == [10.0, 10.0] and page.get("plotly_chart")


def test_while_a_program_runs_no_section_runs_it_too(
    page: AppTest, asked_for: list[str], monkeypatch: pytest.MonkeyPatch
):
    ended = threading.Event()
    monkeypatch.setattr(jobs, "PATIENCE", 0)
    monkeypatch.setattr(jobs.Job, "make", lambda job: ended.wait(PATIENCE))
    for label in (":material/tune: What if", ":material/fact_check: Check"):
        page.session_state["section"] = label
        page.session_state["act"] = lambda: session.replace("import torch\n# another\n")
        page.run()
        assert not page.exception and not asked_for
        assert "The program is still running." in captions(page)
    ended.set()


def in_a_hurry(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """As if there were time for so many runs only."""

    def sample(source: str, engine: str, points: list[WhatIf], seconds: float, most: int) -> isolated.Outcomes | None:
        return whole(source, engine, points[:count], seconds, most=most)

    whole = isolated.sample
    monkeypatch.setattr(isolated, "sample", sample)


def test_a_slow_program_is_looked_at_in_fewer_places(monkeypatch: pytest.MonkeyPatch):
    source = SEED + "# looked at in a hurry\n"
    first, second = spot(source, "x", 0), spot(source, "x", 1)
    in_a_hurry(monkeypatch, 3)
    at, y, _ = map(np.array, sampling.curve(source, "numpy", {}, first))
    assert at.tolist() == [-2, 1, 4] and np.allclose(y, 2.5 * (at + 1) ** 2 + 10)
    made = gradcheck.checked(source, {}, 1e-5, ())
    assert [row.element for row in made.rows] == ["x[0]"] and made.is_cut
    monkeypatch.undo()
    in_a_hurry(monkeypatch, 10)
    x, _, heights = sampling.surface(source, "numpy", {}, first, second)
    assert x == (-2, 1, 4) and heights[0][0] == heights[2][2] - 120 == 5
    monkeypatch.undo()
    st.session_state.pop(answers.CUT)
    assert len(sampling.curve(source, "numpy", {}, first)[0]) == sampling.POINTS  # it was not remembered for everybody
    assert [row.element for row in gradcheck.checked(source, {}, 1e-5, ()).rows] == ["x[0]", "x[1]"]


def test_the_same_reader_does_not_wait_again_for_what_was_cut_short(monkeypatch: pytest.MonkeyPatch):
    source = SEED + "# looked at once\n"
    in_a_hurry(monkeypatch, 3)
    first = sampling.curve(source, "numpy", {}, spot(source, "x", 0))
    monkeypatch.setattr(isolated, "sample", None)
    assert sampling.curve(source, "numpy", {}, spot(source, "x", 0)) == first


@pytest.mark.parametrize("found", [None, 1])
def test_what_cannot_be_sampled_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, found: int | None):
    source = SEED + f"# not looked at {found}\n"
    x = spot(source, "x", 0)
    if found is None:
        monkeypatch.setattr(isolated, "sample", lambda *anything, **more: None)
    else:
        in_a_hurry(monkeypatch, found)
    with pytest.raises(NotPresented, match="ended by force" if found is None else "takes too long"):
        sampling.curve(source, "numpy", {}, x)
    with pytest.raises(NotPresented):
        sampling.surface(source, "numpy", {}, x, spot(source, "x", 1))
    with pytest.raises(NotPresented):
        gradcheck.checked(source, {}, 1e-5, ())


def test_a_server_without_a_place_says_so_and_the_page_stands(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    def busy(*anything: object, **more: object) -> None:
        raise Busy

    page.session_state["act"] = lambda: session.replace(SEED + "# busy\n")
    page.run()
    monkeypatch.setattr(isolated, "sample", busy)
    answers._kept.clear()
    for label in (":material/tune: What if", ":material/fact_check: Check"):
        page.session_state["section"] = label
        page.run()
        assert not page.exception and "Many programs are being run" in captions(page)
