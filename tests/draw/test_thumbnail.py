"""The small picture has the graph's form: what autograd follows, with the names that the program gave."""

from __future__ import annotations

import re

import pytest

import vizgrad
from vizgrad.draw.render.thumbnail import MOST_BOXES, thumbnail


def ran(program: str) -> vizgrad.Trace:
    return vizgrad.run("import torch\n" + program, isolated=False)


def names(svg: str) -> list[str]:
    return re.findall(r">([^<>]+)</text>", svg)


def test_a_box_for_each_followed_tensor_and_an_arrow_for_each_use():
    svg = thumbnail(ran("x = torch.ones(2, requires_grad=True)\ny = 5 * (x + 1) ** 2\no = y.sum()\no.backward()\n"))
    assert names(svg) == ["x", "y", "o"]
    assert svg.count("<rect") == 5 and svg.count("<path") == 4


def test_what_no_gradient_can_reach_is_left_out_unless_there_is_nothing_else():
    aside = "free = torch.ones(2)\nother = free * 2\n"
    assert names(thumbnail(ran(aside + "w = torch.ones(2, requires_grad=True)\nloss = (w * free).sum()\n"))) == [
        "free",
        "w",
        "loss",
    ]
    assert "other" in names(thumbnail(ran(aside)))


def test_dark_has_colours_of_its_own_and_a_large_graph_is_cut():
    trace = ran("x = torch.ones(2, requires_grad=True)\nfor i in range(100):\n    x = x * 2\n")
    assert thumbnail(trace).count("<rect") == MOST_BOXES
    assert thumbnail(trace, dark=True) != thumbnail(trace)
    with pytest.raises(IndexError):
        thumbnail(trace, 9)
