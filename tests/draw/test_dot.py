import os
import subprocess
import sys
from pathlib import Path

import graphviz
import pytest

import vizgrad
from vizgrad.draw import dot, render, svg
from vizgrad.trace import Trace

from .programs import HEAD, PROGRAMS
from .reading import read
from .traces import ALL, named, seed

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ALL)
def test_golden(name, golden):
    golden(f"{name}.dot", dot(ALL[name]()).source)


@pytest.mark.parametrize("detail", ["simple", "pytorch"])
def test_golden_details(detail, golden):
    golden(f"seed-{detail}.dot", dot(seed, detail=detail).source)


def test_golden_mid_forward(golden):
    golden("seed-step-3.dot", dot(seed, step=3).source)


def test_golden_mid_backward(golden):
    golden("seed-step-9.dot", dot(seed, step=9).source)


VARIANTS = [("full", "LR"), ("full", "TB"), ("simple", "LR"), ("pytorch", "TB")]
runs: dict[tuple[str, str], vizgrad.Trace] = {}


def ran(name, engine):
    if (name, engine) not in runs:
        runs[name, engine] = vizgrad.run(HEAD + PROGRAMS[name], engine)
    assert (runs[name, engine].error is not None) == (name == "error")
    return runs[name, engine]


@pytest.mark.parametrize(("detail", "direction"), VARIANTS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_golden_of_a_program_that_was_run(name, detail, direction, golden):
    made = ran(name, "numpy").dot(detail=detail, direction=direction).source
    golden(f"{name}-{detail}-{direction.lower()}.dot", made)


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_engines_give_the_same_picture_at_every_step(name):
    ours, theirs = ran(name, "numpy"), ran(name, "torch")
    assert len(ours.scenes) == len(theirs.scenes)
    for scene in ours.scenes:
        for detail in ("full", "simple", "pytorch"):
            for step in range(len(scene.steps) + 1):
                assert ours.dot(scene.index, step, detail).source == theirs.dot(scene.index, step, detail).source


def test_the_bytes_are_the_same_in_another_process():
    script = "\n".join(
        (
            "from tests.draw.traces import ALL",
            "from vizgrad.draw import dot",
            "for make in ALL.values(): print(ascii(dot(make()).source))",
        )
    )
    runs = set()
    for number in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": number}
        made = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT, env=environment
        )
        runs.add(made.stdout)
    assert len(runs) == 1


def test_it_is_a_digraph_of_the_graphviz_package():
    assert isinstance(dot(seed), graphviz.Digraph)


HOSTILE = [
    "<b>", "&", '"', "'", r"\N", r"\n\G\T\E\H\L", "é∂x", "a\x00b\x1b", "&lt;", "]]>", "--><script>", "損失", "😀", "\\",
    "a\\", "%s", "\u202e", "\ud800", "<!--", "&#60;", r"\"", "{a|b}", "<<x>>", "∖N",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_the_program_is_never_markup(text):
    picture = read(svg(named(text), style=False))
    assert set(picture.nodes) == {"t0", "t1", "c1-other"}
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    (constant,) = picture.nodes["c1-other"].texts
    assert constant == shown
    assert {e.tag.rpartition("}")[2] for e in picture.root.iter()} <= {"svg", "g", "path", "polygon", "text", "rect"}


@pytest.mark.parametrize("text", HOSTILE)
def test_png_takes_the_same_text(text):
    assert render(named(text), "png").startswith(b"\x89PNG")


def test_scenes_and_steps_that_are_not_there():
    with pytest.raises(IndexError, match="scene 3 of a trace with 1 scenes"):
        dot(seed, scene=3)
    with pytest.raises(IndexError, match="step 40 of a scene with 13 steps"):
        dot(seed, step=40)


def test_a_program_that_made_nothing():
    empty = Trace(engine="numpy", source="", tensors=(), nodes=(), events=())
    assert read(svg(empty)).nodes == {}
