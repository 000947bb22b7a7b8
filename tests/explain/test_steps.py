"""What is said at each kind of step, and that it is derived from the trace rather than known beforehand."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import msgspec
import numpy as np
import pytest

from vizgrad.explain import Explanation, explain, explanations
from vizgrad.trace import Arrival, Departure, NodeRecord, Trace, Value, Vjp

from ..trace.seed_trace import seed
from .mathml import mathml
from .programs import ENGINES, PROGRAMS, traced


def told(trace: Trace, scene: int = 0) -> list[Explanation]:
    return explanations(trace, trace.scenes[scene])


def of_kind(trace: Trace, kind: str) -> list[Explanation]:
    return [
        e
        for s in trace.scenes
        for step, e in zip(s.steps, explanations(trace, s)[1:], strict=True)
        if step.kind == kind
    ]


def page(trace: Trace) -> str:
    """All that is said, as text."""
    lines = []
    for scene in trace.scenes:
        for number, e in enumerate(explanations(trace, scene)):
            kind = scene.steps[number - 1].kind if number else "stage"
            lines.append(f"{scene.index}.{number} {kind}: {e.sentence}")
            lines += [f"    {part}" for part in (e.order, e.symbols, e.numbers) if part]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", PROGRAMS)
def test_golden(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"explain/{name}.txt", page(traced(name, "numpy")))


@pytest.mark.torch
@pytest.mark.parametrize("name", [n for n in PROGRAMS if n != "large"])
def test_both_engines_are_explained_alike(name: str) -> None:
    assert page(traced(name, "torch")) == page(traced(name, "numpy"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_step_has_a_plain_sentence_and_formulae_that_become_mathml(name: str, engine: str) -> None:
    trace = traced(name, engine)
    for scene in trace.scenes:
        for e in explanations(trace, scene):
            assert e.sentence.endswith((".", "!", "?")) and e.sentence[0].isalpha()
            assert not re.search(r"[\\{}<>$]", e.sentence.replace("[h > 0]", "").replace("> 0]", "")), e.sentence
            for latex, markup in ((e.symbols, mathml(e.symbols)), (e.numbers, mathml(e.numbers))):
                assert bool(latex) == bool(markup)
                if latex:
                    root = ElementTree.fromstring(markup)
                    assert "".join(root.itertext()) != latex, "the formula was not understood"


def test_one_step_is_explained_as_in_the_whole_walk() -> None:
    for number, whole in enumerate(told(seed)):
        assert explain(seed, seed.scenes[0], number) == whole
    with pytest.raises(IndexError, match="14"):
        explain(seed, seed.scenes[0], 14)


def test_the_local_derivative_of_the_seed_lesson() -> None:
    step = of_kind(seed, "vjp")[3]
    assert (
        step.sentence == "PowBackward0 multiplies the gradient of v₂ by the local derivative 2·v₁ and hands it to v₁."
    )
    assert step.symbols == r"\frac{\partial o}{\partial v_{1}} = \frac{\partial o}{\partial v_{2}} \cdot 2 \, v_{1}"
    assert r"\left[2.5,\ 2.5\right] \odot \left[4,\ 4\right] &= \left[10,\ 10\right]" in step.numbers


def test_names_and_numbers_follow_the_program() -> None:
    source = (
        PROGRAMS["seed"].replace("x", "weight").replace("y", "z").replace("ones(2", "ones(3").replace("** 2", "** 3")
    )
    step = of_kind(traced(source, "numpy"), "vjp")[3]
    assert "3·v₁²" in step.sentence
    assert r"3 \cdot \left[2,\ 2,\ 2\right]^{2} = \left[12,\ 12,\ 12\right]" in step.numbers
    assert "weight.grad" in of_kind(traced(source, "numpy"), "accumulate")[0].sentence


def test_matmul_is_told_with_transposes() -> None:
    step = next(e for e in of_kind(traced("layer", "numpy"), "vjp") if e.sentence.startswith("Mm"))
    assert "by wᵀ from the right" in step.sentence and "by aᵀ from the left" in step.sentence
    assert r"&= \frac{\partial \mathrm{loss}}{\partial v_{1}} \, w^{\top}" in step.symbols


def test_broadcasting_is_undone_in_a_line_of_its_own() -> None:
    steps = of_kind(traced("layer", "numpy"), "vjp")
    step = next(e for e in steps if e.sentence.startswith("Add"))
    assert "bias was broadcast from (3,) to (2, 3), so its gradient is summed over dimension 0." in step.sentence
    assert r"\sum_{\text{dim }0} \frac{\partial \mathrm{loss}}{\partial \tilde{\mathrm{bias}}}" in step.symbols


def test_a_fan_out_is_a_sum_of_paths() -> None:
    step = next(e for e in of_kind(traced("fan_out", "numpy"), "vjp") if "was used twice" in e.sentence)
    assert step.symbols.startswith(
        r"\begin{aligned} \frac{\partial z}{\partial y} &= "
        r"\frac{\partial z}{\partial v_{4}} \, \frac{\partial v_{4}}{\partial y} + "
    )
    assert [t.kind for t in step.terms] == ["sum", "rule", "rule"]
    assert step.order.startswith("Both parts of its gradient have arrived")


def test_a_seed_of_ones_own_is_no_partial_derivative() -> None:
    steps = of_kind(traced("vector_seed", "numpy"), "vjp")
    assert r"\bar{v}_{1} &= \bar{y} \cdot x" in steps[0].symbols
    assert r"\frac{\partial" in steps[2].symbols, "the second pass starts from a scalar"


def test_accumulation_names_what_was_there_before() -> None:
    first, second = of_kind(traced("vector_seed", "numpy"), "accumulate")
    assert "which was None" in first.sentence
    assert "accumulate until they are zeroed" in second.sentence
    assert r"x\text{.grad} &\leftarrow x\text{.grad} + " in second.symbols


def test_untracked_operations_say_why() -> None:
    sentences = [e.sentence for e in of_kind(traced("vector_seed", "numpy"), "forward")]
    assert any("inside torch.no_grad() nothing is recorded" in s for s in sentences)
    assert any("detach() keeps the numbers and drops their history" in s for s in sentences)


def test_an_error_is_told_in_pytorchs_words() -> None:
    (step,) = of_kind(traced("error", "numpy"), "error")
    assert "line 4 with a RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)" in step.sentence


def test_versions_tell_the_states_of_a_tensor_changed_in_place_apart() -> None:
    steps = of_kind(traced("inplace", "numpy"), "vjp")
    assert any("the gradient of y (version 1)" in e.sentence for e in steps)
    assert any(r"\frac{\partial v_{1}}{\partial y^{(1)}}" in e.symbols for e in steps)


def renamed(trace: Trace, name: str, op: str) -> Trace:
    """The trace with PowBackward0 called otherwise."""
    nodes = tuple(
        NodeRecord(id=n.id, name=name, op=op, edges=n.edges, saved=n.saved, span=n.span)
        if n.name == "PowBackward0"
        else n
        for n in trace.nodes
    )
    return msgspec.structs.replace(trace, nodes=nodes)


def test_an_unknown_node_is_explained_as_unknown() -> None:
    step = of_kind(renamed(seed, "MysteryBackward7", "mystery"), "vjp")[3]
    assert "not in the table of this app" in step.sentence and "2·v₁" not in step.sentence
    assert step.symbols == r"\frac{\partial o}{\partial v_{2}} \mapsto \frac{\partial o}{\partial v_{1}}"
    assert step.numbers == r"\left[2.5,\ 2.5\right] \mapsto \left[10,\ 10\right]"
    assert step.terms[0].rule == "" and step.terms[0].local is None


def test_a_backward_of_ones_own_is_called_so() -> None:
    step = of_kind(renamed(seed, "SquareBackward", "Square"), "vjp")[3]
    assert "your own backward" in step.sentence and r"\mapsto" in step.symbols


def test_a_rule_that_does_not_explain_the_numbers_is_not_stated() -> None:
    """A hook on a node may change what it sends: 2·v₁ would then be false."""
    events = list(seed.events)
    place = [i for i, e in enumerate(events) if isinstance(e, Vjp)][3]
    event = events[place]
    assert isinstance(event, Vjp)
    wrong = Value.of(np.asarray([10, 11], dtype="float32"))
    events[place] = msgspec.structs.replace(event, departures=(Departure(wrong),))
    step = of_kind(msgspec.structs.replace(seed, events=tuple(events)), "vjp")[3]
    assert r"\odot" not in step.numbers and r"\mapsto \left[10,\ 11\right]" in step.numbers


def test_contributions_that_do_not_add_up_are_not_called_a_sum() -> None:
    trace = traced("fan_out", "numpy")
    events = list(trace.events)
    place, event = next(
        (i, e) for i, e in enumerate(events) if isinstance(e, Vjp) and len(e.arrivals[0].contributions) > 1
    )
    doubled = Value.of(np.asarray(event.arrivals[0].grad.array * 2))
    events[place] = msgspec.structs.replace(event, arrivals=(Arrival(doubled, event.arrivals[0].contributions),))
    changed = next(
        e for e in of_kind(msgspec.structs.replace(trace, events=tuple(events)), "vjp") if "hook" in e.sentence
    )
    assert all(t.kind != "sum" for t in changed.terms) and r"&\mapsto" in changed.symbols


def test_the_empty_program_is_told_so() -> None:
    trace = traced("print('hello')\n", "numpy")
    assert told(trace)[0].sentence == "The program makes no tensors, so there is nothing to draw."
