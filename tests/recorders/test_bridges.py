"""Both engines tell the same of the same program, and what they tell can be replayed and kept."""

from __future__ import annotations

import functools
import random

import pytest

from tests.recorders.programs import PROGRAMS, run
from vizgrad.trace import Accumulate, Backward, Forward, State, Trace, Vjp, compare

pytest.importorskip("torch")
ENGINES = ("numpy", "torch")
FAULTY = (
    "error in the middle", "backward of a vector", "backward twice", "saved and overwritten", "overwritten in a part",
)  # fmt: skip
recorded = functools.cache(lambda name, engine: run(PROGRAMS[name], engine))


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_engines_tell_the_same(name: str) -> None:
    found = compare(recorded(name, "numpy"), recorded(name, "torch"))
    assert found.matches, str(found)


@pytest.mark.parametrize("name", FAULTY)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_fault_ends_the_record(name: str, engine: str) -> None:
    trace = recorded(name, engine)
    assert trace.error is not None and trace.error.type == "RuntimeError"
    assert [e.kind for e in trace.events].index("error") == len(trace.events) - 1


@pytest.mark.parametrize(
    "name",
    [n for n in PROGRAMS if n not in FAULTY],
)
def test_the_others_run_to_their_end(name: str) -> None:
    for engine in ENGINES:
        assert recorded(name, engine).error is None


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_record_survives_json(name: str, engine: str) -> None:
    trace = recorded(name, engine)
    assert Trace.from_json(trace.to_json()) == trace


def snapshot(state: State) -> dict[str, object]:
    values = {name: getattr(state, name) for name in State.__slots__}
    return {name: repr(sorted(value) if isinstance(value, set) else value) for name, value in values.items()}


@pytest.mark.parametrize("name", PROGRAMS)
def test_any_moment_can_be_gone_to_in_any_order(name: str) -> None:
    trace = recorded(name, "torch")
    forward = [snapshot(trace.at(i)) for i in range(len(trace.events) + 1)]
    order = list(range(len(forward)))
    random.Random(name).shuffle(order)
    for i in [*order[:20], *sorted(order[:20], reverse=True)]:
        assert snapshot(trace.at(i)) == forward[i]
    for scene in trace.scenes:
        for number, state in enumerate(trace.walk(scene)):
            assert snapshot(state) == forward[scene.events_at(number)]


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("engine", ENGINES)
def test_records_refer_to_what_there_is(name: str, engine: str) -> None:
    trace = recorded(name, engine)
    assert [t.id for t in trace.tensors] == list(range(len(trace.tensors)))
    assert [n.id for n in trace.nodes] == list(range(len(trace.nodes)))
    born = [
        o
        for e in trace.events
        for o in (e.outputs if isinstance(e, Forward) else [e.tensor] if e.kind == "create" else [])
    ]
    assert sorted(born) == list(range(len(trace.tensors)))
    for node in trace.nodes:
        assert all(e is None or e.node < node.id for e in node.edges)  # an edge leads to what is older
        assert all(s.tensor is None or 0 <= s.tensor < len(trace.tensors) for s in node.saved)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("engine", ENGINES)
def test_arriving_gradients_are_sums_of_their_contributions(name: str, engine: str) -> None:
    trace = recorded(name, engine)
    hooked = {e.tensor for e in trace.events if e.kind == "hook"}
    for event in trace.events:
        if isinstance(event, Vjp):
            outputs = {t.output_nr: t.id for t in trace.tensors if t.node == event.node}
            for nr, arrival in enumerate(event.arrivals):
                if arrival.grad is not None and arrival.grad.is_whole and outputs.get(nr) not in hooked:
                    total = sum(c.value.array.astype("float64") for c in arrival.contributions)
                    assert total == pytest.approx(arrival.grad.array, rel=1e-5, abs=1e-6)
        elif isinstance(event, Accumulate) and event.delta.is_whole:
            before = 0 if event.before is None else event.before.array
            assert before + event.delta.array == pytest.approx(event.after.array, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "scenes", "backwards"),
    [
        ("seed", 1, 1),
        ("accumulation", 4, 4),
        ("training", 3, 3),
        ("updates by hand", 2, 2),
        ("gradient penalty", 1, 2),
        ("double backward", 1, 2),
        ("two backwards", 1, 2),
        ("retain grad", 1, 2),
        ("forward only", 1, 0),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_scenes(name: str, scenes: int, backwards: int, engine: str) -> None:
    trace = recorded(name, engine)
    assert len(trace.scenes) == scenes
    assert sum(isinstance(e, Backward) for e in trace.events) == backwards


def test_changing_a_number_changes_what_is_told() -> None:
    source = PROGRAMS["seed"]
    for engine in ENGINES:
        found = compare(run(source, engine), run(source.replace("5 *", "6 *"), engine))
        assert any("values" in d.kind for d in found.differences)
        assert any(d.kind.startswith("accumulate") for d in found.differences)
