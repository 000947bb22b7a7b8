"""Every kind of box, arrow, state, text and reason that the code can draw stands in a golden."""

import re
from pathlib import Path

import pytest

from vizgrad.api import run
from vizgrad.draw import dot
from vizgrad.draw.model.rows import REASONS
from vizgrad.draw.style import INKS, KINDS
from vizgrad.player.legend import MEANINGS

GOLDEN = Path(__file__).parents[1] / "golden"
LESSONS = sorted((Path(__file__).parents[2] / "vizgrad" / "gallery").glob("[0-9]*.py"))

NODE = re.compile(r'^\t("[^"]*"|\w+) \[label=.* class="kind-(\w+) ', re.MULTILINE)
EDGE = re.compile(r'^\t("[^"]*"|\w+) -> ("[^"]*"|\w+) \[(.*?)class="kind-(\w+)([^"]*)"(.*)\]$', re.MULTILINE)
CLASSES = re.compile(r'class="([^"]*)"')

ARROWS = {
    ("forward", "leaf", "op"),  # an operand
    ("forward", "leaf", "untracked"),  # detached, under no_grad
    ("forward", "leaf", "leaf"),  # a view under no_grad, which PyTorch says requires a gradient
    ("forward", "op", "op"),
    ("forward", "op", "untracked"),
    ("forward", "untracked", "op"),  # data
    ("forward", "untracked", "untracked"),
    ("forward", "constant", "op"),
    ("forward", "constant", "untracked"),
    ("forward", "again", "op"),  # a far use, by name
    ("forward", "again", "untracked"),
    ("forward", "leaf", "accumulate"),  # as torchviz draws them
    ("forward", "accumulate", "op"),
    ("gradient", "op", "op"),
    ("gradient", "op", "leaf"),  # at the detail "simple"
    ("gradient", "op", "accumulate"),
    ("gradient", "op", "again"),
    ("gradient", "accumulate", "leaf"),
}
STATES = {"is-ghost", "is-made", "is-visited", "is-freed", "is-current", "is-error", "is-shown", "is-untracked"}


def arrows(text):
    kinds = {id.strip('"'): kind for id, kind in NODE.findall(text)}
    for a, b, before, kind, _, after in EDGE.findall(text):
        tail, head = (b, a) if "dir=back" in before + after else (a, b)
        yield kind, kinds[tail.strip('"')], kinds[head.strip('"')]


@pytest.fixture(scope="module")
def goldens():
    return {path.name: path.read_text() for path in sorted(GOLDEN.glob("*.dot"))}


def test_kinds_of_boxes(goldens):
    found = {kind for text in goldens.values() for _, kind in NODE.findall(text)}
    assert found == set(KINDS) - {"saved"}  # which is that of tags
    assert found | {"saved"} <= {kind.removeprefix("kind-") for kind in MEANINGS}


def test_kinds_of_arrows(goldens):
    assert {arrow for text in goldens.values() for arrow in arrows(text)} == ARROWS


def test_states(goldens):
    found = {name for text in goldens.values() for names in CLASSES.findall(text) for name in names.split()}
    assert {name for name in found if name.startswith("is-") and not name[-1].isdigit()} == STATES
    assert {"is-value-0", "is-gradient-0"} <= found


def test_inks(goldens):
    everything = "".join(goldens.values())
    assert [role for role, ink in INKS.items() if ink.colour not in everything] == []


def test_reasons(goldens):
    everything = "".join(goldens.values())
    assert [word for word in REASONS.values() if f"no gradient ({word})" not in everything] == []


@pytest.mark.parametrize(
    "mark",
    ["subgraph cluster_made", " v1</FONT>", "dashed", ",dotted", "group=spine", 'STYLE="rounded" BGCOLOR'],
)  # fmt: skip
def test_frames_versions_outlines_tags_and_labels(goldens, mark):
    assert any(mark in text for text in goldens.values())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_lessons_draw_nothing_that_no_golden_shows(lesson):
    trace = run(lesson.read_text(encoding="utf-8"))
    for scene in trace.scenes[:3]:
        for detail in ("full", "simple", "pytorch"):
            text = dot(trace, scene.index, None, detail).source
            assert {kind for _, kind in NODE.findall(text)} <= set(KINDS)
            assert set(arrows(text)) <= ARROWS
