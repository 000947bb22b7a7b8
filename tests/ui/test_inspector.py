"""The inspector tells of a tensor what PyTorch would, and shows the rule as it stands in the core's file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import vizgrad
from vizgrad.explain.rules.source import op_source
from vizgrad.gallery import lessons
from vizgrad.player import component
from vizgrad.present.facts import REASONS, facts
from vizgrad.present.inspector import LONGEST_TEXT, MOST, Inspect, inspected
from vizgrad.ui.sections import gradients, inspector, tabs

from .viewed import recorded

ROOT = Path(__file__).parents[2]
HEAD = "import torch\n"


def of(program: str, name: str, engine: str = "numpy") -> dict[str, str]:
    trace = vizgrad.run(HEAD + program, engine, isolated=False)
    assert trace.error is None, trace.error
    return dict(facts(trace, trace.scenes[-1], trace.end.names[name]))


def test_a_leaf():
    told = of("x = torch.tensor([1., 2.], requires_grad=True)\n(x * x).sum().backward()\n", "x")
    assert told["grad"] == "[2., 4.]" and told["is_leaf"] == "True" and told["grad_fn"] == "None"
    assert told["made"].startswith("line 2: torch.tensor") and "mul" in told["used"]


def test_a_result_with_what_its_node_keeps():
    program = "x = torch.tensor([1., 2.], requires_grad=True)\ny = x ** 2\no = y.sum()\n"
    told = of(program, "y")
    assert told["grad_fn"] == "PowBackward0" and told["next_functions"] == "AccumulateGrad"
    assert sorted(told["saved"].split("\n")) == ["_saved_exponent = 2", "_saved_self = x"]
    freed = of(program + "o.backward()\n", "y")
    assert "_saved_self = x (freed)" in freed["saved"] and freed["gradient that flowed"] == "[1., 1.]"
    assert freed["grad"] == "None"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("a = torch.ones(2)\n", "constant"),
        ("x = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    a = x * 2\n", "no_grad"),
        ("x = torch.ones(2, requires_grad=True)\na = (x * 2).detach()\n", "detach"),
        ("b = torch.ones(2)\na = b * 2\n", "not_tracked"),
    ],
)
def test_why_there_is_no_gradient(program: str, reason: str):
    assert of(program, "a")["no gradient"] == REASONS[reason]


def test_views_and_versions():
    program = "a = torch.zeros(2, 2)\nrow = a[0]\nrow += 1\n"
    assert of(program, "row")["view of"] == "a" and of(program, "row")["version"] == "1"
    assert "changed in place" in of(program, "row")["used"]


@pytest.mark.torch
@pytest.mark.parametrize("lesson", lessons(), ids=lambda one: one.slug)
def test_both_engines_tell_the_same_of_every_tensor_but_for_rounding(lesson):
    def told(engine: str) -> list[list[tuple[str, str]]]:
        trace = vizgrad.run(lesson.source, engine)
        scene = trace.scenes[-1]
        there = trace.at(scene.stop).values
        return [
            [(word, re.sub(r"-?\d+\.?\d*(e-?\d+)?", "#", text)) for word, text in facts(trace, scene, tensor)]
            for tensor in scene.tensors
            if tensor in there
        ]

    assert told("numpy") == told("torch")


@pytest.mark.parametrize("lesson", lessons(), ids=lambda one: one.slug)
def test_every_operation_of_the_lessons_shows_its_own_record(lesson):
    for node in vizgrad.run(lesson.source, isolated=False).nodes:
        found = op_source(node.op, node.name)
        if node.variable is not None or "Function" in lesson.source:
            continue
        assert found is not None, node
        assert found.code in (ROOT / found.file).read_text(encoding="utf-8")
        assert found.code.split("\n")[0] == (ROOT / found.file).read_text(encoding="utf-8").split("\n")[found.line - 1]
        assert found.formulas


def script() -> None:
    import streamlit as st

    from tests.ui.viewed import view
    from vizgrad.ui.sections import inspector

    inspector.render(view(st.session_state["program"]))


def test_the_page_shows_facts_formulae_and_code():
    at = AppTest.from_function(script, default_timeout=60)
    at.session_state["program"] = HEAD + "x = torch.ones(2, requires_grad=True)\ny = torch.exp(x)\n"
    at.run()
    assert not at.exception
    assert "ExpBackward0" in at.get("html")[0].proto.body
    assert at.code[0].value.startswith("exp = op(") and at.latex
    at.selectbox[0].set_value(0).run()
    assert not at.code and "A leaf" in " ".join(c.value for c in at.caption)
    at.session_state["program"] = "1 +"
    at.run()
    assert not at.exception and "Nothing to inspect" in at.caption[0].value


def test_of_a_long_scene_the_newest_tensors_and_the_clicked_one_can_be_chosen():
    trace = recorded(HEAD + f"x = torch.ones(1)\nfor i in range({MOST + 100}): x = x + 1\n")
    found = Inspect(-1, 3).answer(trace)[0]
    assert found.tensor == 3 and len(found.labels) == MOST + 1 and dict(found.facts)["value"] == "[4.]"
    assert Inspect(-1, 10**9).answer(trace)[0].tensor == MOST + 100


def test_long_texts_are_cut():
    told = dict(Inspect(-1).answer(recorded(HEAD + f"x = torch.ones(2)  + {'0 + ' * 4000}0\n"))[0].facts)
    assert all(len(text) <= LONGEST_TEXT + 2 for text in told.values())


def test_the_same_answer_comes_from_a_worker_that_may_open_no_file():
    trace = recorded(HEAD + "x = torch.ones(2, requires_grad=True)\ny = torch.erf(x)\n")
    assert inspected(trace, -1, 1) == Inspect(-1, 1).answer(trace)[0]
    assert inspected(trace, -1, 1).rule.code.startswith("erf = op(")


def studio_script() -> None:
    """The page as `app.py` runs it."""
    from vizgrad.ui import page as studio

    studio.page()


def test_the_tensor_that_was_chosen_is_inspected():
    page = AppTest.from_function(studio_script, default_timeout=60)
    page.session_state[tabs.KEY] = ":material/manage_search: Inspect"
    page.run()
    assert not page.exception, page.exception
    assert page.selectbox(key=inspector.TENSOR).value == 5
    page.session_state[inspector.TENSOR] = 0
    page.run()
    assert not page.exception and page.selectbox(key=inspector.TENSOR).value == 0
    assert "AccumulateGrad, which adds it to .grad" in "".join(e.proto.body for e in page.get("html"))


def test_only_the_open_inspector_asks_for_clicks(monkeypatch: pytest.MonkeyPatch):
    told: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", told)
    assert tabs.is_open(gradients.render) and not tabs.is_open(inspector.render)
    told[tabs.KEY] = ":material/manage_search: Inspect"
    assert tabs.is_open(inspector.render)
    monkeypatch.setattr(component, "did", lambda key: component.Played(picked=3))
    inspector.pick()
    assert told[inspector.TENSOR] == 3
    monkeypatch.setattr(component, "did", lambda key: component.Played())
    inspector.pick()
    assert told[inspector.TENSOR] == 3
