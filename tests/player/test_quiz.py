from __future__ import annotations

import json

import numpy as np

import vizgrad
from tests.trace.seed_trace import seed
from vizgrad.player.payload import payload
from vizgrad.trace import Trace, Value
from vizgrad.trace.values import STORED_AS


def asked(trace: Trace, scene: int = 0) -> dict[int, list[dict]]:
    steps = payload(trace)["scenes"][scene]["steps"]
    return {number: step["asks"] for number, step in enumerate(steps) if "asks" in step}


def run(source: str) -> Trace:
    return vizgrad.run(f"import torch\n{source}", isolated=False)


def test_every_gradient_of_the_lesson_is_asked_for() -> None:
    assert [(number, *(q["values"] for q in asks)) for number, asks in asked(seed).items()] == [
        (8, [0.5]),
        (9, [0.5, 0.5]),
        (10, [2.5, 2.5]),
        (11, [10.0, 10.0]),
        (12, [10.0, 10.0]),
        (13, [10.0, 10.0]),
    ]
    assert asked(seed)[9][0]["text"] == "What gradient does SumBackward0 send to y?"
    assert asked(seed)[13][0]["text"] == "What is x.grad after this step?"


def test_the_answers_are_what_the_trace_holds() -> None:
    trace = run(
        "w = torch.tensor([[0.1, 0.3], [0.7, 1.9]], requires_grad=True)\n(w.tanh() @ w).exp().sum().backward()\n"
    )
    for number, asks in asked(trace).items():
        event = trace.events[trace.scenes[0].steps[number - 1].event]
        told = [event.after] if event.kind == "accumulate" else [d.grad for d in event.departures if d is not None]
        for question, value in zip(asks, told, strict=True):
            again = np.array(question["values"], STORED_AS.get(value.dtype, value.dtype)).reshape(question["shape"])
            assert Value.of(again) == value


def test_two_inputs_that_are_the_same_tensor_are_told_apart() -> None:
    texts = [q["text"] for q in asked(run("x = torch.tensor(3., requires_grad=True)\n(x * x).backward()\n"))[4]]
    assert texts == [f"What gradient does MulBackward0 send to x as its input {i}?" for i in (1, 2)]


def test_of_a_large_gradient_only_the_shape_is_asked() -> None:
    (question,) = asked(run("x = torch.ones(9, 9, requires_grad=True)\nx.sum().backward()\n"))[4]
    assert question == {
        "text": "Which shape has the gradient that SumBackward0 sends to x?",
        "shape": [9, 9],
        "values": None,
    }


def test_what_json_has_no_number_for_is_told_in_words() -> None:
    trace = run("x = torch.tensor([0., 1.], requires_grad=True)\ntorch.log(x).sum().backward()\n")
    assert asked(trace)[6][0]["values"] == ["inf", 1.0]
    assert json.dumps(payload(trace), allow_nan=False)
