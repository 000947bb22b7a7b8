"""The section of the charts and the table: what a presenter made is laid out, and what it could not make is told."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from vizgrad.present import charts
from vizgrad.present.charts import Plotted
from vizgrad.present.request import NotPresented
from vizgrad.ui.runs import answers
from vizgrad.ui.sections import gradients

SEED = (
    "import torch\nx = torch.ones(2, requires_grad=True)\ny = 5 * (x + 1) ** 2\n"
    "o = (1/2) * torch.sum(y)\no.backward()\n"
)
TWO = SEED + "w = torch.ones(3, requires_grad=True)\n(7 * w).sum().backward()\n"
LOOP = "import torch\nw = torch.tensor(3.0, requires_grad=True)\nfor i in range(4):\n    (w * w).backward()\n"


def script(program: str, last_good: str | None, is_dark: bool) -> None:
    from vizgrad.ui.runs import results
    from vizgrad.ui.sections import gradients
    from vizgrad.ui.sections.view import View

    result = results.result(program, "numpy")
    before = None if last_good is None else results.run(last_good, "numpy").trace
    gradients.render(View(result, result.shown.scene, "numpy", is_dark, program, before))


def section(program: str, last_good: str | None = None, is_dark: bool = False) -> AppTest:
    at = AppTest.from_function(script, default_timeout=60, args=(program, last_good, is_dark)).run()
    assert not at.exception, at.exception
    return at


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    answers._kept.clear()


def drawn(at: AppTest) -> list[dict]:
    return [json.loads(e.proto.spec) for e in at.get("plotly_chart")]


def table_of(at: AppTest) -> str:
    return "".join(e.proto.body for e in at.get("html"))


def captions(at: AppTest) -> str:
    return " ".join(caption.value for caption in at.caption)


def test_charts_and_table_of_the_seed_lesson():
    at = section(SEED)
    bars, norms = drawn(at)
    assert bars["data"][0]["y"] == [10, 10] and bars["layout"]["meta"] == {"tensor": 0}
    assert norms["layout"]["title"]["text"] == "Norm along the graph" and norms["layout"]["meta"] == {"tensors": True}
    assert [header.value for header in at.subheader] == ["Gradients", "Tensors"]
    assert '<tr data-tensor="0">' in table_of(at) and not at.toggle and not at.caption


def test_the_loop_comes_first():
    assert drawn(section(LOOP))[0]["layout"]["meta"] == {"scenes": True}


def test_the_same_scale_can_be_asked_for_where_there_are_several():
    at = section(TWO)
    assert all("range" not in chart["layout"]["yaxis"] for chart in drawn(at))
    at.toggle(key=gradients.SAME_SCALE).set_value(True).run()
    assert sum(chart["layout"]["yaxis"].get("range") == [-10.5, 10.5] for chart in drawn(at)) == 2


def test_a_dark_page_has_dark_charts():
    light, dark = (drawn(section(SEED, is_dark=is_dark))[0]["layout"]["template"] for is_dark in (False, True))
    assert light != dark


def test_what_has_no_gradient_says_why():
    at = section("import torch\nx = torch.ones(2)\n")
    assert not drawn(at) and "No tensor requires a gradient" in captions(at) and "data-tensor" in table_of(at)


def test_a_program_that_computed_nothing_leaves_the_one_before():
    at = section("1 +", last_good=SEED)
    assert "computed nothing" in captions(at) and len(drawn(at)) == 2 and "data-tensor" in table_of(at)
    assert not section("1 +").main.children


def test_a_chart_that_is_missing_is_told_in_its_place_and_so_is_a_table(monkeypatch: pytest.MonkeyPatch):
    whole = charts.charts

    def without(*anything: object) -> tuple[Plotted, bytes]:
        plotted, bodies = whole(*anything)
        norms = {"norms": json.loads(bodies)["norms"]}
        missing = {"grad_0": "This chart could not be drawn."}
        return Plotted("", 3, plotted.keys, missing, False, None), json.dumps(norms).encode()

    monkeypatch.setattr(charts, "charts", without)
    at = section(SEED)
    assert [chart["layout"]["title"]["text"] for chart in drawn(at)] == ["Norm along the graph"]
    assert captions(at) == "This chart could not be drawn. The table of tensors could not be made."


@pytest.mark.parametrize("body", [b"", b"[]", b'{"grad_0": {"data": 1}}', b"[" * 100_000])
def test_what_is_no_figure_is_told(monkeypatch: pytest.MonkeyPatch, body: bytes):
    plotted = Plotted("<p>a table</p>", 0, ("grad_0",), {}, False, None)
    monkeypatch.setattr(charts, "charts", lambda *anything: (plotted, body))
    assert "This chart cannot be shown." in captions(section(SEED))


def test_what_is_not_presented_is_told(monkeypatch: pytest.MonkeyPatch):
    def refuse(*anything: object) -> None:
        raise NotPresented("This is too large: it was not ready in time.")

    monkeypatch.setattr(charts, "charts", refuse)
    assert captions(section(SEED)) == "This is too large: it was not ready in time."


def test_a_presenter_is_asked_once_for_the_same(monkeypatch: pytest.MonkeyPatch):
    whole, calls = charts.charts, []

    def watched(*anything: object) -> tuple[Plotted, bytes]:
        calls.append(anything)
        return whole(*anything)

    watched.__qualname__ = "charts"
    monkeypatch.setattr(charts, "charts", watched)
    one = drawn(section(SEED))
    assert drawn(section(SEED)) == one and len(calls) == 1
    section(SEED.replace("5 *", "7 *"))
    assert len(calls) == 2
