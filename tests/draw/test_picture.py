"""The SVG: its boxes never move, nothing is missing, and it is complete by itself."""

import re

import pytest

from vizgrad.draw import dot, drawing, looks_at, style, svg
from vizgrad.draw.layout.dot import FRAME_SIZE, skeleton
from vizgrad.draw.layout.positions import placed

from .reading import read
from .traces import ALL, chain, fan_out, layer, seed


def outlines(trace, **how):
    picture = read(svg(trace, **how, style=False))
    return {id: part.outline for id, part in picture.nodes.items()}, picture.root.attrib["viewBox"], picture


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", ALL)
def test_no_box_and_no_text_moves_from_step_to_step(name, direction):
    trace = ALL[name]()
    scene = trace.scenes[-1]
    first, frame, picture = outlines(trace, step=0, direction=direction)
    for step in range(1, len(scene.steps) + 1):
        boxes, now, other = outlines(trace, step=step, direction=direction)
        assert boxes == first and now == frame
        for id, part in other.nodes.items():
            assert part.places == picture.nodes[id].places
        assert {id: len(part.texts) for id, part in other.edges.items()} == {
            id: len(part.texts) for id, part in picture.edges.items()
        }


def test_no_box_moves_when_the_numbers_change():
    first, frame, _ = outlines(fan_out(3.0))
    for x in (0.0, -1.23456e-12, 1e18, 123.456, float("nan")):
        boxes, now, _ = outlines(fan_out(x))
        assert boxes == first and now == frame


@pytest.mark.parametrize("detail", ["full", "simple", "pytorch"])
@pytest.mark.parametrize("name", ALL)
def test_every_part_is_there_with_its_classes_and_all_its_rows(name, detail):
    trace = ALL[name]()
    scene = trace.scenes[-1]
    made = drawing(trace, scene, detail)
    for step in range(len(scene.steps) + 1):
        picture = read(svg(trace, step=step, detail=detail, style=False))
        shown = looks_at(made, trace, scene, step)
        for found, parts in ((picture.nodes, made.boxes), (picture.edges, made.arrows)):
            assert set(found) == {part.id for part in parts}
            for part in parts:
                assert found[part.id].classes == shown[part.id].classes
                assert found[part.id].texts == shown[part.id].texts


def test_texts_lie_inside_their_boxes_and_apart_from_each_other():
    for make in ALL.values():
        for id, part in outlines(make())[2].nodes.items():
            numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", part.outline)]
            left, right, top, bottom = min(numbers[::2]), max(numbers[::2]), min(numbers[1::2]), max(numbers[1::2])
            assert all(left < float(x) < right and top < float(y) < bottom for x, y in part.places), id
            assert len(set(part.places)) == len(part.places)


def test_boxes_do_not_overlap():
    for make in (*ALL.values(), lambda: chain(12)):
        boxes = []
        for part in outlines(make())[2].nodes.values():
            numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", part.outline)]
            boxes.append((min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])))
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_the_chain_of_the_seed_lesson_lies_straight_and_fits_a_page():
    boxes, frame, _ = outlines(seed)
    middles = set()
    for id in ("t0", "t1", "t2", "t3", "t4", "t5"):
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", boxes[id])]
        middles.add(round((min(numbers[1::2]) + max(numbers[1::2])) / 2))
    assert len(middles) == 1
    assert float(frame.split()[2]) <= 1280


def test_it_stands_alone_and_can_be_heard():
    text = svg(layer())
    root = read(text).root
    assert text.startswith("<svg ") and not any(mark in text for mark in ("<?xml", "<!--", "<title>"))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "Computation graph of loss: 6 tensors and operations"
    assert "prefers-color-scheme: dark" in text and "--vg-gradient" in text
    assert "<style>" not in svg(layer(), style=False)
    assert not re.search(r"\b(?:href|src|onclick)=|url\(|@import|<script", text)


@pytest.mark.parametrize("detail", ["full", "simple", "pytorch"])
@pytest.mark.parametrize("name", ALL)
def test_dot_text_is_laid_out_as_the_picture_is(name, detail):
    trace = ALL[name]()
    picture = drawing(trace, trace.scenes[-1], detail)
    sizes = {box.id: (box.width, box.height) for box in picture.boxes}
    for step in (0, len(trace.scenes[-1].steps) // 2, None):
        text = dot(trace, step=step, detail=detail).source
        # Graphviz in WebAssembly reads no markup: labels of boxes change nothing, those of frames are as large without.
        text = re.sub(r"^(\t\S+ \[)label=<<TABLE.*?</TABLE>> ", r'\1label="" ', text, flags=re.MULTILINE)
        plain = rf'label="\1" fontname={style.MONO} fontsize={FRAME_SIZE:.5f} '
        text = re.sub(r"label=<<TABLE.*?<FONT [^>]*>([^<]*)<.*?</TABLE>> ", plain, text)
        assert placed(text, sizes) == placed(skeleton(picture), sizes)


def test_what_graphviz_is_asked_says_nothing_of_values_and_paint():
    text = skeleton(drawing(seed, seed.scenes[-1]))
    assert not re.search(r"#[0-9a-f]{6}|class=|style=|[1-9]\.,", text)


def test_what_a_node_saved_stands_on_its_box_and_goes_hollow_when_freed():
    tags = {}
    for step in (0, 3, None):
        root = read(svg(seed, step=step, style=False)).root
        groups = {g.attrib["data-node"]: g for g in root.iter() if "data-node" in g.attrib}
        tags[step] = {id: [e.attrib["fill"] for e in g if e.attrib.get("class") == "tag"] for id, g in groups.items()}
    full = "#f7e6ef"
    assert {id: found for id, found in tags[3].items() if found} == {"t2": [full]}
    assert {id: found for id, found in tags[None].items() if found} == {"t2": ["none"]}
    assert read(svg(seed)).nodes["t2"].texts[-2:] == ("saved", "self=v₁")
    assert not [b for b in drawing(seed, seed.scenes[0], "simple").boxes for c in b.cells if c.ink == "tag"]


def test_tags_keep_inside_their_box():
    for make in ALL.values():
        picture = outlines(make())[2]
        for id, part in picture.nodes.items():
            group = next(g for g in picture.root.iter() if g.attrib.get("data-node") == id)
            numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", part.outline)]
            for tag in (e for e in group if e.attrib.get("class") == "tag"):
                assert min(numbers[::2]) < float(tag.attrib["x"])
                assert float(tag.attrib["x"]) + float(tag.attrib["width"]) < max(numbers[::2])
