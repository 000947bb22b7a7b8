"""The files of the export menu: each is what its ending says, and one that cannot be made says why."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest

from vizgrad.draw.layout import LayoutError
from vizgrad.gallery import lesson
from vizgrad.program.run import execute
from vizgrad.trace import Trace
from vizgrad.ui import export, state
from vizgrad.ui.opening import Opened

SOURCE = "import torch\nx = torch.ones(2, requires_grad=True)\ny = (3 * x).sum()\ny.backward()\n"


@pytest.fixture(scope="module")
def trace() -> Trace:
    return execute(SOURCE, "numpy")


def by_ending(files: tuple[export.File, ...]) -> dict[str, export.File]:
    return {file.offer.ending: file for file in files}


def test_each_file_is_what_its_ending_says(trace: Trace):
    made = {ending: file.make() for ending, file in by_ending(export.files(trace)).items()}
    assert ElementTree.fromstring(made["svg"]).tag.endswith("svg")
    assert made["png"].startswith(b"\x89PNG") and made["pdf"].startswith(b"%PDF")
    assert made["dot"].decode().startswith("digraph") and b"SumBackward0" in made["dot"]
    assert json.loads(made["json"]) and Trace.from_json(made["json"].decode()).source == SOURCE


def test_nothing_is_made_before_it_is_asked_for(trace: Trace, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> str:
        raise LayoutError("too large to be drawn whole")

    monkeypatch.setattr(export.api.Trace, "png", fail)
    made = by_ending(export.files(trace))
    with pytest.raises(LayoutError, match="too large to be drawn whole"):
        made["png"].make()
    assert all(file.make() for ending, file in made.items() if ending != "png")


def test_a_picture_whose_problem_is_known_says_so(trace: Trace):
    made = by_ending(export.files(trace, problem="too large"))
    assert {ending for ending, file in made.items() if file.problem == "too large"} == {"svg", "png", "pdf"}
    assert made["dot"].make() and made["json"].make()


def test_a_program_that_computed_nothing_has_its_record_only():
    made = by_ending(export.files(execute("import torch\n", "numpy")))
    assert made["svg"].problem == made["dot"].problem == export.NOTHING
    assert not made["json"].problem and made["json"].make()


def test_files_are_named_after_what_they_came_from():
    studio = state.Studio("", "gates")
    assert export.named(studio, lesson("gates")) == ("gates", lesson("gates").title)
    studio.opened = Opened("My run (1).json", "x = 1\n")
    assert export.named(studio, lesson("gates")) == ("my-run-1", "My run (1)")
