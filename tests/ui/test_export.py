"""The files of the export menu: each is what its ending says, and one that cannot be made says why."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import msgspec
import pytest

from vizgrad.gallery import lesson
from vizgrad.present.request import NotPresented
from vizgrad.trace import Trace
from vizgrad.ui import session
from vizgrad.ui.files.open import Opened
from vizgrad.ui.header import export
from vizgrad.ui.runs import results
from vizgrad.ui.runs.results import Result

SOURCE = "import torch\nx = torch.ones(2, requires_grad=True)\ny = (3 * x).sum()\ny.backward()\n"


@pytest.fixture
def result() -> Result:
    return results.result(SOURCE, "numpy")


def with_problem(result: Result, problem: str) -> Result:
    """The same, of whose picture something is known already."""
    shown = msgspec.structs.replace(result.shown, problem=problem)
    return Result(result.trace, result.payload, shown)


def by_ending(files: tuple[export.File, ...]) -> dict[str, export.File]:
    return {file.offer.ending: file for file in files}


def test_each_file_is_what_its_ending_says(result: Result):
    made = {ending: file.make() for ending, file in by_ending(export.files(result)).items()}
    assert ElementTree.fromstring(made["svg"]).tag.endswith("svg")
    assert made["png"].startswith(b"\x89PNG") and made["pdf"].startswith(b"%PDF")
    assert made["dot"].decode().startswith("digraph") and b"SumBackward0" in made["dot"]
    assert json.loads(made["json"]) and Trace.from_json(made["json"].decode()).source == SOURCE


def test_nothing_is_made_before_it_is_asked_for_and_why_it_failed_is_kept(
    result: Result, monkeypatch: pytest.MonkeyPatch
):
    def fail(trace: bytes, ending: str, *_: object, **__: object) -> bytes:
        if ending == "png":
            raise NotPresented("too large to be drawn whole")
        return b"made"

    monkeypatch.setattr(export, "exported", fail)
    failed: export.Failed = {}
    made = by_ending(export.files(result, failed=failed))
    with pytest.raises(NotPresented, match="too large to be drawn whole"):
        made["png"].make()
    assert all(file.make() for ending, file in made.items() if ending != "png")
    problems = {ending: file.problem for ending, file in by_ending(export.files(result, failed=failed)).items()}
    assert {ending: why for ending, why in problems.items() if why} == {"png": "too large to be drawn whole"}


def test_a_picture_whose_problem_is_known_says_so(result: Result):
    made = by_ending(export.files(with_problem(result, "too large")))
    assert {ending for ending, file in made.items() if file.problem == "too large"} == {"svg", "png", "pdf"}
    assert made["dot"].make() and made["json"].make()


def test_a_program_that_computed_nothing_has_its_record_only():
    made = by_ending(export.files(results.result("import torch\n", "numpy")))
    assert made["svg"].problem == made["dot"].problem == export.NOTHING
    assert not made["json"].problem and made["json"].make()


def test_files_are_named_after_what_they_came_from():
    studio = session.Studio("", "gates")
    assert export.named(studio, lesson("gates")) == ("gates", lesson("gates").title)
    studio.opened = Opened("My run (1).json", "x = 1\n")
    assert export.named(studio, lesson("gates")) == ("my-run-1", "My run (1)")
