import re

import pytest

import vizgrad
from vizgrad.draw import drawing, svg
from vizgrad.trace import Trace

from .reading import read
from .traces import ALL, broadcast, failing, fan_out, in_place, layer, seed, several_outputs, twice


def parts(trace: Trace, detail: str = "full"):
    made = drawing(trace, trace.scenes[-1], detail)
    return {b.id: b for b in made.boxes}, {a.id: a for a in made.arrows}


def test_the_seed_lesson_has_its_tensors_constants_and_accumulate_grad():
    boxes, arrows = parts(seed)
    assert {id: box.kind for id, box in boxes.items()} == {
        "t0": "leaf", "t1": "op", "t2": "op", "t3": "op", "t4": "op", "t5": "op", "a0": "accumulate",
        "c1-other": "constant", "c2-exponent": "constant", "c3-other": "constant", "c5-other": "constant",
    }  # fmt: skip
    assert [boxes[id].cells[0].text for id in boxes if id[0] == "c"] == ["1", "2", "5", "0.5"]
    assert {id for id in arrows if id[0] == "g"} == {
        "g:t5-t4-0", "g:t4-t3-0", "g:t3-t2-0", "g:t2-t1-0", "g:t1-a0-0", "g:a0-t0-0",
    }  # fmt: skip
    spine = drawing(seed, seed.scenes[0]).spine
    assert spine & set(arrows) == {f"f:t{i}-t{i + 1}-0" for i in range(5)}


def test_a_tensor_used_twice_by_one_operation_has_two_arrows_each_way():
    trace = fan_out()
    _, arrows = parts(trace)
    assert {"f:t0-t1-0", "f:t0-t1-1"} <= set(arrows)
    forth = {id for id, a in arrows.items() if a.kind == "gradient" and a.tail == "t1"}
    assert len(forth) == 2
    assert forth < drawing(trace, trace.scenes[0]).shared


def test_what_needs_no_gradient_says_why_and_gets_no_gradient_arrow():
    boxes, arrows = parts(layer())
    text = {id: " ".join(c.text for c in box.cells) for id, box in boxes.items()}
    assert boxes["t0"].kind == "untracked" and "no gradient (constant)" in text["t0"]
    frozen = next(id for id in text if "frozen" in text[id])
    assert "no gradient (detached)" in text[frozen]
    assert not [a for a in arrows.values() if a.kind == "gradient" and a.head in ("t0", frozen)]
    assert not arrows["f:t0-t3-0"].is_tracked and arrows["f:t1-t3-1"].is_tracked


def test_an_operation_with_several_results_has_a_box_of_its_own():
    boxes, arrows = parts(several_outputs())
    node = next(id for id in boxes if id.startswith("n"))
    assert boxes[node].cells[0].text == "MaxBackward0"
    assert {(a.tail, a.head) for a in arrows.values() if a.kind == "forward"} >= {
        ("t0", node),
        (node, "t1"),
        (node, "t2"),
    }
    assert {(a.tail, a.head) for a in arrows.values() if a.kind == "gradient"} >= {("t1", node), (node, "a0")}
    assert boxes["t2"].kind == "untracked"


def test_a_tracked_in_place_operation_makes_a_second_box_of_the_same_tensor():
    boxes, arrows = parts(in_place())
    assert {"t1", "t1v1"} <= set(boxes)
    assert {"f:t0-t1-0", "f:t1-t1v1-0", "f:t1v1-t2-0"} <= set(arrows)
    assert boxes["t1v1"].version == 1
    assert "y * 3" in boxes["t1v1"].cells[1].text


def test_without_a_backward_pass_there_is_no_gradient_but_the_leaves_own():
    boxes, arrows = parts(failing())
    assert not [a for a in arrows.values() if a.kind == "gradient"]
    told = {id for id, box in boxes.items() if any(c.what == "gradient" for c in box.cells)}
    assert told == {"t0"}


def test_gradients_are_named_after_the_root_and_grad_stands_on_leaves_only():
    boxes, _ = parts(broadcast())
    note = {id: c.text for id, box in boxes.items() for c in box.cells if c.what == "gradient-note" and c.text}
    assert note == {"t0": ".grad", "t1": ".grad", "t2": "∂/∂shifted", "t3": "∂loss/∂loss"}


def test_simple_leaves_out_machinery_and_pytorch_shows_nothing_else():
    boxes, arrows = parts(seed, "simple")
    assert {box.kind for box in boxes.values()} == {"leaf", "op"}
    assert "g:t1-t0-0" in arrows
    boxes, arrows = parts(seed, "pytorch")
    assert [box.cells[0].text for box in boxes.values()] == [
        "x (2,)", "AddBackward0", "PowBackward0", "MulBackward0", "SumBackward0", "MulBackward0", "AccumulateGrad",
    ]  # fmt: skip
    assert {(a.tail, a.head) for a in arrows.values() if a.kind == "forward"} == {
        ("t0", "a0"), ("a0", "t1"), ("t1", "t2"), ("t2", "t3"), ("t3", "t4"), ("t4", "t5"),
    }  # fmt: skip


def test_data_is_no_part_of_the_graph_that_pytorch_keeps():
    boxes, _ = parts(layer(), "pytorch")
    assert not [box for box in boxes.values() if box.kind in ("untracked", "constant")]


@pytest.mark.parametrize("detail", ["full", "simple", "pytorch"])
@pytest.mark.parametrize("name", ALL)
def test_every_arrow_joins_two_boxes(name, detail):
    boxes, arrows = parts(ALL[name](), detail)
    assert {end for a in arrows.values() for end in (a.tail, a.head)} <= set(boxes)


def test_unknown_words_are_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="detail='all': choose one of full, simple, pytorch"):
        drawing(seed, seed.scenes[0], "all")
    with pytest.raises(ValueError, match="direction='RL': choose one of LR, TB"):
        drawing(seed, seed.scenes[0], direction="RL")


def test_two_passes_share_one_drawing():
    boxes, arrows = parts(twice())
    assert sorted(id for id in arrows if id[0] == "g") == ["g:a0-t0-0", "g:t1-a0-0", "g:t2-t1-0"]
    assert len([b for b in boxes.values() if b.kind == "op"]) == 2


SECOND = """import torch
x = torch.tensor(3.0, requires_grad=True)
y = x ** 3
g, = torch.autograd.grad(y, x, create_graph=True)
p = (g - 1) ** 2
p.backward()
"""


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_what_a_backward_pass_made_stands_apart(engine):
    trace = vizgrad.run(SECOND, engine)
    made = {box.cells[0].text: box.made_by for box in drawing(trace, trace.scenes[-1]).boxes if box.tensor is not None}
    assert {name for name, number in made.items() if number is None} == {"x", "y", "v₃", "p"}
    assert {made[name] for name in made if name not in ("x", "y", "v₃", "p")} == {0} and made["g"] == 0
    picture = read(svg(trace, style=False))
    (frame,) = [e for e in picture.root.iter() if e.attrib.get("class") == "made"]
    left, top = float(frame.attrib["x"]), float(frame.attrib["y"])
    right, bottom = left + float(frame.attrib["width"]), top + float(frame.attrib["height"])
    for box in drawing(trace, trace.scenes[-1]).boxes:
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", picture.nodes[box.id].outline)]
        is_in = left < min(numbers[::2]) and max(numbers[::2]) < right
        is_in = is_in and top < min(numbers[1::2]) and max(numbers[1::2]) < bottom
        assert is_in == (box.made_by == 0), box.id


def test_a_first_order_backward_makes_nothing():
    for make in ALL.values():
        trace = make()
        assert {box.made_by for scene in trace.scenes for box in drawing(trace, scene).boxes} == {None}
