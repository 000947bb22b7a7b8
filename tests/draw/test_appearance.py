import pytest

import vizgrad
from vizgrad.draw import drawing, looks, looks_at
from vizgrad.draw.model.numbers import BLANK, brief, lines

from .traces import ALL, failing, fan_out, in_place, seed, twice


@pytest.mark.parametrize("detail", ["full", "simple", "pytorch"])
@pytest.mark.parametrize("name", ALL)
def test_every_step_shows_what_the_trace_says(name, detail):
    """Each box against `trace.at`, which folds the events from the start; `looks` walks on from step to step."""
    trace = ALL[name]()
    for scene in trace.scenes:
        made = drawing(trace, scene, detail)
        for number, shown in enumerate(looks(made, trace, scene)):
            state = trace.at(scene.events_at(number))
            assert list(shown) == [part.id for part in (*made.boxes, *made.arrows)]
            for box in made.boxes:
                classes, texts = shown[box.id]
                is_made = state.events > box.born
                assert classes[0] == f"kind-{box.kind}" and ("is-made" in classes) == is_made
                assert ("is-ghost" in classes) == (not is_made)
                assert len(texts) == len(box.cells) and all(texts)
                is_newest = box.tensor is not None and state.grad_fn.get(box.tensor) == (
                    None if box.node is None else (box.node, box.output_nr)
                )
                for cell, text in zip(box.cells, texts, strict=True):
                    if cell.what == "value" and is_made and is_newest:
                        assert text == lines(state.values[box.tensor])[cell.line]
                    elif cell.what == "value" and not is_made:
                        assert text == BLANK
                    elif cell.what == "gradient" and is_made and box.kind == "leaf":
                        grad = state.grads.get(box.tensor)
                        assert text == (("None", BLANK)[cell.line > 0] if grad is None else lines(grad)[cell.line])
                    elif cell.what == "gradient" and is_made and (flow := state.flowing.get((box.node, box.output_nr))):
                        assert text == lines(flow)[cell.line]
            for arrow in made.arrows:
                if arrow.slot is not None:
                    passing = state.edges.get((arrow.node, arrow.slot))
                    assert ("is-shown" in shown[arrow.id].classes) == (passing is not None)
                    if passing is not None and shown[arrow.id].texts != (BLANK,):
                        assert shown[arrow.id].texts == (brief(passing),)


@pytest.mark.parametrize("name", ALL)
def test_a_step_looks_the_same_however_it_is_reached(name):
    trace = ALL[name]()
    for scene in trace.scenes:
        made = drawing(trace, scene)
        for number, shown in enumerate(looks(made, trace, scene)):
            assert shown == looks_at(made, trace, scene, number)


def current(trace):
    scene = trace.scenes[-1]
    return [
        [
            id
            for id, look in shown.items()
            if "is-current" in look.classes and not look.classes[0].endswith(("forward", "gradient"))
        ]
        for shown in looks(drawing(trace, scene), trace, scene)
    ]


def test_the_seed_lesson_goes_forth_and_back_one_box_at_a_time():
    assert current(seed) == [
        [],
        *([f"t{i}"] for i in (0, 1, 2, 3, 4, 5)),
        *([f"t{i}"] for i in (5, 5, 4, 3, 2, 1)),
        ["t0"],
    ]


def test_every_step_but_an_error_has_one_current_box():
    for name in ALL:
        trace = ALL[name]()
        for number, ids in enumerate(current(trace)):
            kind = trace.scenes[-1].steps[number - 1].kind if number else "empty"
            assert len(ids) == (0 if kind in ("empty", "error") else 1), (name, number, kind)


def test_the_seed_of_a_backward_pass_stands_at_its_root_before_anything_flows():
    scene = seed.scenes[0]
    step = next(s.number for s in scene.steps if s.kind == "backward")
    shown = looks_at(drawing(seed, scene), seed, scene, step)
    assert shown["t5"].texts[-2:] == ("∂o/∂o", "1.")
    assert shown["t4"].texts[-2:] == ("∂o/∂v₃", BLANK)
    assert "is-visited" not in shown["t5"].classes


def test_contributions_stay_at_a_fan_out_and_others_only_at_their_step():
    trace = fan_out()
    scene = trace.scenes[0]
    end = looks_at(drawing(trace, scene), trace, scene, len(scene.steps))
    assert sorted(look.texts[0] for id, look in end.items() if id.startswith("g:") and "-a" in id) == ["1.", "3.", "3."]
    assert end["g:t2-t1-0"].texts == (BLANK,)
    at = next(s.number for s in scene.steps if s.kind == "vjp")
    assert looks_at(drawing(trace, scene), trace, scene, at)["g:t2-t1-0"].texts == ("1.",)


def test_a_second_pass_begins_with_a_clean_graph_and_adds_to_grad():
    trace = twice()
    scene = trace.scenes[0]
    made = drawing(trace, scene)
    second = [s.number for s in scene.steps if s.kind == "backward"][1]
    start = looks_at(made, trace, scene, second)
    assert "is-visited" not in start["t1"].classes and "is-ghost" in start["g:t2-t1-0"].classes
    assert start["t0"].texts[-1] == "[2., 4.]"
    end = list(looks(made, trace, scene))
    assert end[-2]["t0"].texts[-1] == "[4., 8.]" and end[-1]["t0"].texts[-1] == "None"


def test_the_box_before_an_in_place_operation_keeps_its_value():
    trace = in_place()
    scene = trace.scenes[0]
    end = looks_at(drawing(trace, scene), trace, scene, len(scene.steps))
    assert "[2., 2.]" in end["t1"].texts and "[6., 6.]" in end["t1v1"].texts
    assert end["t1"].texts[-1] == "[3., 3.]" and end["t1v1"].texts[-1] == "[1., 1.]"


def test_an_error_marks_the_tensors_of_its_expression():
    trace = failing()
    scene = trace.scenes[0]
    end = looks_at(drawing(trace, scene), trace, scene, len(scene.steps))
    assert [id for id, look in end.items() if "is-error" in look.classes] == ["t1", "t2"]


def test_a_step_that_is_not_there():
    with pytest.raises(IndexError, match="step 99"):
        looks_at(drawing(seed, seed.scenes[0]), seed, seed.scenes[0], 99)


def stages(source):
    """Every look at every step of a program's last scene, by the id of the box."""
    trace = vizgrad.run("import torch\n" + source)
    assert trace.error is None
    scene = trace.scenes[-1]
    plan = drawing(trace, scene)
    return plan, [{id: look.texts for id, look in stage.items()} for stage in looks(plan, trace, scene)]


def test_an_accumulate_grad_tells_what_was_there_and_what_it_adds():
    plan, shown = stages(
        "w = torch.tensor([1., 2.], requires_grad=True)\nl = (w ** 2).sum()\n"
        "l.backward(retain_graph=True)\nl.backward()"
    )
    (id,) = [box.id for box in plan.boxes if box.kind == "accumulate"]
    told = list(dict.fromkeys((texts[id][2].strip(), texts[id][4].strip()) for texts in shown))
    assert told == [("", ""), ("None", "[2., 4.]"), ("[2., 4.]", "[2., 4.]")]
    assert shown[-1]["t0"][-1] == "[4., 8.]"
    notes = {texts[id][1].strip() + texts[id][3].strip() for texts in shown if not texts[id][2].strip()}
    assert notes == {""} and shown[-1][id][1::2] == ("was", "+")


def test_a_version_follows_each_change_in_place_tracked_or_not():
    _, shown = stages(
        "x = torch.ones(2, requires_grad=True)\ny = x * 2\ny.mul_(3)\nz = y.sum()\nz.backward()\n"
        "with torch.no_grad():\n    x.sub_(x.grad)\n    x.mul_(2)"
    )
    last = shown[-1]
    assert [last[id][3] for id in ("t0", "t1", "t1v1")] == ["(2,) float32 v2", "(2,) float32 v0", "(2,) float32 v1"]
    assert [texts["t0"][3][-2:] for texts in shown].index("v1") == len(shown) - 2


def test_a_hook_is_named_where_it_runs():
    _, shown = stages(
        "def double(g):\n    return g * 2\nx = torch.ones(2, requires_grad=True)\nh = x * x\nh.register_hook(double)\n"
        "h.sum().backward()"
    )
    assert "hook double" in shown[0]["t1"]
    assert not any(text.startswith("hook") for id, texts in shown[-1].items() if id != "t1" for text in texts)
