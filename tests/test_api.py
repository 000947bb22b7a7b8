"""The public API, as its users call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import vizgrad

SEED = """import torch
x = torch.ones(2, requires_grad=True)
y = 5 * (x + 1) ** 2
o = (1/2) * torch.sum(y)
o.backward()
print(x.grad)
"""
ENGINES = ["numpy", "torch"]


@pytest.fixture(scope="module", params=ENGINES)
def seed(request) -> vizgrad.Trace:
    return vizgrad.run(SEED, request.param)


def test_a_trace_tells_what_every_name_means(seed):
    x, y, o = seed["x"], seed["y"], seed["o"]
    assert np.array_equal(x.value, np.ones(2, "float32")) and x.value.dtype == np.float32
    assert np.array_equal(x.grad, np.full(2, 10, "float32"))
    assert (x.requires_grad, x.is_leaf, x.grad_fn, x.shape, x.dtype) == (True, True, None, (2,), "float32")
    assert (y.grad, y.is_leaf, y.grad_fn) == (None, False, "MulBackward0")
    assert (o.value.item(), o.shape) == (20.0, ())
    assert list(seed.variables) == ["x", "y", "o"]
    with pytest.raises(KeyError, match="bound to no tensor"):
        seed["torch"]


def test_the_graph_of_the_seed_is_pytorchs(seed):
    passed = [e for e in seed.events if e.kind == "vjp"]
    names = [seed.nodes[e.node].name for e in passed]
    assert names == ["MulBackward0", "SumBackward0", "MulBackward0", "PowBackward0", "AddBackward0"]
    arrived = [e.arrivals[0].grad.array.tolist() for e in passed]
    assert arrived == [1, 0.5, [0.5, 0.5], [2.5, 2.5], [10, 10]]
    accumulated = next(e for e in seed.events if e.kind == "accumulate")
    assert seed.nodes[accumulated.node].name == "AccumulateGrad"
    assert (accumulated.before, accumulated.after.array.tolist()) == (None, [10, 10])


def test_the_end_is_where_the_events_lead(seed):
    assert seed.at(0).values == {}
    assert seed.at(len(seed.events)).names.keys() == {"x", "y", "o"}
    assert seed.stdout == "tensor([10., 10.])\n"
    assert [s.number for s in seed.steps] == list(range(1, 14)) and len(seed.scenes) == 1
    for i in (-1, len(seed.events) + 1):
        with pytest.raises(IndexError):
            seed.at(i)


def test_json_there_and_back_keeps_the_class(seed):
    again = type(seed).from_json(seed.to_json())
    assert again == seed and isinstance(again, vizgrad.Trace)
    json.loads(seed.to_json(), parse_constant=pytest.fail)  # strict JSON: no NaN, no Infinity


def test_pictures_in_every_format(seed, tmp_path):
    assert seed.dot().source == seed.dot(scene=0, step=13).source
    assert "MulBackward0" in seed.svg() and seed.svg().lstrip().startswith("<svg")
    heads = {".html": b"<!DOCTYPE html>", ".svg": b"<svg", ".png": b"\x89PNG", ".pdf": b"%PDF", ".json": b"{"}
    for ending, head in heads.items():
        path = tmp_path / f"lesson{ending}"
        seed.save(path)
        assert path.read_bytes().lstrip()[: len(head)].lower() == head.lower(), ending
    with pytest.raises(ValueError, match=r"\.html, \.svg"):
        seed.save(tmp_path / "lesson.gif")


def test_a_fault_is_told_and_never_raised():
    for engine in ENGINES:
        trace = vizgrad.run("import torch\nx = torch.ones(2, requires_grad=True)\ny = x * 2\ny.backward()", engine)
        assert (trace.error.type, trace.error.line, trace.error.column) == ("RuntimeError", 4, 1)
        assert trace.error.message == "grad can be implicitly created only for scalar outputs"
        assert trace.error.hint
        assert trace["y"].value.tolist() == [2, 2]
        wrong = vizgrad.run("x = = 3", engine)
        assert (wrong.error.type, wrong.error.line, wrong.error.column) == ("SyntaxError", 1, 5)


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="'numpy', 'torch'"):
        vizgrad.run("x = 1", engine="jax")


def test_in_process_and_isolated_are_the_same():
    for engine in ENGINES:
        assert vizgrad.run(SEED, engine, isolated=False) == vizgrad.run(SEED, engine)


def test_the_engines_agree():
    comparison = vizgrad.compare(vizgrad.run(SEED, "numpy"), vizgrad.run(SEED, "torch"))
    assert comparison.matches, comparison.differences
    other = vizgrad.compare(vizgrad.run(SEED), vizgrad.run(SEED.replace("5", "6")))
    assert not other.matches and other.differences


def test_importing_is_light():
    heavy = "{'torch', 'streamlit', 'sympy', 'plotly', 'wasmtime', 'graphviz'}"
    code = f"import sys, vizgrad; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("namespace", ["torch", "vizgrad.autodiff"])
def test_ordinary_python_can_be_recorded(namespace, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        f"import {namespace} as torch\nimport vizgrad\n\n"
        "x = torch.ones(2, requires_grad=True)\n"
        "with vizgrad.record() as trace:\n"
        "    y = 5 * (x + 1) ** 2\n"
        "    o = (1/2) * torch.sum(y)\n"
        "    o.backward()\n"
        "assert trace['x'].grad.tolist() == [10, 10], trace['x']\n"
        "assert trace['o'].grad_fn == 'MulBackward0'\n"
        "assert [s.kind for s in trace.steps].count('vjp') == 5\n"
        "line = trace.nodes[trace.tensors[trace.end.names['y']].node].span.line\n"
        "assert trace.source.splitlines()[line - 1].strip() == 'y = 5 * (x + 1) ** 2'\n"
        "print(trace.svg()[:4])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == "<svg\n", done.stderr


def test_an_error_in_recorded_python_is_kept_and_raised():
    import vizgrad.autodiff as torch

    with pytest.raises(RuntimeError, match="scalar outputs"), vizgrad.record() as trace:
        x = torch.ones(2, requires_grad=True)
        x.backward()
    assert trace.error.message == "grad can be implicitly created only for scalar outputs"
    assert trace["x"].shape == (2,)
