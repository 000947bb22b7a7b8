"""What an explanation states is true: its terms evaluate to what was recorded, and so do the numbers it prints."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vizgrad.explain import Explanation, explanations
from vizgrad.trace import Accumulate, Scene, Trace, Value, Vjp

from .programs import ENGINES, PROGRAMS, traced
from .reading import statements


def explained(trace: Trace) -> list[tuple[Scene, int, Explanation]]:
    return [(s, i, e) for s in trace.scenes for i, e in enumerate(explanations(trace, s))]


def same(found: np.ndarray, value: Value) -> bool:
    return found.shape == value.shape and np.allclose(found, value.array, rtol=1e-4, atol=1e-6, equal_nan=True)


def check_terms(trace: Trace) -> int:
    """Every term holds, and every gradient that was recorded has a term; returns how many there are."""
    count = 0
    for scene, number, explanation in explained(trace):
        event = trace.events[scene.steps[number - 1].event] if number else None
        for term in explanation.terms:
            found = term.evaluate()
            if term.result.is_whole and found is not None:
                assert same(found, term.result), (explanation.sentence, term)
                count += 1
        match event:
            case Vjp():
                sent = {i: d.grad for i, d in enumerate(event.departures) if d is not None}
                assert {t.slot: t.result for t in explanation.terms if t.kind == "rule"} == sent
            case Accumulate():
                (last,) = [t for t in explanation.terms if t.kind == "accumulate"]
                assert last.result == event.after
                assert last.parts == ((event.delta,) if event.before is None else (event.before, event.delta))
    return count


def check_printed(trace: Trace) -> int:
    """Every printed equation of numbers is right to the digits that are printed; returns how many there are."""
    count = 0
    for _, _, explanation in explained(trace):
        for left, right, digits, largest in statements(explanation.numbers):
            size = max(float(np.abs(right[np.isfinite(right)]).max(initial=0.0)), largest, 1e-30)
            assert np.size(left) == np.size(right), explanation.numbers
            # a sum over a dimension may keep it, and a matrix is no row: the elements are what counts
            left, right = np.ravel(left), np.ravel(right)
            assert np.allclose(left, right, rtol=6 * digits + 2e-6, atol=6 * digits * size, equal_nan=True), (
                explanation.numbers
            )
            count += 1
    return count


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_terms_evaluate_to_what_was_recorded(name: str, engine: str) -> None:
    assert check_terms(traced(name, engine)) > 0 or name == "error"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_printed_numbers_are_right(name: str, engine: str) -> None:
    assert check_printed(traced(name, engine)) > 0 or name in ("error", "large")


@pytest.mark.parametrize("engine", ENGINES)
def test_elementwise_rules_are_told_as_products_and_others_by_their_formula(engine: str) -> None:
    for name in ("seed", "layer", "fan_out", "broadcast"):
        for _, _, explanation in explained(traced(name, engine)):
            for term in explanation.terms:
                if term.kind == "rule":
                    assert term.rule, (name, explanation.sentence)
                    assert (term.local is None) == ("@" in name or "from the" in explanation.sentence), (name, term)


# -- random programs

UNARY = ["exp({})", "sin({})", "cos({})", "tanh({})", "sigmoid({})", "relu({})", "neg({})", "square({})", "abs({})"]
BINARY = ["{} + {}", "{} - {}", "{} * {}", "{} / (2.5 + {} ** 2)"]
SHAPES = ["2", "2, 3", "3", "1", "2, 1"]


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A random expression over a few leaves, reduced and sent backward."""
    numbers = st.floats(-2, 2, allow_nan=False, width=16).map(lambda v: round(v, 2))
    lines, names = ["import torch"], []
    for name in "abc"[: draw(st.integers(1, 3))]:
        rows = draw(st.lists(numbers, min_size=3, max_size=3))
        values = draw(st.sampled_from([rows, [rows], [[r] for r in rows], rows[0]]))
        lines.append(f"{name} = torch.tensor({values}, requires_grad=True)")
        names.append(name)
    for i in range(draw(st.integers(1, 5))):
        pick = st.sampled_from(names)
        if draw(st.booleans()):
            lines.append(f"u{i} = torch." + draw(st.sampled_from(UNARY)).format(draw(pick)))
        else:
            lines.append(f"u{i} = " + draw(st.sampled_from(BINARY)).format(draw(pick), draw(pick)))
        names.append(f"u{i}")
    lines += [
        f"o = ({names[-1]} * {draw(st.sampled_from(names))}).{draw(st.sampled_from(['sum', 'mean']))}()",
        "o.backward()",
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(source=programs())
def test_random_programs_are_explained_truly(engine: str, source: str) -> None:
    trace = traced(source, engine)
    assert trace.error is None, (source, trace.error)
    assert check_terms(trace) > 0
    check_printed(trace)
    for _, _, explanation in explained(trace):
        assert all(t.rule and t.local is not None for t in explanation.terms if t.kind == "rule"), source
