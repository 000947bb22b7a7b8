"""What SymPy derives is what autograd computes; where it does not derive, it says so."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings

from vizgrad.explain.symbolic.derive import Derivation, NoClosedForm, derive
from vizgrad.explain.symbolic.index_notation import compute, derivative
from vizgrad.trace import Trace

from .mathml import mathml
from .programs import ENGINES, PROGRAMS, traced
from .reading import evaluate, tolerance
from .test_statements import programs


def derived(source: str, leaf: str | None = None, engine: str = "numpy") -> Derivation:
    trace = traced(source, engine)
    found = derive(trace, trace.scenes[0], None if leaf is None else trace.end.names[leaf])
    assert isinstance(found, Derivation), found
    return found


def refusal(source: str, leaf: int | None = None) -> str:
    trace = traced(source, "numpy")
    found = derive(trace, trace.scenes[0], leaf)
    assert isinstance(found, NoClosedForm), found
    return found.reason


def test_the_notebooks_second_half() -> None:
    d = derived("seed")
    assert d.definitions == (r"y_{i} = 5 \left(x_{i} + 1\right)^{2}", r"o = \frac{1}{2} \sum_{i} y_{i}")
    assert d.combined == r"o = \frac{1}{2} \sum_{i} 5 \left(x_{i} + 1\right)^{2}"
    assert d.chain.endswith(r"= \frac{1}{2} \cdot 10 \left(x_{i} + 1\right)")
    assert d.derivative == r"\frac{\partial o}{\partial x_{i}} = 5 \left(x_{i} + 1\right)"
    assert d.substitution[0] == r"\frac{\partial o}{\partial x_{i}} = 5 \cdot \left(1 + 1\right) = 10"
    assert d.value.tolist() == [10.0, 10.0] and d.agrees


def test_it_follows_the_program() -> None:
    d = derived(
        PROGRAMS["seed"].replace("5 *", "7 *").replace("x", "λ").replace("** 2", "** 3").replace("ones(2", "ones(3")
    )
    assert r"21 \left(\lambda_{i} + 1\right)^{2}" in d.chain
    assert d.value.shape == (3,) and d.agrees


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("leaf", ["x", "row", "column", "k"])
def test_broadcasting_and_sums(leaf: str, engine: str) -> None:
    d = derived("broadcast", leaf, engine)
    assert d.autograd is not None and d.value.shape == d.autograd.shape and d.agrees


def check(trace: Trace) -> int:
    """Every leaf's derivation agrees with autograd, and its substitutions with themselves; counts derivations."""
    count = 0
    for record in trace.tensors:
        if not (record.requires_grad and record.is_leaf):
            continue
        d = derive(trace, trace.scenes[0], record.id)
        if isinstance(d, NoClosedForm):
            assert re.search("kink|not computed from|cases by what distinguishes cases", d.reason), d.reason
            continue
        assert d.agrees in (True, None), (trace.source, d.lines, d.value, d.autograd)
        for line in d.lines:
            text = "".join(ElementTree.fromstring(mathml(line)).itertext())
            assert text != line, line
        for line in d.substitution:
            *_, last = re.split(r" (?:=|\\approx) ", line)
            found, _ = evaluate(last)
            close = np.isclose(d.value, found, rtol=2 * tolerance(last) + 1e-6, atol=1e-30)
            assert close.all() if found.shape else close.any(), line
        count += 1
    return count


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(source=programs())
def test_random_programs_agree_with_autograd(engine: str, source: str) -> None:
    check(traced(source, engine))


def test_the_check_would_see_a_wrong_derivative() -> None:
    d = derived("seed")
    assert not Derivation(**{f: getattr(d, f) for f in d.__dataclass_fields__} | {"value": d.value * 1.01}).agrees


def test_other_formulae_are_refused_with_a_reason() -> None:
    assert refusal("layer") == "mm is neither elementwise nor a sum or mean: no closed form is attempted."
    assert "in place" in refusal("inplace")
    assert "no derivative to derive" in refusal("import torch\nx = torch.ones(2, requires_grad=True)\n")
    kink = "import torch\nx = torch.zeros(2, requires_grad=True)\no = torch.relu(x).sum()\no.backward()\n"
    assert "kink" in refusal(kink)
    scalar = "import torch\nx = torch.tensor(1., requires_grad=True)\n"
    long = scalar + "y = x\nfor i in range(80):\n    y = y + x\ny.backward()\n"
    assert "more than 60 operations" in refusal(long)


def test_a_tensor_that_is_no_leaf_of_it_is_refused() -> None:
    leaves = "x = torch.tensor(1., requires_grad=True)\nw = torch.tensor(2., requires_grad=True)\n"
    source = f"import torch\n{leaves}o = x * x\no.backward()\n"
    assert "derivative can be taken by x" in refusal(source, 1)


def test_derivatives_of_sums() -> None:
    x, i, j, k = sp.IndexedBase("x", real=True), *sp.symbols("i j k", integer=True)
    square = sp.Sum(x[i], (i, 1, 3)) ** 2
    assert derivative(square, x[j]) == 2 * sp.Sum(x[i], (i, 1, 3))
    nested = sp.Sum(sp.Sum(x[i, k], (k, 1, 2)) ** 2, (i, 1, 3))
    values = {"x": np.arange(6.0).reshape(3, 2)}
    places = {
        sp.Symbol("a", integer=True): np.asarray([[1], [2], [3]]),
        sp.Symbol("b", integer=True): np.asarray([[1, 2]]),
    }
    a, b = places
    found = np.broadcast_to(compute(derivative(nested, x[a, b]), values, places), (3, 2))
    assert found.tolist() == np.repeat(2 * values["x"].sum(1, keepdims=True), 2, axis=1).tolist()
