"""Labels of arrows stand near the middle of their arrow, on no box, and on no label that is seen with them."""

import itertools
import re
from math import dist

import pytest

import vizgrad
from vizgrad.draw import drawing, svg
from vizgrad.draw.layout.label_placement import Places, Rect

from .programs import HEAD, PROGRAMS
from .reading import read
from .test_wrap import along

FLAT = [(0, 0), (30, 0), (60, 0), (90, 0)]


def test_a_label_stands_on_a_long_arrow_and_beside_a_short_one():
    assert Places([]).find("a", FLAT, 20, 10) == (45, 0)
    x, y = Places([]).find("a", FLAT, 80, 10)
    assert x == 45 and 8 <= y <= 10
    x, y = Places([]).find("a", [(0, 0), (0, 10), (0, 20), (0, 30)], 40, 10)
    assert y == 15 and 23 <= abs(x) <= 26


def test_it_keeps_clear_of_boxes_and_of_the_lines_of_others():
    places = Places([Rect(0, 3, 90, 60)])
    assert places.find("a", FLAT, 80, 10)[1] < -7
    places = Places([])
    places.cross("b", [(0, 9), (30, 9), (60, 9), (90, 9)])
    assert places.find("a", FLAT, 80, 10)[1] < -7


def test_only_labels_that_are_seen_together_keep_clear_of_each_other():
    places = Places([])
    first = places.find("a", FLAT, 20, 10, "n1")
    assert places.find("b", FLAT, 20, 10, "n2") == first
    assert places.find("c", FLAT, 20, 10, "n1") != first
    assert places.find("d", FLAT, 20, 10) != first


LOOP = """
x = torch.tensor([1., 2.], requires_grad=True)
s = 0
for i in range(6):
    s = s + x * i
s.sum().backward()
"""


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", [*PROGRAMS, "loop"])
def test_labels_of_a_program(name, direction):
    trace = vizgrad.run(HEAD + (LOOP if name == "loop" else PROGRAMS[name]))
    picture = read(svg(trace, direction=direction, style=False))
    plan = drawing(trace, trace.scenes[-1], direction=direction)
    boxes = []
    for part in picture.nodes.values():
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", part.outline)]
        boxes.append((min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])))
    labels = {}
    for arrow in plan.arrows:
        if not arrow.room:
            continue
        ((x, y),) = picture.edges[arrow.id].places
        x, y, across = float(x), float(y), arrow.room * 6.02
        rect = (x - across / 2, y - 9, x + across / 2, y + 2)
        labels[arrow.id] = rect
        for left, top, right, bottom in boxes:
            assert rect[2] <= left or right <= rect[0] or rect[3] <= top or bottom <= rect[1], arrow.id
        assert min(dist((x, y - 3.5), p) for p in along(picture.edges[arrow.id].outline)) < across / 2 + 60, arrow.id
    for (one, a), (other, b) in itertools.combinations(labels.items(), 2):
        together = one.partition("-")[0] == other.partition("-")[0] or plan.shared & {one, other}
        if together:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (one, other)
