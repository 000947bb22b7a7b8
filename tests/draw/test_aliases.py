"""What a loop uses again and again is named beside each use; nothing is lost by it."""

import re

import pytest

import vizgrad
from vizgrad.draw import drawing, looks_at, svg

from .reading import read

HEAD = "import torch\nx = torch.tensor([1., 2.], requires_grad=True)\n"
LOOP = HEAD + "s = 0\nfor i in range(8):\n    s = s + x * i\nloss = s.sum()\nloss.backward()"
RNN = """import torch
torch.manual_seed(0)
W = torch.randn(4, 4, requires_grad=True)
U = torch.randn(3, 4, requires_grad=True)
xs = torch.randn(8, 2, 3)
h = torch.zeros(2, 4)
for t in range(8):
    h = torch.tanh(xs[t] @ U + h @ W)
loss = (h ** 2).mean()
loss.backward()
"""


def plan(source, detail="full"):
    trace = vizgrad.run(source)
    assert trace.error is None
    return trace, drawing(trace, trace.scenes[-1], detail)


@pytest.mark.parametrize("detail", ["full", "simple"])
def test_a_loop_names_its_input_at_each_use_but_the_first(detail):
    _, made = plan(LOOP, detail)
    again = [box for box in made.boxes if box.kind == "again"]
    assert len(again) == 7 and {cell.text for box in again for cell in box.cells} == {"x"}
    from_x = [a for a in made.arrows if a.kind == "forward" and a.tail == "t0"]
    assert len(from_x) == 1
    for box in again:
        (out,) = [a for a in made.arrows if a.tail == box.id]
        (back,) = [a for a in made.arrows if a.head == box.id]
        assert out.head == back.tail == box.beside and back.slot is not None
        assert back.id in made.shared
        assert back.joins == ("t0" if detail == "simple" else next(b.id for b in made.boxes if b.kind == "accumulate"))


def test_contributions_stand_on_their_arrows_and_add_up():
    trace, made = plan(LOOP)
    scene = trace.scenes[-1]
    shown = looks_at(made, trace, scene, len(scene.steps))
    total = 0.0
    for arrow in made.arrows:
        if arrow.id in made.shared and (arrow.joins or arrow.head)[0] == "a":
            (text,) = shown[arrow.id].texts
            total += float(re.findall(r"[\d.]+", text)[0])
    assert total == trace["x"].grad[0] == 28
    (sums,) = [box for box in made.boxes if box.kind == "accumulate"]
    assert sums.cells[0].text == "AccumulateGrad Σ8"


@pytest.mark.parametrize("source", [LOOP, RNN])
def test_every_gradient_that_passes_has_its_arrow(source):
    _, full = plan(source)
    _, bare = plan(source, "pytorch")
    assert not [box for box in bare.boxes if box.kind == "again"]
    passing = lambda made: sorted((a.node, a.slot) for a in made.arrows if a.kind == "gradient" and a.slot is not None)  # noqa: E731
    assert passing(full) == passing(bare)


def test_few_uses_and_near_ones_keep_their_arrows():
    for loop in ("range(2)", "range(3)"):
        _, made = plan(LOOP.replace("range(8)", loop))
        assert not [box for box in made.boxes if box.kind == "again"]
    _, made = plan(HEAD + "y = sum([x * 1, x * 2, x.sin(), x.cos()])\ny.sum().backward()")
    assert len([a for a in made.arrows if a.kind == "forward" and a.tail == "t0"]) + len(
        [box for box in made.boxes if box.kind == "again"]
    ) == len([a for a in made.arrows if a.kind == "gradient" and (a.joins or a.head)[0] == "a"])


@pytest.mark.parametrize("source", [LOOP, RNN])
def test_an_unrolled_loop_is_legible_on_a_wide_page(source):
    trace, _ = plan(source)
    _, _, width, _ = map(float, read(svg(trace, style=False)).root.attrib["viewBox"].split())
    assert 12 * min(1400 / width, 1) >= 11


RESULT = HEAD + "a = x * 2\ns = a\nfor i in range(14):\n    s = s + torch.sin(a * i)\nloss = s.sum()\nloss.backward()"


@pytest.mark.parametrize("detail", ["full", "pytorch"])
def test_a_result_that_is_used_all_over_is_named_too(detail):
    _, made = plan(RESULT, detail)
    again = [box for box in made.boxes if box.kind == "again"]
    assert len(again) >= 8
    assert {cell.text for box in again for cell in box.cells} == {"a" if detail == "full" else "MulBackward0"}
    assert {a.joins for a in made.arrows if a.joins} == {"t1"}


@pytest.mark.parametrize("detail", ["full", "simple", "pytorch"])
@pytest.mark.parametrize("name", ["x", "a"])
def test_a_loop_of_a_thousand_boxes_is_drawn(name, detail):
    source = HEAD + f"a = x * 2\ns = a\nfor i in range(250):\n    s = s + torch.sin({name} * i)\ns.sum().backward()"
    trace, made = plan(source, detail)
    assert len(made.boxes) > 1000 or detail != "full"
    assert svg(trace, detail=detail).count("data-node") == len(made.boxes)
