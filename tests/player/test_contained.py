"""A fault of ours stays in its place: each is planted here, and everything else must be as it was without it."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from typing import Any

import pytest

from vizgrad.draw.errors import LayoutError
from vizgrad.draw.model import builder, heatmap
from vizgrad.draw.model import drawing as scene
from vizgrad.explain import history
from vizgrad.explain.rules import classify
from vizgrad.explain.rules import rule as rules
from vizgrad.explain.steps import explainer, forward
from vizgrad.explain.steps import other as stage
from vizgrad.player import payload as payload_module
from vizgrad.player import pictures, views
from vizgrad.player.payload import payload
from vizgrad.player.standalone import html
from vizgrad.program.run import execute
from vizgrad.trace import Notation, Trace

SOURCE = """import torch
x = torch.ones(2, requires_grad=True)
w = torch.ones(2, 9, requires_grad=True)
y = 5 * (x + 1) ** 2
o = torch.sum(y) + (w * 2).sum()
o.backward()
"""


looks = importlib.import_module("vizgrad.draw.model.appearance")  # a function of the room has the same name


class Planted(Exception):
    """A fault that no code of ours knows."""


@pytest.fixture(scope="module")
def trace() -> Trace:
    return execute(SOURCE, "numpy")


@pytest.fixture(scope="module")
def whole(trace: Trace) -> dict[str, Any]:
    return payload(trace)["scenes"][0]


def failing(real: Callable[..., Any] | None = None, when: Callable[..., bool] = lambda *_: True) -> Callable[..., Any]:
    """A function that fails, always or where `when` says so of its arguments; elsewhere it does what `real` does."""

    def planted(*args: Any, **options: Any) -> Any:
        if real is None or when(*args):
            raise Planted("planted")
        return real(*args, **options)

    return planted


def shown(trace: Trace, caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """The scene as it is with a fault, which must be in the log with its traceback and nowhere on the page."""
    with caplog.at_level(logging.ERROR, "vizgrad"):
        page, data = html(trace), payload(trace)
    assert "planted" not in page and "Planted" not in page
    assert "planted" not in str(data) and "Planted" not in str(data)
    assert any(r.name == "vizgrad" and r.exc_info and r.exc_info[0] is Planted for r in caplog.records)
    return data["scenes"][0]


def sentences(scene: dict[str, Any]) -> list[str]:
    return [step["sentence"] for step in scene["steps"]]


def formulae(scene: dict[str, Any]) -> list[list[str]]:
    return [["".join(scene["words"][place] for place in part) for part in step["latex"]] for step in scene["steps"]]


def texts(scene: dict[str, Any]) -> dict[str, list[str]]:
    """What each box and arrow says at the last step."""
    now: dict[str, list[str]] = {}
    for flat in scene["changes"]:
        for place, look in zip(flat[::2], flat[1::2], strict=True):
            now[scene["elements"][place]] = [scene["texts"][text] for text in scene["looks"][look][1:]]
    return now


def differing(one: list[Any], other: list[Any]) -> list[int]:
    assert len(one) == len(other)
    return [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]


def test_one_step_that_cannot_be_explained(trace, whole, monkeypatch, caplog):
    place = next(i for i, step in enumerate(whole["steps"]) if step["kind"] == "create")
    monkeypatch.setattr(stage, "create", failing(stage.create, lambda event, *_: event.tensor == 0))
    found = shown(trace, caplog)
    assert differing(sentences(found), sentences(whole)) == [place]
    assert found["steps"][place]["sentence"] == explainer.UNEXPLAINED.format("create")
    assert texts(found) == texts(whole)


def test_every_step_that_cannot_be_explained(trace, whole, monkeypatch, caplog):
    monkeypatch.setattr(explainer.Explainer, "_explained", failing())
    found = shown(trace, caplog)
    assert all("cannot be explained" in sentence for sentence in sentences(found))
    assert (texts(found), found["svg"]["frame"]) == (texts(whole), whole["svg"]["frame"])
    assert sum(bool(record.exc_info) for record in caplog.records) < len(found["steps"])


def test_explaining_as_a_whole(trace, whole, monkeypatch, caplog):
    monkeypatch.setattr(payload_module, "explanations", failing())
    found = shown(trace, caplog)
    assert all("cannot be explained" in sentence for sentence in sentences(found))
    assert texts(found) == texts(whole)


def test_a_formula(trace, whole, monkeypatch, caplog):
    monkeypatch.setattr(forward, "_formulae", failing(forward._formulae, lambda made, *_: made.event.op == "pow"))
    found = shown(trace, caplog)
    (place,) = differing(sentences(found), sentences(whole))
    assert found["steps"][place]["sentence"] == f"{whole['steps'][place]['sentence']} Its formula cannot be shown."
    assert formulae(found)[place] == ["", ""]
    assert differing(formulae(found), formulae(whole)) == [place]


def test_a_rule(trace, whole, monkeypatch, caplog):
    """What came in and what went out is still told."""
    real = classify.find_out
    monkeypatch.setattr(
        "vizgrad.explain.steps.backward_node.find_out", failing(real, lambda rule, *_: rule.op.name.startswith("pow"))
    )
    found = shown(trace, caplog)
    (place,) = differing(sentences(found), sentences(whole))
    assert "PowBackward0 turns the gradient of" in found["steps"][place]["sentence"]
    assert "cannot be shown in full" in found["steps"][place]["sentence"]
    assert r"\mapsto" in formulae(found)[place][1]


def test_what_went_before(trace, whole, monkeypatch, caplog):
    monkeypatch.setattr(
        history.History, "_meet", failing(history.History._meet, lambda self, i, e: e.kind == "backward")
    )
    found = shown(trace, caplog)
    forward_steps = [i for i, step in enumerate(whole["steps"]) if step["kind"] in ("empty", "create", "forward")]
    assert all(found["steps"][i]["sentence"] == whole["steps"][i]["sentence"] for i in forward_steps)
    assert texts(found) == texts(whole)


def test_a_symbolic_call_of_an_unknown_kind(trace, whole, monkeypatch):
    """That an operation cannot be written as a formula is no fault: it is written as a call."""
    monkeypatch.setattr(rules, "call", lambda *_: None)
    assert sentences(payload(trace)["scenes"][0]) == sentences(whole)


@pytest.mark.parametrize("name", ["expression", "name"])
def test_notation(name, trace, whole, monkeypatch, caplog):
    """One tensor that cannot be named or written: what speaks of others is as it was."""
    tensor = max(t.id for t in trace.tensors if t.shape == (2,))
    monkeypatch.setattr(Notation, name, failing(getattr(Notation, name), lambda self, t: t == tensor))
    found = shown(trace, caplog)
    changed = differing(sentences(found), sentences(whole))
    assert 0 < len(changed) < len(found["steps"]) / 2
    assert found["svg"] is not None
    boxes = {id for id, told in texts(found).items() if told != texts(whole).get(id)}
    assert f"t{tensor}" in boxes or name == "name"
    assert len(boxes) <= 4


def test_a_box_whose_rows_cannot_be_made(trace, whole, monkeypatch, caplog):
    real = builder.tensor_rows
    monkeypatch.setattr(builder, "tensor_rows", failing(real, lambda record, *_: record.id == 0))
    found = shown(trace, caplog)
    assert texts(found)["t0"] == ["x: cannot be shown"]
    assert {id for id, told in texts(found).items() if told != texts(whole)[id]} == {"t0"}
    assert sentences(found) == sentences(whole)


def test_an_event_that_cannot_be_drawn(trace, whole, monkeypatch, caplog):
    monkeypatch.setattr(
        builder.Builder, "_forward", failing(builder.Builder._forward, lambda self, i, e: e.op == "pow")
    )
    found = shown(trace, caplog)
    power = next(e.outputs[0] for e in trace.events if e.kind == "forward" and e.op == "pow")
    assert set(texts(whole)) - set(texts(found)) >= {f"t{power}"} and "t0" in texts(found)
    assert found["svg"] is not None and sentences(found) == sentences(whole)


def test_a_number_in_a_box(trace, whole, monkeypatch, caplog):
    monkeypatch.setattr(looks, "lines", failing(looks.lines, lambda value: value.shape == ()))
    found = shown(trace, caplog)
    assert "not shown" in texts(found)[f"t{trace.end.names['o']}"]
    assert texts(found)["t0"] == texts(whole)["t0"]
    assert sentences(found) == sentences(whole)


def test_a_look(trace, whole, monkeypatch, caplog):
    monkeypatch.setattr(looks.Stage, "_box", failing(looks.Stage._box, lambda self, box, *_: box.id == "t0"))
    found = shown(trace, caplog)
    assert {id for id, told in texts(found).items() if told != texts(whole)[id]} == {"t0"}
    assert texts(found)["t0"][0] == "x"


def test_heat_maps(trace, whole, monkeypatch, caplog):
    assert whole["maps"]
    monkeypatch.setattr(heatmap, "cells", failing())
    found = shown(trace, caplog)
    assert not found["maps"]
    assert (texts(found), sentences(found)) == (texts(whole), sentences(whole))


def test_questions(trace, whole, monkeypatch, caplog):
    assert any("asks" in step for step in whole["steps"])
    monkeypatch.setattr(payload_module, "questions", failing())
    found = shown(trace, caplog)
    assert not any("asks" in step for step in found["steps"])
    assert (texts(found), sentences(found)) == (texts(whole), sentences(whole))


def test_the_legend(trace, whole, monkeypatch, caplog):
    monkeypatch.setattr(views, "entries", failing())
    found = shown(trace, caplog)
    assert (found["legend"], texts(found)) == ([], texts(whole))


@pytest.mark.parametrize("where", [(scene, "shared"), (scene, "spine"), (builder, "with_names")])
def test_what_only_makes_a_picture_nicer(where, trace, whole, monkeypatch, caplog):
    monkeypatch.setattr(*where, failing())
    found = shown(trace, caplog)
    assert found["svg"] is not None and set(texts(found)) == set(texts(whole))


@pytest.mark.parametrize(
    "where", [(views, "drawing"), (views, "changes"), (pictures, "positions"), (pictures, "stencilled")]
)
def test_a_whole_picture(where, trace, whole, monkeypatch, caplog):
    monkeypatch.setattr(*where, failing())
    found = shown(trace, caplog)
    assert (found["svg"], found["problem"]) == (None, pictures.UNDRAWN)
    assert sentences(found) == sentences(whole) and formulae(found) == formulae(whole)


def test_a_layout_that_was_too_much(trace, whole, monkeypatch):
    def late(*_: Any, **__: Any) -> str:
        raise LayoutError("The picture was not ready after 5 seconds.")

    monkeypatch.setattr(pictures, "positions", late)
    found = payload(trace)["scenes"][0]
    assert found["problem"] == "The picture was not ready after 5 seconds."
    assert sentences(found) == sentences(whole)


def test_only_what_is_not_there_is_refused(trace):
    for scene_, step in ((3, None), (0, 10**6), (-2, None)):
        with pytest.raises(IndexError):
            payload(trace, scene_, step=step)
