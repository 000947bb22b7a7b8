"""One run: what it prints, where everything is, what names mean, and how it ends."""

from __future__ import annotations

import pytest

from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute
from vizgrad.trace import Bind, Forward, Inplace, Print, Span, Trace, Warned


def run(source: str, engine: str, **limits) -> Trace:
    return execute(source, engine, limits=Limits(**limits))


def text_of(trace: Trace, span: Span | None) -> str:
    assert span is not None
    lines = trace.source.split("\n")
    if span.line == span.end_line:
        return lines[span.line - 1][span.column : span.end_column]
    middle = lines[span.line : span.end_line - 1]
    return "\n".join([lines[span.line - 1][span.column :], *middle, lines[span.end_line - 1][: span.end_column]])


NOTEBOOK = {
    "a": "tensor([[1., 1.],\n        [1., 1.]], requires_grad=True)",
    "a.requires_grad": "True",
    "torch.ones(2, 2).requires_grad": "False",
    "a + b": "tensor([[2., 2.],\n        [2., 2.]], grad_fn=<AddBackward0>)",
    "torch.add(a, b)": "tensor([[2., 2.],\n        [2., 2.]], grad_fn=<AddBackward0>)",
    "a * b": "tensor([[1., 1.],\n        [1., 1.]], grad_fn=<MulBackward0>)",
    "x": "tensor([1., 1.], requires_grad=True)",
    "y": "tensor([20., 20.], grad_fn=<MulBackward0>)",
    "o": "tensor(20., grad_fn=<MulBackward0>)",
    "x.grad": "tensor([10., 10.])",
    "o.requires_grad": "True",
}


@pytest.mark.parametrize("expression", NOTEBOOK)
def test_the_notebook_to_the_letter(expression: str, engine: str):
    source = f"""import torch
a = torch.ones((2, 2), requires_grad=True)
b = torch.ones((2, 2), requires_grad=True)
x = torch.ones(2, requires_grad=True)
y = 5 * (x + 1) ** 2
o = (1/2) * torch.sum(y)
o.backward()
print({expression})
"""
    trace = run(source, engine)
    assert trace.error is None
    assert trace.stdout == NOTEBOOK[expression] + "\n"


def test_spans_are_the_expressions(engine: str):
    source = """import torch
γ = torch.ones(2, requires_grad=True)
def f(v):
    return (v * 3)
δ = f(γ + 1) ** 2
total = (
    δ
    .sum()
)
total += 1
total = total - 1 if total else total
"""
    trace = run(source, engine)
    assert trace.error is None
    found = [(e.op, text_of(trace, e.span)) for e in trace.events if isinstance(e, Forward | Inplace)]
    assert found == [
        ("add", "γ + 1"),
        ("mul", "v * 3"),
        ("pow", "f(γ + 1) ** 2"),
        ("sum", "sum()"),
        ("add", "total += 1"),
        ("sub", "total - 1"),
    ]


def names_over_time(trace: Trace) -> list[tuple[str, bool]]:
    return [(e.name, e.tensor is not None) for e in trace.events if isinstance(e, Bind)]


BINDINGS = {
    "x = y = t": [("x", True), ("y", True)],
    "x, (y, *z) = t, (t, t)": [("x", True), ("y", True)],
    "x = t\nx = 3": [("x", True), ("x", False)],
    "x = t\ndel x": [("x", True), ("x", False)],
    "x: int = t": [("x", True)],
    "x = t\nx = x + 1": [("x", True), ("x", True)],
    "x = t\nx += 1": [("x", True)],
    "print((x := t).shape)": [("x", True)],
    "for x in [t, 1]: pass": [("x", True), ("x", False)],
    "match [t]:\n    case [x]: pass": [("x", True)],
    "class C:\n    def __enter__(self): return t\n    def __exit__(self, *f): pass\nwith C() as x: pass": [("x", True)],
    "def f():\n    x = t\n    return 1\nf()": [("x", True), ("x", False)],
    "x = t\ndef f():\n    x = t * 2\nf()": [("x", True), ("x", True), ("x", True)],
    "def f():\n    global x\n    x = t\nf()": [("x", True)],
    "def f(n):\n    h = t * n\n    if n: f(n - 1)\n    return h\nf(1)": [
        ("h", True),
        ("h", True),
        ("h", True),
        ("h", False),
    ],
    "x = t\ndef x(): pass": [("x", True), ("x", False)],
    "class A:\n    x = t": [],
    "[x for x in [t]]": [],
    "x = [t]": [],
    "x = 1": [],
}


@pytest.mark.parametrize("source", BINDINGS)
def test_names(source: str, engine: str):
    trace = run("import torch\nt = torch.ones(1)\n" + source, engine)
    assert trace.error is None, trace.error
    assert names_over_time(trace)[1:] == BINDINGS[source]


def test_names_of_a_function_end_with_it(engine: str):
    source = """import torch
x = torch.ones(2)
def f(n):
    x = n * 2
    h = x + 1
    raise ValueError
try:
    f(x)
except ValueError:
    pass
"""
    trace = run(source, engine)
    assert list(trace.variables) == ["x"]
    assert trace["x"].value.tolist() == [1.0, 1.0]


def test_the_parameters_of_a_module_are_named(engine: str):
    trace = run("import torch\nnet = torch.nn.Linear(1, 1)\nnet(torch.ones(1))\nnet = None", engine)
    assert trace.error is None
    seen = [name for name, bound in names_over_time(trace) if bound]
    assert "net.weight" in seen
    assert list(trace.variables) == []


FAULTS = {
    "x = 1\ny = x + foo": ("NameError", "name 'foo' is not defined", "foo"),
    "y = [1, 2][1 + 4]": ("IndexError", "list index out of range", "[1, 2][1 + 4]"),
    "1 + (2 /\n 0)": ("ZeroDivisionError", "division by zero", "2 /\n 0"),
    "def f(α):\n    β = 'é' + α\nf(1)": ("TypeError", 'can only concatenate str (not "int") to str', "'é' + α"),
    "x = {}\nx['a']['b']": ("KeyError", "'a'", "x['a']"),
    "x = [1]\nx[0] += 'a'": ("TypeError", "unsupported operand type(s) for +=: 'int' and 'str'", "x[0] += 'a'"),
    "raise ValueError('é', 1)": ("ValueError", "('é', 1)", "raise ValueError('é', 1)"),
    "a, b = [1]": ("ValueError", "not enough values to unpack (expected 2, got 1)", "a, b"),
    "for i in 3: pass": ("TypeError", "'int' object is not iterable", "for i in 3: pass"),
    "class A:\n    def __init__(self): self.x = None.y\nA()": (
        "AttributeError",
        "'NoneType' object has no attribute 'y'",
        "None.y",
    ),
    "x = 3\nx()": ("TypeError", "'int' object is not callable", "x()"),
    "import torch\nx = torch.ones(2) + \\\n    torch.ones(3)": (
        "RuntimeError",
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
        "torch.ones(2) + \\\n    torch.ones(3)",
    ),
    "import torch\n(torch.ones(2, requires_grad=True) * 2).backward()": (
        "RuntimeError",
        "grad can be implicitly created only for scalar outputs",
        "(torch.ones(2, requires_grad=True) * 2).backward()",
    ),
    "import torch\ntorch.onse(2)": ("AttributeError", "module 'torch' has no attribute 'onse'", "torch.onse"),
    "from torch import onse": ("ImportError", "cannot import name 'onse' from 'torch'", "onse"),
    "x = 1\n  y = 2": ("IndentationError", "unexpected indent", None),
    "print('a)": ("SyntaxError", "unterminated string literal (detected at line 1)", None),
}


@pytest.mark.parametrize("source", FAULTS)
def test_faults_have_pythons_words_and_the_expressions_place(source: str, engine: str):
    kind, message, text = FAULTS[source]
    error = (trace := run(source, engine)).error
    assert error is not None
    assert (error.type, error.message) == (kind, message)
    assert error.line is not None
    if text is not None:
        assert text_of(trace, error.span) == text


def test_everything_before_a_fault_is_kept(engine: str):
    source = """import torch
x = torch.ones(2, requires_grad=True)
y = (x * 2).sum()
print(y)
y.backward()
while True: pass"""
    trace = run(source, engine, seconds=0.3)
    assert trace.error is not None
    assert (trace.error.type, trace.error.line) == ("TimeoutError", 6)
    assert trace.stdout == "tensor(4., grad_fn=<SumBackward0>)\n"
    assert trace["x"].grad.tolist() == [2.0, 2.0]


def test_warnings_are_kept_with_their_line_once_each(engine: str):
    trace = run(
        "import torch\nx = torch.ones(1, requires_grad=True) * 2\nfor i in range(3):\n    x.grad\nx.grad", engine
    )
    assert trace.error is None
    assert [(w.category, w.span.line) for w in trace.warnings] == [("UserWarning", 4), ("UserWarning", 5)]
    assert trace.warnings[0].message.startswith("The .grad attribute of a Tensor that is not a leaf Tensor")
    assert "Triggered internally" not in trace.warnings[0].message


def test_prints_are_events_at_their_place(engine: str):
    trace = run("for i in range(2):\n    print(i, 'é', sep='-', end=';')\nprint()", engine)
    prints = [e for e in trace.events if isinstance(e, Print)]
    assert [p.text for p in prints] == ["0-é;", "1-é;", "\n"]
    assert {p.span.line for p in prints} == {2, 3}


def test_line_ends_and_marks_are_tidied(engine: str):
    trace = run("\ufeffx = 1\r\nprint(x)\ry = 2", engine)
    assert trace.error is None
    assert trace.source == "x = 1\nprint(x)\ny = 2"
    assert trace.stdout == "1\n"


def test_runs_are_repeatable(engine: str):
    source = "import torch, random\nprint(torch.rand(2), random.random(), torch.randn(2))"
    assert run(source, engine).stdout == run(source, engine).stdout


def test_nothing_is_left_to_the_next_program(engine: str):
    left = """import torch
torch.set_grad_enabled(False)
torch.manual_seed(5)
mode = torch.no_grad()
mode.__enter__()
import random
random.seed(3)
x = 5
"""
    run(left, engine)
    trace = run(
        "import torch, random\ny = torch.ones(1, requires_grad=True) * 2\nprint(y.requires_grad, random.random())\nx",
        engine,
    )
    assert trace.stdout.startswith("True 0.8444218515250481")
    assert trace.error.type == "NameError"


def test_an_unknown_engine_is_named():
    with pytest.raises(ValueError, match="there is no engine 'jax': choose one of 'numpy', 'torch'"):
        execute("", "jax")


@pytest.mark.parametrize("source", ["", "\n", "# nothing", "pass", "'just a text'", "1 + 1"])
def test_small_programs(source: str, engine: str):
    trace = run(source, engine)
    assert trace.error is None
    assert trace.events == ()
    assert trace.source == source


@pytest.mark.torch
@pytest.mark.parametrize(
    "made",
    [
        "torch.Tensor(2, 3)",
        "torch.empty(2, 3)",
        "torch.empty_like(b)",
        "b.new_empty(2, 3)",
        "torch.Tensor(6).view(2, 3)",
    ],
)
def test_memory_is_not_shown_as_it_was_left(made: str):
    source = (
        "import torch\nb = torch.full((2, 3), 7.5)\nfor i in range(50):\n    del b\n    b = torch.ones(2, 3)\n"
        f"    b = {made}\n    c = b * 1\n    print(b.sum().item(), end=' ')\n    b += 7.5"
    )
    trace = execute(source, "torch")
    assert trace.error is None
    assert trace.stdout == "0.0 " * 50
    shown = [e.value.array for e in trace.events if e.kind == "create" and e.op not in ("ones", "full")]
    assert len(shown) >= 50
    assert not any(array.any() for array in shown)


@pytest.mark.parametrize("made", ["np.empty(1000)", "np.empty_like(np.ones((20, 30)))", "np.empty((5, 9), 'int64')"])
def test_arrays_begin_with_zeros(made: str, engine: str):
    source = f"import numpy as np\nfor i in range(50):\n    a = {made}\n    print(a.any(), end=' ')\n    a[...] = 7"
    assert run(source, engine).stdout == "False " * 50


def test_a_warning_at_a_question_is_kept(engine: str):
    source = """import torch
loss = torch.ones(1, requires_grad=True).sum()
print(float(loss))
for i in range(2):
    print(float(loss * 2))
"""
    warned = [event for event in run(source, engine).events if isinstance(event, Warned)]
    assert [text_of(run(source, engine), event.span) for event in warned] == ["float(loss)", "float(loss * 2)"]
    assert all("Consider using tensor.detach() first." in event.message for event in warned)


WRONG = {
    "torch.nn.LayerNorm(4)(torch.ones(2, 3))": "RuntimeError",
    "torch.nn.LayerNorm([2, 3])(torch.ones(3))": "RuntimeError",
    "torch.nn.Embedding(3, 2)(torch.tensor([1.0]))": "RuntimeError",
    "torch.nn.Linear(2, 1)([1.0, 2.0])": "TypeError",
}


@pytest.mark.torch
@pytest.mark.parametrize("call", WRONG)
def test_a_layer_given_what_is_not_for_it_says_what_pytorchs_says(call: str):
    ours, theirs = (execute(f"import torch\n{call}", engine).error for engine in ("numpy", "torch"))
    assert ours is not None and theirs is not None
    assert (ours.type, ours.message) == (theirs.type, theirs.message)
    assert ours.type == WRONG[call]
