"""The small heat maps: which tensors get one, what it shows, and that it keeps up with the steps."""

import re

import numpy as np
import pytest

import vizgrad
from vizgrad.draw import drawing, looks, svg
from vizgrad.draw.model.heatmap import LEVELS, cells, drawn, is_mapped, size
from vizgrad.trace import Value

from .reading import read
from .traces import layer, seed

TRAINING = """import torch
torch.manual_seed(0)
X = torch.randn(40, 12)
W = torch.randn(12, 9, requires_grad=True)
b = torch.zeros(9, requires_grad=True)
loss = torch.relu(X @ W + b).mean()
loss.backward()
with torch.no_grad():
    W -= 0.5 * W.grad
W.grad = None
"""


def test_signs_and_strengths():
    row = cells(Value.of(np.array([[-2.0, -0.8, 0.0, 0.8, 2.0]])))
    assert row == "EB0be"
    assert cells(Value.of(np.zeros(5))) == "00000"
    assert cells(Value.of(np.array([np.nan, np.inf, 1.0, -1.0, 0.0]))) == "xxeE0"
    assert cells(Value.of(np.full((100, 200), 3.0))) == "/".join(["eeeeeeee"] * 8)
    assert len(cells(Value.of(np.arange(500)))) == 16
    assert cells(Value.of(np.array([True, False, True, True, False]))) == "e0ee0"


@pytest.mark.parametrize("shape", [(5,), (30,), (5, 5), (3, 40), (100, 100), (2, 3, 4), (2, 1, 9, 9), (3000,)])
def test_a_map_has_the_size_of_its_shape(shape):
    assert is_mapped(shape, "float32")
    code = cells(Value.of(np.ones(shape, "float32")))
    width, height = size(shape)
    assert width >= 4 * len(code.split("/")[0]) and height >= 4 * (code.count("/") + 1)
    assert all(letter in LEVELS for letter in code.replace("/", ""))


def test_what_is_written_out_or_empty_has_none():
    for shape in [(), (4,), (4, 4), (0,), (0, 9)]:
        assert not is_mapped(shape, "float32")
    assert not [box for box in drawing(seed, seed.scenes[0]).boxes if box.maps != ((), ())]
    assert "class='heat" not in svg(seed) and 'class="heat' not in svg(seed)


def test_cells_of_one_colour_are_one_path_and_zero_is_the_ground():
    assert drawn("0000/0000").count("<path") == 1
    assert re.findall(r'class="(\w+)', drawn("eE/e0")) == ["rim", "cool", "warm"]
    assert 'd="M0 2h4M0 6h4"' in drawn("eE/e0")


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_every_step_shows_the_map_of_the_value_and_gradient_it_has(engine):
    trace = vizgrad.run(TRAINING, engine=engine)
    assert trace.error is None
    shown_values = set()
    for scene in trace.scenes:
        made = drawing(trace, scene)
        for number, look in enumerate(looks(made, trace, scene)):
            state = trace.at(scene.events_at(number))
            for box in made.boxes:
                names = [n for n in look[box.id].classes if re.match(r"is-(value|gradient)-\d", n)]
                kept = {name.rpartition("-")[0]: int(name.rpartition("-")[2]) for name in names}
                value = state.values.get(box.tensor) if state.events > box.born else None
                if value is None or not box.maps[0]:
                    assert not kept
                    continue
                assert box.maps[0][kept["is-value"]] == cells(value)
                shown_values.add((box.tensor, kept["is-value"]))
                grad = state.grads.get(box.tensor) if box.has_grad else state.flowing.get((box.node, box.output_nr))
                assert ("is-gradient" in kept) == (grad is not None)
                if grad is not None:
                    assert box.maps[1][kept["is-gradient"]] == cells(grad)
    weights = next(b.tensor for b in drawing(trace, trace.scenes[0]).boxes if b.cells[0].text == "W")
    assert {(weights, 0), (weights, 1)} <= shown_values  # before and after it was changed in place


def test_the_picture_holds_every_map_and_shows_one():
    trace = vizgrad.run(TRAINING)
    groups = [g for g in read(svg(trace, style=False)).root.iter() if "data-node" in g.attrib]
    box = next(g for g in groups if "".join(t.text or "" for t in g if t.tag.endswith("text")).startswith("W"))
    layers = [e for e in box if "heat" in e.attrib.get("class", "")]
    assert [e.attrib["class"] for e in layers] == ["heat value-0", "heat value-1", "heat gradient-0"]
    assert ["display" in e.attrib for e in layers] == [True, False, True]  # the newest value, and no .grad any more


def test_maps_lie_inside_their_boxes_and_apart_from_the_text():
    picture = read(svg(layer(), style=False))
    count = 0
    for group in (g for g in picture.root.iter() if "data-node" in g.attrib):
        outline = picture.nodes[group.attrib["data-node"]].outline
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", outline)]
        for map in (e for e in group if "heat" in e.attrib.get("class", "")):
            x, y = (float(n) for n in re.findall(r"-?\d+\.?\d*", map.attrib["transform"]))
            assert min(numbers[::2]) < x and x + 32 < max(numbers[::2])
            assert min(numbers[1::2]) < y and y + 32 < max(numbers[1::2])
            count += 1
    assert count >= 4
