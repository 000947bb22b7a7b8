"""Records from outside: those of runs are sound, and no other gets through to what would stumble over it."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from vizgrad.explain import explanations
from vizgrad.gallery import lesson, lessons
from vizgrad.player.payload import payload
from vizgrad.program.run import execute
from vizgrad.trace import Trace
from vizgrad.trace.validation import Unsound, check

SEED = lesson("by-hand-and-by-machine").source


def changed(trace: Trace, *path: Any, to: Any) -> Trace:
    """The trace with one entry of its JSON replaced."""
    data = json.loads(trace.to_json())
    at = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return Trace.from_json(json.dumps(data))


@pytest.fixture(scope="module")
def trace() -> Trace:
    return execute(SEED, "numpy")


@pytest.mark.parametrize("slug", [one.slug for one in lessons()])
def test_the_record_of_every_lesson_is_sound(slug: str):
    check(Trace.from_json(execute(lesson(slug).source, "numpy").to_json()))


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import torch\nx = torch.ones(60, 60, requires_grad=True)\n(x * x).mean().backward()\n", "a summary"),
        ("import torch\nx = torch.ones(3)\ny = x[1:]\ny += 1\nx.resize_(2)\n", "views in place"),
        ("import torch\nx = torch.ones(2, requires_grad=True)\nx.foo\n", "an error"),
        (
            "import torch\nx = torch.zeros(2, 0)\ny = torch.tensor([1j])\nz = torch.ones(2, dtype=torch.bfloat16)\n",
            "odd",
        ),
        ("x = 1\n", "nothing"),
    ],
)
def test_so_are_records_of(source: str, what: str):
    check(Trace.from_json(execute(source, "numpy").to_json()))


@pytest.mark.parametrize(
    ("path", "to", "said"),
    [
        (("tensors", 1, "id"), 7, "number 7"),
        (("tensors", 1, "dtype"), "O", "unknown dtype"),
        (("tensors", 1, "shape"), [-1], "impossible shape"),
        (("tensors", 1, "shape"), [2**40, 2**40], "impossible shape"),
        (("tensors", 1, "node"), 99, "node 99, which is not there"),
        (("nodes", 1, "edges", 0), [99, 0], "node 99, which is not there"),
        (("nodes", 1, "edges", 0), [2, 0], "lead in a circle"),
        (("nodes", 0, "name"), "a" * 20_000, "10,000 characters"),
        (("events", 0, "tensor"), 4, "another shape or dtype"),
        (("events", 0, "value", "data"), "AAAA", "another length"),
        (("events", 0, "value", "dtype"), "float64", "another shape or dtype"),
        (("events", 0, "value", "shape"), [2, 10**9], "another shape or dtype"),
        (("events", 3, "inputs", 0, 1), 4, "before it is made"),
        (("events", 0, "span"), [1, -1, 1, 2], "impossible place"),
        (("events", 0, "span"), [9, 0, 1, 2], "impossible place"),
    ],
)
def test_a_contradiction_is_told(trace: Trace, path: tuple[Any, ...], to: Any, said: str):
    with pytest.raises(Unsound, match=said):
        check(changed(trace, *path, to=to))


def test_a_record_of_endless_events_is_refused(trace: Trace):
    data = json.loads(trace.to_json())
    data["events"] += [{"kind": "print", "text": ""}] * 100_001
    with pytest.raises(Unsound, match="the limit is 100,000"):
        check(Trace.from_json(json.dumps(data)))


@pytest.mark.parametrize("slug", ["by-hand-and-by-machine", "in-place-error", "double-backward", "batch-norm"])
def test_whatever_gets_through_can_be_drawn_and_explained(slug: str):
    """Damaged at random places: either refused, or as good as any record."""
    dice = random.Random(slug)
    whole = json.loads(execute(lesson(slug).source, "numpy").to_json())
    outcomes = {"refused": 0, "drawn": 0}
    for _ in range(60):
        data = json.loads(json.dumps(whole))
        damage(data, dice)
        try:
            made = Trace.from_json(json.dumps(data))
            check(made)
        except ValueError:
            outcomes["refused"] += 1
            continue
        payload(made)
        for scene in made.scenes:
            explanations(made, scene)
        outcomes["drawn"] += 1
    assert min(outcomes.values()) > 3, outcomes


def damage(data: Any, dice: random.Random) -> None:
    """Changes one number, text or list somewhere in plain data."""
    places = []

    def walk(at: Any) -> None:
        for key in at if isinstance(at, dict) else range(len(at)):
            places.append((at, key))
            if isinstance(at[key], dict | list):
                walk(at[key])

    walk({"events": data["events"], "tensors": data["tensors"], "nodes": data["nodes"]})
    at, key = dice.choice(places)
    old = at[key]
    match old:
        case bool():
            at[key] = not old
        case int():
            at[key] = dice.choice([old + 1, old - 1, -1, 10**6, 0])
        case str():
            at[key] = dice.choice(["", "x", old + "A", old[:-1], "AAAAAAAA"])
        case list():
            at[key] = dice.choice([[], old[:-1], old * 2, old[::-1]])
        case dict():
            del at[key]
        case None:
            at[key] = dice.choice([0, 1, "x"])
