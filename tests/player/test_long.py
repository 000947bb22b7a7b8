"""Long runs: what is shown of them grows no further, and the work for them with their length, not with its square."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable

import pytest

from vizgrad.draw.layout import label_placement
from vizgrad.player.payload import payload
from vizgrad.program.run import execute
from vizgrad.trace.excerpt import ENDS, MOST, TURN

looks = importlib.import_module("vizgrad.draw.model.appearance")  # a function of the room has the same name

START = "import torch\nx = torch.rand(2, requires_grad=True)\ny = x * 1\n"
BACK = "y.sum().backward()\n"
LOOPS: dict[str, Callable[[int], str]] = {
    "a loop": lambda n: f"{START}for i in range({n}): y = y * 2\n{BACK}",
    "lines": lambda n: START + "y = y * x\n" * n + BACK,
    "a function": lambda n: (
        f"{START}def f(a):\n    b = a * 2\n    return b - a\nfor i in range({n // 2}): y = f(y)\n{BACK}"
    ),
    "a loop in a loop": lambda n: f"{START}for i in range({n // 10}):\n    for j in range(10): y = y + x\n{BACK}",
    "one line": lambda n: f"{START}y = sum([x * i for i in range({n // 2})])\n{BACK}",
    "untracked": lambda n: f"import torch\nx = torch.rand(2)\nfor i in range({2 * n}): x = x + 1\n",
    "in place": lambda n: f"{START}for i in range({n}): y.add_(1)\n{BACK}",
    "stacked": lambda n: f"{START}y = torch.stack([x * i for i in range({n})])\n{BACK}",
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_long_scene_is_shown_in_part(name: str):
    trace = execute(LOOPS[name](3 * MOST // 2), "numpy")
    assert trace.error is None
    shown = payload(trace)
    scene = shown["scenes"][shown["scene"]]
    steps = scene["steps"]
    assert 2 * ENDS <= len(steps) - 1 <= 2 * (ENDS + TURN)
    told = [step["sentence"] for step in steps if "steps are left out" in step["sentence"]]
    assert told and not any("cannot be" in step["sentence"] for step in steps)
    whole = len(trace.scenes[-1].steps)
    assert f"{len(steps) - 1:,} of {whole:,} steps" in scene["title"]
    assert steps[-1]["kind"] == trace.scenes[-1].steps[-1].kind
    assert len(json.dumps(shown)) < 4_000_000


def test_a_step_in_a_gap_opens_what_is_shown_before_it():
    trace = execute(LOOPS["a loop"](3 * MOST), "numpy")
    whole = len(trace.scenes[-1].steps)
    assert payload(trace, step=ENDS)["step"] == ENDS
    assert payload(trace, step=ENDS + 5)["step"] == ENDS
    assert payload(trace, step=whole)["step"] == len(payload(trace)["scenes"][-1]["steps"]) - 1


def test_a_scene_of_a_blackboard_is_shown_whole():
    trace = execute(LOOPS["a loop"](400), "numpy")
    scene = payload(trace)["scenes"][-1]
    assert len(scene["steps"]) == len(trace.scenes[-1].steps) + 1 and "of" not in scene["title"].split(",")[-1]


@pytest.mark.parametrize("name", LOOPS)
def test_work_grows_with_the_length(name: str, monkeypatch: pytest.MonkeyPatch):
    """The looks that are made and the places that are tried for a scene twice as long are about twice as many."""
    counted = [0]
    real_box, real_near = looks.Stage._box, label_placement.Places._near

    def box(self: object, *given: object) -> object:
        counted[0] += 1
        return real_box(self, *given)  # type: ignore[arg-type]

    def near(self: label_placement.Places, *given: object) -> list[object]:
        found = real_near(self, *given)  # type: ignore[arg-type]
        counted[0] += len(found)
        return found  # type: ignore[return-value]

    monkeypatch.setattr(looks.Stage, "_box", box)
    monkeypatch.setattr(label_placement.Places, "_near", near)
    work = []
    for length in (150, 300):
        counted[0] = 0
        payload(execute(LOOPS[name](length), "numpy"))
        work.append(counted[0])
    assert work[1] < 3 * work[0]
