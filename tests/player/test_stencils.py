from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from vizgrad.api import run
from vizgrad.draw.layout.positions import positions
from vizgrad.draw.model.appearance import looks_at
from vizgrad.draw.model.drawing import drawing
from vizgrad.draw.render.picture import svg_of
from vizgrad.draw.style import INKS
from vizgrad.player.stencils import stencilled, style
from vizgrad.player.text_table import Words

NUMBER = re.compile(r"-?\d*\.?\d+")
SOURCES = {
    "fan-out": "import torch\nx = torch.ones(2, requires_grad=True)\ny = x * x + x.exp()\ny.sum().backward()\n",
    "maps": "import torch\nx = torch.randn(9, 9, requires_grad=True)\n(x @ x).sum().backward()\n",
    "folded": "import torch\nx = torch.ones(3, requires_grad=True)\n"
    "for _ in range(30):\n    x = x.sin()\nx.sum().backward()\n",
    "twice": "import torch\nx = torch.tensor(2., requires_grad=True)\ny = x ** 3\n"
    "(g,) = torch.autograd.grad(y, x, create_graph=True)\ng.backward()\n",
}


@pytest.fixture(scope="module", params=SOURCES)
def both(request: pytest.FixtureRequest) -> tuple[dict[str, Element], dict[str, Element], Element]:
    """Each group as it was drawn, each stencil moved to its place, and the frame."""
    trace = run(SOURCES[request.param], isolated=False)
    scene = trace.scenes[-1]
    plan = drawing(trace, scene)
    svg = svg_of(plan, looks_at(plan, trace, scene, len(scene.steps)), style=False)
    words = Words()
    ids = list(plan.by_id)
    told = stencilled(plan, positions(plan), words)
    drawn = {}
    for group in ElementTree.fromstring(svg.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)).iter("g"):
        if id := group.get("data-node") or group.get("data-edge"):
            drawn[id] = group
    flat = told.parts
    put = {}
    for i in range(0, len(flat), 4):
        place, x, y, stencil = flat[i : i + 4]
        put[ids[place]] = ElementTree.fromstring(words.table[stencil])
        put[ids[place]].set("transform", f"translate({x} {y})")
    return drawn, put, ElementTree.fromstring(told.frame)


def places(group: Element) -> Iterator[tuple[str, float, float]]:
    """Where each shape and text of a group begins and ends, in order."""
    dx, dy = map(float, NUMBER.findall(group.get("transform", "0 0")))
    for part in group:
        if part.tag == "g":
            x, y = map(float, NUMBER.findall(part.attrib["transform"]))
            yield "heat", x + dx, y + dy
        elif part.tag in ("text", "rect"):
            yield part.tag, float(part.attrib["x"]) + dx, float(part.attrib["y"]) + dy
        elif part.tag == "polygon":
            for x, y in list(pairs(part.attrib["points"]))[:3]:
                yield "polygon", x + dx, y + dy
        else:
            for x, y in walked(part.attrib["d"]):
                yield "path", x + dx, y + dy


def pairs(text: str) -> Iterator[tuple[float, float]]:
    numbers = [float(number) for number in NUMBER.findall(text)]
    return zip(numbers[::2], numbers[1::2], strict=True)


def walked(d: str) -> list[tuple[float, float]]:
    """A path's first and last point."""
    at = [0.0, 0.0]
    points = []
    for command, text in re.findall(r"([MClhvc])([^MClhvc]*)", d):
        numbers = [float(number) for number in NUMBER.findall(text)]
        if command in "MC":
            at = numbers[-2:]
        elif command in "lc":
            at = [at[0] + numbers[-2], at[1] + numbers[-1]]
        else:
            at["hv".index(command)] += numbers[0]
        points.append(tuple(at))
    return [points[0], points[-1]]


def test_every_part_stands_where_it_was_drawn(both: tuple) -> None:
    drawn, put, _ = both
    assert set(drawn) == set(put)
    for id, group in drawn.items():
        for (tag, x, y), (own, px, py) in zip(places(group), places(put[id]), strict=True):
            assert (tag, x, y) == (own, pytest.approx(px, abs=0.16), pytest.approx(py, abs=0.16)), id


def test_a_stencil_has_no_text_state_or_paint(both: tuple) -> None:
    _, put, frame = both
    for group in put.values():
        assert not any((part.text or "").strip() for part in group.iter())
        assert not any(re.search(r"\b(?:is|kind)-", part.get("class", "")) for part in group.iter())
        assert not any({"stroke", "fill-opacity", "font-family"} & set(part.attrib) for part in group.iter())
    assert not [g for g in frame.iter() if g.get("data-node") or g.get("data-edge")]


def test_what_is_alike_is_told_once() -> None:
    trace = run(SOURCES["folded"], isolated=False)
    plan = drawing(trace, trace.scenes[0])
    words = Words()
    ids = list(plan.by_id)
    told = stencilled(plan, positions(plan), words)
    boxes = [stencil for place, stencil in zip(told.parts[::4], told.parts[3::4], strict=True) if ids[place][0] == "t"]
    assert len(boxes) == 32
    assert len(set(boxes)) < 10


def test_the_style_says_every_inks_font() -> None:
    for role, ink in INKS.items():
        rule = re.search(rf"\.node > \.ink-{role} {{([^}}]*)}}", style())
        assert rule is not None
        assert f"font-size: {ink.size:g}px" in rule[1]
        assert ("bold" in rule[1]) == ink.bold
