"""Long pictures are folded into rows; nothing else about them changes."""

import re
from itertools import pairwise

import pytest

from vizgrad.draw import drawing, svg
from vizgrad.draw.layout.label_placement import Rect
from vizgrad.draw.layout.wrap import WIDEST, fold

from .reading import read
from .tape import Tape
from .traces import chain, seed

NUMBER = re.compile(r"-?\d+\.?\d*")


def numbers(text):
    return [float(n) for n in NUMBER.findall(text)]


def rect(outline):
    found = numbers(outline)
    return Rect(min(found[::2]), min(found[1::2]), max(found[::2]), max(found[1::2]))


def drawn(trace, **how):
    picture = read(svg(trace, **how, style=False))
    frame = [float(n) for n in picture.root.attrib["viewBox"].split()]
    return picture, {id: rect(part.outline) for id, part in picture.nodes.items()}, frame


def along(path):
    """Points on an arrow's line."""
    found = numbers(path)
    points = list(zip(found[::2], found[1::2], strict=True))
    for i in range(0, len(points) - 1, 3):
        a, b, c, d = points[i : i + 4]
        for k in range(21):
            t = k / 20
            u = 1 - t
            w = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
            yield tuple(sum(m * p[axis] for m, p in zip(w, (a, b, c, d), strict=True)) for axis in (0, 1))


def backward_chain(length):
    tape = Tape()
    at = tape.create("x0", [1.0, 2.0])
    for i in range(1, length):
        at = tape.op(
            f"x{i}", f"x{i - 1} * 2", "mul", "MulBackward0", [("self", at), ("other", "2")], [1.0, 2.0],
            lambda g: (2 * g, None),
        )  # fmt: skip
    tape.backward(
        tape.op("s", "x.sum()", "sum", "SumBackward0", [("self", at)], 3.0, lambda g: (g.repeat(2).reshape(2),))
    )
    return tape.trace()


@pytest.mark.parametrize(("length", "rows"), [(8, 2), (16, 3), (40, 7)])
def test_text_of_a_long_chain_is_legible_on_a_wide_page(length, rows):
    picture, boxes, (_, _, width, _) = drawn(backward_chain(length))
    sizes = {float(t.attrib["font-size"]) for t in picture.root.iter() if "font-size" in t.attrib}
    assert max(sizes) == 12
    assert 12 * min(1400 / width, 1) >= 11
    chain_boxes = [boxes[f"t{i}"] for i in range(length + 1)]
    middles = [round((b.top + b.bottom) / 2) for b in chain_boxes]
    assert len(set(middles)) == rows and middles == sorted(middles)
    for a, b in pairwise(chain_boxes):
        assert a.right < b.left or (a.bottom < b.top and b.left < 100)


@pytest.mark.parametrize("length", [8, 16, 40])
def test_arrows_still_join_their_boxes_and_go_through_none(length):
    trace = backward_chain(length)
    picture, boxes, (_, _, width, height) = drawn(trace)
    shift = [
        float(n)
        for n in re.findall(r"-?[\d.]+", next(e for e in picture.root if "transform" in e.attrib).attrib["transform"])
    ]
    for arrow in drawing(trace, trace.scenes[-1]).arrows:
        points = list(along(picture.edges[arrow.id].outline))
        for end, id in ((points[0], (arrow.tail, arrow.head)), (points[-1], (arrow.tail, arrow.head))):
            assert any(
                b.left - 9 <= end[0] <= b.right + 9 and b.top - 9 <= end[1] <= b.bottom + 9
                for b in (boxes[i] for i in id)
            ), arrow.id
        for x, y in points:
            assert 0 <= x + shift[0] <= width and 0 <= y + shift[1] <= height
            for id, b in boxes.items():
                assert not (b.left + 1 < x < b.right - 1 and b.top + 1 < y < b.bottom - 1), (arrow.id, id)
    for b in boxes.values():  # with room for the widest outline
        assert b.left + shift[0] >= 2 and b.right + shift[0] <= width - 2
        assert b.top + shift[1] >= 2 and b.bottom + shift[1] <= height - 2
    seen = list(boxes.values())
    for i, a in enumerate(seen):
        for b in seen[:i]:
            assert a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top


def test_carried_arrows_do_not_cross():
    picture, _, _ = drawn(backward_chain(16))
    carried = [p.outline for id, p in picture.edges.items() if len(numbers(p.outline)) > 40]
    assert len(carried) == 4  # a value and a gradient at each of two turns
    points = [{(round(x), round(y)) for x, y in along(path)} for path in carried]
    for i, a in enumerate(points):
        for b in points[:i]:
            assert not a & b


def test_what_fits_stays_in_one_row_and_so_does_what_goes_down():
    _, boxes, _ = drawn(seed)
    assert len({round((boxes[f"t{i}"].top + boxes[f"t{i}"].bottom) / 2) for i in range(6)}) == 1
    _, boxes, (_, _, width, _) = drawn(chain(16), direction="TB")
    assert width < 500 and len({round(boxes[f"t{i}"].left / 10) for i in range(17)}) <= 3


def test_no_box_moves_from_step_to_step():
    trace = backward_chain(12)
    assert len({tuple(drawn(trace, step=step)[1].values()) for step in (0, 5, 12, 20, None)}) == 1


def test_a_picture_that_no_few_arrows_hold_together_is_left_alone():
    boxes = [Rect(200 * i, 0, 200 * i + 150, 60) for i in range(10)]
    lines = {str(k): [(60 * i + k, 30.0 + k) for i in range(31)] for k in range(9)}
    assert fold(boxes, lines, Rect(-4, -4, 1954, 64)) is None
    few = fold(boxes, {"0": lines["0"]}, Rect(-4, -4, 1954, 64))
    assert few is not None and len(few.rows) == 2
    assert fold(boxes[:7], {}, Rect(-4, -4, WIDEST - 4, 64)) is None


def test_an_arrow_over_several_rows_is_carried_over_each_turn():
    boxes = [Rect(200 * i, 0, 200 * i + 150, 60) for i in range(20)]
    long = [(150 + 3650 * i / 9, 90.0) for i in range(10)]
    made = fold(boxes, {"a": long}, Rect(-4, -4, 3954, 94))
    assert made is not None and len(made.rows) == 3
    line = made.lines["a"].points
    assert line[0][1] < line[-1][1] and (len(line) - 1) % 3 == 0
    levels = [round(y) for _, y in line[::3]]
    assert levels == sorted(levels)
