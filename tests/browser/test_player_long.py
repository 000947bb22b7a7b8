"""A long picture holds only what is near the view, and shows everything rightly all the same."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from vizgrad.draw.model.appearance import looks_at
from vizgrad.draw.model.drawing import drawing
from vizgrad.draw.model.heatmap import cells, drawn
from vizgrad.player.payload import payload
from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute
from vizgrad.trace import Trace, Value

from . import player_file
from .modules import offer
from .player_file import Open

show = player_file.show

LENGTH = 120
SOURCE = f"""import torch
x = torch.ones(2, requires_grad=True)
y = x
for _ in range({LENGTH}):
    y = y * 1.5
y.sum().backward()
"""

HELD = """() => [...document.querySelectorAll("[data-node], [data-edge]")].map((g) => [
  g.dataset.node ?? g.dataset.edge,
  [...g.classList].filter((name) => /^(is|kind)-/.test(name)).sort(),
  [...g.querySelectorAll("text")].map((text) => text.textContent),
])"""

SEEN = """() => {
  const stage = document.querySelector(".vg-stage").getBoundingClientRect();
  return [...document.querySelectorAll("[data-node].is-current")].map((g) => {
    const { left, right, top, bottom } = g.querySelector(".outline").getBoundingClientRect();
    return left >= stage.left && right <= stage.right && top >= stage.top && bottom <= stage.bottom;
  });
}"""


@pytest.fixture(scope="module")
def long_trace() -> Trace:
    return execute(SOURCE, "numpy", limits=Limits(seconds=60))


def expect_true(page: Page, trace: Trace, step: int) -> list[str]:
    """Everything in the page looks as the trace says; its ids, in their order."""
    scene = trace.scenes[0]
    look = looks_at(drawing(trace, scene), trace, scene, step)
    held = page.evaluate(HELD)
    for id, classes, texts in held:
        assert (classes, texts) == (sorted(look[id].classes), list(look[id].texts)), (step, id)
    return [id for id, _, _ in held]


def test_holds_what_is_near_and_brings_back_the_rest_as_it_is_now(show: Open, long_trace: Trace) -> None:
    page = show(long_trace, reduced_motion="reduce")
    scene = payload(long_trace)["scenes"][0]
    order = [scene["elements"][place] for place in scene["svg"]["parts"][::4]]
    last = len(scene["steps"]) - 1
    met: set[str] = set()
    for key, step in (("End", last), ("Home", 0), ("ArrowRight", 1), ("End", last), ("ArrowLeft", last - 1)):
        page.keyboard.press(key)
        held = expect_true(page, long_trace, step)
        assert 0 < len(held) < len(order) / 2
        assert held == [id for id in order if id in set(held)]  # in the order in which they were drawn
        met |= set(held)
    for step in range(20, last, 20):
        page.get_by_label("Step", exact=True).fill(str(step))
        met |= set(expect_true(page, long_trace, step))
        assert page.evaluate(SEEN) in ([True], [])
    page.keyboard.press("f")
    assert set(expect_true(page, long_trace, step)) >= met


def test_a_short_picture_holds_everything(show: Open) -> None:
    page = show()
    assert {id for id, _, _ in page.evaluate(HELD)} == set(payload(player_file.seed)["scenes"][0]["elements"])


@pytest.mark.parametrize(
    "array",
    [
        np.linspace(-1, 1, 64).reshape(8, 8),
        np.zeros((9, 9)),
        np.array([[np.nan, np.inf], [1.0, -0.3]]),
        np.linspace(0, 5, 40),
    ],
    ids=["signed", "zero", "odd", "vector"],
)
def test_heat_maps_are_drawn_as_in_a_picture_file(browser: Browser, array: np.ndarray) -> None:
    page = browser.new_page()
    offer(page, "picture/heatmap.js", "cells")
    own = page.evaluate(
        """(code) => cells(code).map((p) => ["class", "d", "opacity"].map((name) => p.getAttribute(name)))
          .map(([name, d, opacity]) => [name, d, Number(opacity ?? 1)])""",
        cells(Value.of(array)),
    )
    page.close()
    paths = ElementTree.fromstring(f"<g>{drawn(cells(Value.of(array)))}</g>")
    assert own == [[p.get("class"), re.sub(r"\s+", " ", p.attrib["d"]), float(p.get("opacity", 1))] for p in paths]
