"""Figures for a wall: everything that plotly measures in pixels grows, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from plotly.graph_objects import Figure

import vizgrad
from vizgrad.plots import Curve, Surface, curve, enlarged, gradients, surface, training

LOOP = """import torch
w = torch.tensor([3.0, 1.0], requires_grad=True)
for _ in range(4):
    loss = ((w - 1) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
"""


def figures() -> dict[str, Figure]:
    trace = vizgrad.run(LOOP)
    x = np.linspace(-1.0, 1.0, 3)
    loop = training(trace)
    assert loop is not None
    return {
        "bars": gradients(trace)[0].figure,
        "loop": loop,
        "curve": curve(Curve("x", "y", x, x**2, 2 * x, 1.0, 1.0, 2.0)),
        "surface": surface(Surface(("x", "y"), "z", x, x, np.outer(x, x), (0.5, 0.5), (0.5, 0.5))),
    }


@pytest.fixture(scope="module")
def drawn() -> dict[str, Figure]:
    return figures()


@pytest.mark.parametrize("name", ["bars", "loop", "curve", "surface"])
def test_texts_margins_and_height_grow(drawn: dict[str, Figure], name: str):
    before, after = drawn[name], enlarged(drawn[name], 2.0)
    assert after.layout.height == 2 * before.layout.height
    assert after.layout.template.layout.font.size == 2 * before.layout.template.layout.font.size
    assert after.layout.title.font.size == 2 * before.layout.title.font.size
    assert after.layout.margin.l == 2 * before.layout.margin.l
    assert after.layout.hoverlabel.font.size == 26
    assert before.layout.hoverlabel.font.size is None  # the figure itself is as it was


def test_lines_and_points_grow_and_numbers_do_not(drawn: dict[str, Figure]):
    before, after = drawn["curve"], enlarged(drawn["curve"], 2.0)
    assert after.data[0].line.width == 2 * before.data[0].line.width
    assert after.data[-1].marker.size == 2 * before.data[-1].marker.size
    (x, *_), (same, *_) = (figure.to_dict()["data"] for figure in (before, after))
    assert x["x"] == same["x"] and after.layout.yaxis.range == before.layout.yaxis.range
    bar, larger = drawn["bars"].data[0], enlarged(drawn["bars"], 2.0).data[0]
    assert (larger.width, list(larger.y)) == (bar.width, list(bar.y))  # a bar's width is a share of its place


def test_an_arrow_grows_and_a_scene_keeps_its_numbers_readable(drawn: dict[str, Figure]):
    before, after = drawn["surface"], enlarged(drawn["surface"], 4.0)
    assert after.layout.annotations[0].arrowwidth == 4 * before.layout.annotations[0].arrowwidth
    assert after.layout.annotations[0].x == before.layout.annotations[0].x
    assert after.layout.template.layout.scene.xaxis.tickfont.size == 24
    assert after.layout.scene.camera.eye == before.layout.scene.camera.eye


def test_on_a_desk_a_figure_is_itself(drawn: dict[str, Figure]):
    assert enlarged(drawn["bars"], 1.0) is drawn["bars"]
