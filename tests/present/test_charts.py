"""Charts and table come from a presenter: bounded, in order, and one that fails takes no other with it."""

from __future__ import annotations

import json

import pytest

from vizgrad import plots
from vizgrad.present import charts, figures, table
from vizgrad.present.charts import Plot, Plotted
from vizgrad.present.request import NotPresented
from vizgrad.program.run import execute

SEED = (
    "import torch\nx = torch.ones(2, requires_grad=True)\ny = 5 * (x + 1) ** 2\n"
    "o = (1/2) * torch.sum(y)\no.backward()\n"
)
LOOP = """import torch
w = torch.tensor(3.0, requires_grad=True)
v = torch.ones(2, requires_grad=True)
for _ in range(4):
    loss = (w - 1) ** 2 + (v * v).sum()
    loss.backward()
"""
MANY = (
    "import torch\nxs = [torch.ones(2, requires_grad=True) for i in range(40)]\nsum(x.sum() for x in xs).backward()\n"
)


def recorded(program: str) -> bytes:
    return execute(program).to_json().encode()


def answered(request: Plot, program: str) -> tuple[Plotted, dict]:
    plotted, body = request.answer(recorded(program))
    return plotted, json.loads(body)


def test_the_figures_of_the_seed_lesson():
    plotted, drawn = answered(Plot(), SEED)
    assert plotted.keys == ("grad_0", "norms") == tuple(drawn)
    assert drawn["grad_0"]["data"][0]["y"] == [10, 10]
    assert drawn["grad_0"]["layout"]["meta"] == {"tensor": 0}  # by which a click leads the player
    assert (plotted.several, plotted.ungraded, plotted.missing, plotted.more) == (False, None, {}, 0)
    assert plotted.table.count("<tr data-tensor=") == 6


def test_a_loop_comes_first_and_each_gradient_before_what_it_is_the_sum_of():
    plotted, drawn = answered(Plot(), LOOP)
    assert plotted.keys == ("training", "grad_0", "sum_0", "grad_1", "sum_1", "norms")
    assert len(drawn["training"]["data"][0]["x"]) == 4 and plotted.several


def test_the_readers_choices_are_heeded():
    light, dark, same, larger = (
        answered(Plot(**chosen), LOOP)[1]["grad_1"]
        for chosen in ({}, {"dark": True}, {"same_scale": True}, {"zoom": 2.0})
    )
    assert light["layout"]["template"] != dark["layout"]["template"]
    assert "range" in same["layout"]["yaxis"] and "range" not in light["layout"]["yaxis"]
    assert larger["layout"]["height"] == 2 * light["layout"]["height"]


def test_the_same_scale_means_nothing_for_one_gradient():
    assert answered(Plot(same_scale=True), SEED)[1] == answered(Plot(), SEED)[1]


def test_the_table_is_that_of_the_scene():
    two = SEED + "p = torch.exp(x).sum()\np.backward()\n"
    first, last, none = (answered(Plot(scene=scene), two)[0].table for scene in (0, -1, 99))
    assert "ExpBackward0" not in first and "ExpBackward0" in last and none == last


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("import torch\nx = torch.ones(2)\n", "No tensor requires a gradient"),
        ("import torch\nx = torch.ones(2, requires_grad=True)\n", "gradients appear after backward()"),
        (SEED + "x.grad = None\n", "at the end of the program"),
    ],
)
def test_why_there_is_no_gradient(program: str, why: str):
    assert why in (answered(Plot(), program)[0].ungraded or "")


def test_a_chart_that_fails_leaves_the_others(monkeypatch: pytest.MonkeyPatch):
    def fail(*anything: object, **more: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(plots, "makeup", fail)
    plotted, drawn = answered(Plot(), LOOP)
    assert set(plotted.missing) == {"sum_0", "sum_1"} and set(drawn) == {"training", "grad_0", "grad_1", "norms"}
    assert plotted.keys == ("training", "grad_0", "sum_0", "grad_1", "sum_1", "norms")
    assert "ZeroDivisionError: planted" in plotted.faults[0] and "planted" not in str(plotted.missing)


def test_a_table_that_fails_leaves_the_charts(monkeypatch: pytest.MonkeyPatch):
    def fail(*anything: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(table, "table", fail)
    plotted, drawn = answered(Plot(), SEED)
    assert plotted.table == "" and plotted.more == 6 and set(drawn) == {"grad_0", "norms"} and plotted.faults


def test_no_more_than_so_many_charts_of_single_tensors():
    plotted, _ = answered(Plot(), MANY)
    assert len(plotted.keys) == charts.MOST + 1 and plotted.keys[-1] == "norms" and not plotted.missing


def test_a_chart_of_too_many_points_and_one_too_many_are_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(figures, "LONGEST", 1000)
    plotted, drawn = answered(Plot(), SEED)
    assert "too many points" in plotted.missing["norms"] and not drawn and plotted.keys == ("grad_0", "norms")
    monkeypatch.undo()
    size = len(json.dumps(answered(Plot(), SEED)[1]["grad_0"]))
    monkeypatch.setattr(charts, "LONGEST", size + 10)
    plotted, drawn = answered(Plot(), SEED)
    assert "too many charts" in plotted.missing["norms"] and set(drawn) == {"grad_0"}


def test_when_the_time_is_up_the_rest_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(charts, "SECONDS", -1.0)
    plotted, drawn = answered(Plot(), SEED)
    assert set(plotted.missing.values()) == {"There was no time left for this chart."} and not drawn
    assert "data-tensor" in plotted.table


def test_a_long_table_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch):
    trace = execute(MANY)
    everything = len(table.rows(trace))
    monkeypatch.setattr(table, "MOST_ROWS", 10)
    short = table.table(trace)
    assert short.html.count("<tr data-tensor=") == 10 and short.more == everything - 10
    monkeypatch.setattr(table, "LONGEST_TABLE", 3000)
    shorter = table.table(trace)
    assert 0 < shorter.html.count("<tr data-tensor=") == everything - shorter.more < 10


def test_a_cell_holds_only_so_much(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table, "LONGEST_TEXT", 20)
    assert "…" in table.table(execute("import torch\nx = torch.arange(50)\n")).html


def test_what_is_no_trace_is_refused():
    with pytest.raises(NotPresented, match="cannot be read"):
        Plot().answer(b'{"format": 1}')


def test_a_worker_gives_the_same():
    trace = recorded(LOOP)
    plotted, body = charts.charts(trace, -1, True, True, 1.5)
    here, there = Plot(-1, True, True, 1.5).answer(trace)
    assert plotted == here and json.loads(body) == json.loads(there)


def test_what_failed_in_a_worker_is_logged_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    made = Plotted("", 1, ("norms",), {"norms": "This chart could not be drawn."}, False, None, ("Traceback: planted",))
    monkeypatch.setattr(charts, "ask", lambda *anything, **more: (made, b"{}"))
    assert charts.charts(b"") == (made, b"{}")
    assert "Traceback: planted" in caplog.text


def test_when_the_time_is_up_a_table_ends():
    trace = execute(MANY)
    cut = table.table(trace, seconds=-1.0)
    assert cut.html.count("<tr data-tensor=") == 1 and cut.more == len(table.rows(trace)) - 1
