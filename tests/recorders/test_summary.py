"""Long runs: the first scenes whole, the others lightly, and any of them whole when it is wanted."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute
from vizgrad.trace import Accumulate, Light, Trace, compare

pytest.importorskip("torch")
ENGINES = ("numpy", "torch")
BY_HAND = """
import torch
x = torch.linspace(-1, 1, 8)
y = 3 * x + 1
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for t in range(300):
    loss = ((w * x + b - y) ** 2).mean() + 1
    if t % 50 == 0:
        print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
        w.grad = None
        b.grad = None
print("done", w.item())
"""
OPTIMIZED = """
import torch
torch.manual_seed(1)
x = torch.randn(6, 3)
y = x.sum(dim=1, keepdim=True)
net = torch.nn.Linear(3, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.5)
t = 0
while t < 200:
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(net(x), y)
    loss.backward()
    optimizer.step()
    t += 1
"""
FUNCTION = """
import torch
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i):
        ctx.save_for_backward(i)
        return i ** 3
    @staticmethod
    def backward(ctx, grad):
        i, = ctx.saved_tensors
        return grad * 3 * i ** 2
w = torch.tensor([0.5, 1.5], requires_grad=True)
for t in range(250):
    loss = (Cube.apply(w) - 1).pow(2).sum()
    loss.backward()
    w.data -= 0.01 * w.grad
    w.grad.zero_()
"""
PROGRAMS = {"by hand": BY_HAND, "optimized": OPTIMIZED, "function": FUNCTION}
SCENES = {"by hand": 300, "optimized": 200, "function": 250}
LIMITS = Limits(seconds=60)


@functools.cache
def recorded(name: str, engine: str, scene: int = -1) -> Trace:
    return execute(PROGRAMS[name], engine, scene=scene, limits=LIMITS)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_first_scenes_and_the_last_are_whole(name: str, engine: str) -> None:
    trace = recorded(name, engine)
    assert trace.error is None
    assert len(trace.scenes) == SCENES[name]
    whole = [scene.index for scene in trace.scenes if scene.is_whole]
    first = len(whole) - 1
    assert whole == [*range(first), SCENES[name] - 1]
    assert 3 < first < 120
    assert 0 <= len(trace.scenes[1].steps) - len(trace.scenes[-1].steps) <= 2  # what zeroes gradients for the next one
    assert all(not scene.steps for scene in trace.scenes if not scene.is_whole)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_wanted_scene_is_whole_and_says_what_was_said_lightly(name: str, engine: str) -> None:
    usual, wanted = recorded(name, engine), recorded(name, engine, 150)
    assert wanted.scenes[150].is_whole
    assert not wanted.scenes[149].is_whole
    assert not wanted.scenes[151].is_whole
    assert len(wanted.scenes) == len(usual.scenes)
    ours, light = wanted.course[150], usual.course[150]
    assert [v.array for v in ours.losses] == [v.array for v in light.losses]
    assert ours.norms == pytest.approx(light.norms)
    assert {e.tensor for e in wanted.events[wanted.scenes[150].start :] if isinstance(e, Accumulate)} == set(ours.norms)


@pytest.mark.parametrize("scene", [-1, 150])
@pytest.mark.parametrize("name", PROGRAMS)
def test_both_engines_tell_the_same(name: str, scene: int) -> None:
    found = compare(recorded(name, "numpy", scene), recorded(name, "torch", scene))
    assert found.matches, str(found)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_long_record_survives_json_and_can_be_replayed(name: str, engine: str) -> None:
    trace = recorded(name, engine)
    assert Trace.from_json(trace.to_json()) == trace
    for scene in (trace.scenes[2], trace.scenes[-1]):
        for number, state in enumerate(trace.walk(scene)):
            assert state.values == trace.at(scene.events_at(number)).values


@pytest.mark.parametrize("engine", ENGINES)
def test_values_names_and_text_at_the_end_are_the_programs(engine: str) -> None:
    trace = recorded("by hand", engine)
    assert trace["w"].value == pytest.approx(3.0, abs=1e-3)
    assert trace["loss"].grad_fn == "AddBackward0"
    assert trace["w"].grad is None
    lines = trace.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["0", "50", "100", "150", "200", "250", "done"]
    told = [v.array for point in trace.course for v in point.losses]
    assert np.diff([float(v) for v in told[:50]]).max() <= 0
    assert float(lines[2].split()[1]) == pytest.approx(float(told[100]))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_middle_of_a_loop_resumes_with_the_values_it_has(engine: str) -> None:
    trace = recorded("by hand", engine, 150)
    before = [v.array for v in trace.course[149].losses]
    inside = trace.at(trace.scenes[150].stop)
    w = inside.names["w"]
    assert 2.0 < float(inside.values[w].array) < 3.01
    assert float(trace.course[150].losses[0].array) <= float(before[0])


def test_what_is_left_out_is_said() -> None:
    trace = recorded("by hand", "numpy")
    assert trace.omitted is not None
    assert "of the 300 scenes" in trace.omitted
    assert execute("import torch\nprint(torch.ones(2))").omitted is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fault_late_in_a_loop_ends_the_record_with_its_scene_whole(engine: str) -> None:
    source = BY_HAND.replace("    loss.backward()\n", "    loss.backward()\n    assert t < 220\n")
    trace = execute(source, engine, limits=LIMITS)
    assert trace.error is not None and trace.error.type == "AssertionError"
    assert trace.events[-1] is trace.error
    assert len(trace.scenes) == 221
    assert trace.scenes[-1].steps


@pytest.mark.parametrize("engine", ENGINES)
def test_limits_hold_in_light_scenes(engine: str) -> None:
    for bomb in (
        "torch.ones(10 ** 6, 1) * torch.ones(1, 10 ** 6)",
        "torch.ones(10 ** 5, 10 ** 5)",
        "x.expand(10 ** 6, 8) + 1",
        "(torch.ones(10 ** 4, 1) @ torch.ones(1, 10 ** 4))",
        "x.repeat(10 ** 7)",
    ):
        source = BY_HAND.replace("    loss.backward()\n", f"    loss.backward()\n    if t == 200: {bomb}\n")
        trace = execute(source, engine, limits=LIMITS)
        assert trace.error is not None, bomb
        assert trace.error.type == "MemoryError", (bomb, trace.error)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_huge_scene_is_cut_short_and_says_so(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from vizgrad.program import run
    from vizgrad.recorders.plan import Plan

    monkeypatch.setattr(run, "Plan", functools.partial(Plan, most=500))
    source = "import torch\nx = torch.ones(3, requires_grad=True)\ny = x\nfor i in range(1000):\n    y = y * 1.001\n"
    trace = execute(source + "y.sum().backward()\nprint(x.grad)", engine, limits=LIMITS)
    assert trace.error is None
    (scene,) = trace.scenes
    light = next(e for e in trace.events if isinstance(e, Light))
    assert light.is_rest and len(light.losses) == 1
    assert 200 < len(scene.steps) < 520
    assert trace["x"].grad == pytest.approx(1.001**1000, rel=1e-3)
    assert trace.omitted is not None and "up to its step" in trace.omitted


@pytest.mark.parametrize("engine", ENGINES)
def test_so_is_one_of_which_nothing_is_tracked(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from vizgrad.program import run
    from vizgrad.recorders.plan import Plan

    monkeypatch.setattr(run, "Plan", functools.partial(Plan, most=500))
    source = "import torch\nx = torch.zeros(1)\nfor i in range(1000):\n    x = x + 1\nprint(x)\n"
    trace = execute(source, engine, limits=LIMITS)
    assert trace.error is None and trace.stdout == "tensor([1000.])\n"
    assert len(trace.events) < 520
    assert trace["x"].value.item() == 1000
    assert trace.omitted is not None and "up to its step" in trace.omitted
