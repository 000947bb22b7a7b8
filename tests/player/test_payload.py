from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from tests.trace.seed_trace import seed
from vizgrad.api import run
from vizgrad.draw.errors import LayoutError
from vizgrad.draw.model.appearance import looks
from vizgrad.draw.model.drawing import drawing
from vizgrad.explain.steps.explainer import explanations
from vizgrad.player import payload as payload_module
from vizgrad.player import pictures
from vizgrad.player.payload import payload
from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute
from vizgrad.trace import Trace

from .made import failing, printing, syntax_error


@pytest.fixture(scope="module")
def shown() -> dict:
    return payload(seed)


def folded(scene: dict) -> list[dict[str, tuple[str, list[str]]]]:
    """What a player makes of the changes: every element's look at every step."""
    now: dict[str, tuple[str, list[str]]] = {}
    stages = []
    for flat in scene["changes"]:
        for place, look in zip(flat[::2], flat[1::2], strict=True):
            classes, *texts = (scene["texts"][text] for text in scene["looks"][look])
            now[scene["elements"][place]] = (classes, texts)
        stages.append(dict(now))
    return stages


def parts(scene: dict, key: str) -> dict[str, tuple[float, float, str]]:
    """Every element's place in a picture, and the markup of its stencil."""
    flat = scene[key]["parts"]
    return {
        scene["elements"][place]: (x, y, scene["words"][stencil])
        for place, x, y, stencil in zip(flat[::4], flat[1::4], flat[2::4], flat[3::4], strict=True)
    }


def rows(part: tuple[float, float, str]) -> int:
    """How many texts an element has."""
    return sum(1 for _ in ElementTree.fromstring(part[2]).iter("text"))


def test_is_plain_data(shown: dict) -> None:
    assert json.loads(json.dumps(shown)) == shown


def test_changes_add_up_to_the_looks_at_every_step(shown: dict) -> None:
    scene = seed.scenes[0]
    expected = [
        {element: (" ".join(look.classes), list(look.texts)) for element, look in stage.items()}
        for stage in looks(drawing(seed, scene), seed, scene)
    ]
    assert folded(shown["scenes"][0]) == expected


def test_changes_name_only_what_changes(shown: dict) -> None:
    stages = folded(shown["scenes"][0])
    for before, after, changes in zip(stages, stages[1:], shown["scenes"][0]["changes"][1:], strict=False):
        changed = {shown["scenes"][0]["elements"][place] for place in changes[::2]}
        assert changed == {element for element in after if after[element] != before[element]}
        assert changed


def test_every_element_stands_in_the_picture(shown: dict) -> None:
    scene = shown["scenes"][0]
    drawn = parts(scene, "svg")
    assert set(scene["elements"]) == set(drawn)
    for element, (_, texts) in folded(scene)[-1].items():
        assert len(texts) == rows(drawn[element])


def test_the_turned_picture_has_the_same_boxes_arrows_and_rows(shown: dict) -> None:
    scene = shown["scenes"][0]
    upright = payload(seed, direction="TB")["scenes"][0]
    assert parts(upright, "svg") == parts(scene, "turned")
    own, turned = ({element: rows(part) for element, part in parts(scene, key).items()} for key in ("svg", "turned"))
    assert own == turned


def test_steps_say_what_explain_says(shown: dict) -> None:
    scene = shown["scenes"][0]
    for step, said in zip(scene["steps"], explanations(seed, seed.scenes[0]), strict=True):
        assert step["sentence"] == said.sentence
        assert ["".join(scene["words"][place] for place in formula) for formula in step["latex"]] == [
            said.symbols,
            said.numbers,
        ]


def test_steps_are_the_scenes(shown: dict) -> None:
    steps = shown["scenes"][0]["steps"]
    assert [step["kind"] for step in steps] == ["empty", *(step.kind for step in seed.scenes[0].steps)]
    assert steps[0]["span"] is None
    assert steps[1]["span"] == [2, 4, 2, 37]


def test_prints_up_to_each_step_as_javascript_counts() -> None:
    shown = payload(printing())
    text = "y is 20 𝛁\n"
    assert shown["stdout"] == text + "done\n"
    counts = [step["printed"] for step in shown["scenes"][0]["steps"]]
    assert counts[0] == 0
    assert set(counts) == {0, len(text) + 1, len(text) + 1 + len("done\n")}
    assert counts == sorted(counts)


def test_tells_the_error() -> None:
    shown = payload(failing("mat1 and mat2 shapes cannot be multiplied", "Check the shapes."))
    assert shown["error"] == {
        "type": "RuntimeError",
        "message": "mat1 and mat2 shapes cannot be multiplied",
        "hint": "Check the shapes.",
        "span": [3, 4, 3, 20],
    }
    assert shown["scenes"][0]["steps"][-1]["kind"] == "error"


def test_a_program_that_drew_nothing_has_no_picture() -> None:
    for trace in (syntax_error(), Trace(engine="numpy", source="", tensors=(), nodes=(), events=())):
        (scene,) = payload(trace)["scenes"]
        assert scene["svg"] is None
        assert scene["steps"][0]["sentence"]


def test_a_failed_layout_is_told_in_the_pictures_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise LayoutError("The graph is too large to be drawn whole.")

    monkeypatch.setattr(pictures, "positions", fail)
    scene = payload(seed)["scenes"][0]
    assert scene["svg"] is None
    assert scene["problem"] == "The graph is too large to be drawn whole."
    assert len(scene["steps"]) == len(seed.scenes[0].steps) + 1


def test_the_legend_is_about_what_is_shown(shown: dict) -> None:
    classes = {name for stage in folded(shown["scenes"][0]) for look, _ in stage.values() for name in look.split()}
    kinds = {entry["kind"] for entry in shown["scenes"][0]["legend"]}
    saved = {"kind-saved", "kind-saved is-freed"}  # tags on boxes, not parts of their own
    assert saved < kinds
    assert {kind for kind in kinds - saved if kind.startswith("kind-")} == {
        name for name in classes if name.startswith("kind-")
    }


def test_the_legend_tells_the_signs_of_heat_maps_where_there_are_some(shown: dict) -> None:
    def kinds(picture: dict) -> set[str]:
        return {entry["kind"] for entry in picture["scenes"][-1]["legend"]}

    source = "import torch\nx = torch.randn(9, 9, requires_grad=True)\nx.sum().backward()\n"
    assert {"kind-warm", "kind-cool"} < kinds(payload(run(source)))
    assert not {"kind-warm", "kind-cool"} & kinds(shown)


def test_the_legend_tells_of_states_that_occur(shown: dict) -> None:
    states = {entry["kind"] for entry in shown["scenes"][0]["legend"] if entry["kind"].startswith("is-")}
    assert states == {"is-visited", "is-current"}
    forward_only = payload(replace(seed, events=seed.events[:6]))
    assert "is-visited" not in {entry["kind"] for entry in forward_only["scenes"][0]["legend"]}


def test_one_number_changes_the_identity() -> None:
    assert payload(seed)["id"] == payload(seed)["id"]
    assert payload(seed)["id"] != payload(printing())["id"]


@pytest.mark.parametrize(("scene", "step"), [(1, None), (-2, None), (0, 99), (0, -1)])
def test_refuses_scenes_and_steps_that_are_not_there(scene: int, step: int | None) -> None:
    with pytest.raises(IndexError):
        payload(seed, scene, step=step)


def test_is_small(shown: dict) -> None:
    assert size(shown) < 40_000
    assert "<style" not in shown["scenes"][0]["svg"]["frame"]


CHAIN = """import torch
x = torch.randn({}, requires_grad=True)
y = x
for _ in range(97):
    y = torch.sin(y)
y.sum().backward()
"""
NET = """import torch
h = torch.randn({})
for _ in range(17):
    w = torch.randn({}, requires_grad=True)
    h = torch.tanh(h @ w + 1)
(h ** 2).mean().backward()
"""


def size(picture: dict) -> int:
    """Bytes of a payload as it is sent."""
    return len(json.dumps(picture, ensure_ascii=False, separators=(",", ":")).encode())


@pytest.mark.parametrize("shape", ["3", "64", "2, 2", "4, 4", "8, 8", "64, 784", "2, 3, 4"])
def test_a_hundred_boxes_are_small_whatever_their_tensors_size(shape: str) -> None:
    picture = payload(execute(CHAIN.format(shape), "numpy", limits=Limits(seconds=60)))
    assert sum(element.startswith(("t", "a")) for element in picture["scenes"][0]["elements"]) == 100
    assert size(picture) < 400_000


@pytest.mark.parametrize("shape", ["4, 4", "64, 64"])
def test_a_net_of_a_hundred_boxes_is_small(shape: str) -> None:
    picture = payload(execute(NET.format(shape, shape), "numpy", limits=Limits(seconds=60)))
    assert sum(not element.startswith(("f:", "g:")) for element in picture["scenes"][0]["elements"]) > 100
    assert size(picture) < 400_000


def test_heat_maps_are_told_as_codes() -> None:
    (scene,) = payload(run("import torch\nx = torch.randn(9, 9, requires_grad=True)\nx.sum().backward()\n"))["scenes"]
    maps = {scene["elements"][int(place)]: codes for place, codes in scene["maps"].items()}
    (values, gradients) = maps["t0"]
    assert len(values) == len(gradients) == 1
    assert gradients[0] == "/".join(["e" * 8] * 8)
    stencil = parts(scene, "svg")["t0"][2]
    assert "value-0" in stencil and "gradient-0" in stencil
    assert "rim" not in stencil


FIT = """import torch
w = torch.tensor(1., requires_grad=True)
for _ in range(400):
    ((3 * w - 6) ** 2).backward()
"""


def test_scenes_that_are_far_off_do_not_come_along_unless_that_is_asked_for() -> None:
    trace = run(FIT, isolated=False)

    def held(scene: int = -1, **more: int | None) -> list[int]:
        return [one["index"] for one in payload(trace, scene, **more)["scenes"] if one["steps"]]

    assert held() == [399]
    assert held(0) == list(range(payload_module.REACH + 1))
    assert held(0, reach=2) == [0, 1, 2]
    assert len(held(reach=None)) > 2
