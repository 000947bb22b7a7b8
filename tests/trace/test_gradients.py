"""What events tell of numbers is what a whole state would tell."""

from __future__ import annotations

import numpy as np
import pytest

import vizgrad
from vizgrad.gallery import Lesson, lessons
from vizgrad.trace.gradients import arrived, written


@pytest.mark.parametrize("lesson", lessons(), ids=lambda one: one.slug)
def test_what_is_written_adds_up_to_the_state_at_the_end(lesson: Lesson):
    trace = vizgrad.run(lesson.source, isolated=False)
    assert {t: value for event in trace.events for t, value in written(event)} == trace.end.values


def test_what_arrives_at_the_leaves_whether_it_is_kept_or_returned():
    program = "import torch\nx = torch.tensor([1., 2.], requires_grad=True)\ny = (x * x).sum() + x.sum()\n"
    for ending in ("y.backward()\n", "torch.autograd.grad(y, x)\n"):
        trace = vizgrad.run(program + ending, isolated=False)
        (gradient,) = arrived(trace.nodes, trace.events, 0).values()
        assert np.array_equal(gradient, [3.0, 5.0])
        assert not arrived(trace.nodes, trace.events, 1)
