"""Ordinary Python recorded: names, prints, places and errors, with nothing told by hand."""

from __future__ import annotations

import inspect
import io
import sys
import warnings
from contextlib import redirect_stdout

import pytest

import vizgrad.autodiff as ours
from vizgrad.recorders.watch import Watch
from vizgrad.trace import Bind, Create, Forward, Trace, compare

torch = pytest.importorskip("torch")
ENGINES = pytest.mark.parametrize("torch", [ours, torch], ids=["numpy", "torch"])


class record:
    """What vizgrad.record is, without its façade."""

    trace: Trace

    def __enter__(self) -> record:
        self.watch = Watch(sys._getframe(1))
        self.watch.__enter__()
        return self

    def __exit__(self, *fault: object) -> None:
        self.watch.__exit__(*fault)  # type: ignore[arg-type]
        self.trace = self.watch.trace()


def source_of(trace: Trace, span: object) -> str:
    return trace.source.split("\n")[span.line - 1][span.column : span.end_column]


@ENGINES
def test_a_block_is_recorded(torch) -> None:
    with record() as run:
        x = torch.ones(2, requires_grad=True)
        y = 5 * (x + 1) ** 2
        o = (1 / 2) * torch.sum(y)
        o.backward()
    trace = run.trace
    assert trace.engine == ("numpy" if torch is ours else "torch")
    assert [e.op for e in trace.events if isinstance(e, Forward)] == ["add", "pow", "mul", "sum", "mul"]
    assert list(trace.variables) == ["x", "y", "o"]
    assert trace["x"].grad.tolist() == [10, 10]
    assert [source_of(trace, e.span) for e in trace.events if isinstance(e, Forward)][1] == "(x + 1) ** 2"
    assert trace.source == inspect.getsource(sys.modules[__name__])


@ENGINES
def test_names_come_and_go_with_functions(torch) -> None:
    def model(v):
        h = v * 2
        return h.sum()

    with record() as run:
        x = torch.ones(2, requires_grad=True)
        x = model(x)
        y = model(torch.ones(1))
        del x
    binds = [(e.name, e.tensor is None) for e in run.trace.events if isinstance(e, Bind)]
    assert ("h", False) in binds and ("h", True) in binds and ("v", True) in binds
    assert list(run.trace.variables) == ["y"]
    assert y.item() == 2


@ENGINES
def test_what_was_there_before_is_named_when_it_is_used(torch) -> None:
    w = torch.ones(2, requires_grad=True)
    unused = torch.zeros(3)
    (w * 3).sum().backward()
    net = (ours.nn if torch is ours else torch.nn).Linear(2, 1)
    with record() as run:
        y = (w * 2).sum()
        z = net(torch.ones(1, 2)).sum()
        (y + z).backward()
    trace = run.trace
    assert list(trace.variables) == ["w", "y", "net.weight", "net.bias", "z"]
    assert trace.at(0).grads == {}
    assert trace["w"].grad.tolist() == [5, 5]
    assert {n.module for n in trace.nodes if n.name == "AddmmBackward0"} == {"net"}
    assert unused.shape == (3,)


@ENGINES
def test_what_is_printed_and_warned_is_kept_and_shown(torch) -> None:
    shown = io.StringIO()
    with redirect_stdout(shown), warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with record() as run:
            x = torch.ones(1, requires_grad=True)
            print("x", end=" ")
            print(x)
            y = x * 2
            y.grad
            sys.stdout.write("no end")
    assert shown.getvalue() == run.trace.stdout == "x tensor([1.], requires_grad=True)\nno end"
    assert len(seen) == 1 and "non-leaf" in str(seen[0].message)
    assert [w.category for w in run.trace.warnings] == ["UserWarning"]


@ENGINES
def test_an_error_is_recorded_and_raised(torch) -> None:
    out = sys.stdout
    with pytest.raises(RuntimeError) as raised, record() as run:
        x = torch.ones(2, requires_grad=True)
        y = x + torch.ones(3)
        y.sum()
    error = run.trace.error
    assert error is not None and error.message == str(raised.value)
    assert source_of(run.trace, error.span) == "x + torch.ones(3)"
    assert sys.stdout is out
    assert not [e for e in (x * 2,) if e is None]
    assert run.trace.events[-1] is error


@ENGINES
def test_nothing_is_recorded_after_the_block(torch) -> None:
    with record() as run:
        x = torch.ones(2, requires_grad=True)
    before = len(run.trace.events)
    (x * 2).sum().backward()
    assert len(run.watch.trace().events) == before


def test_both_engines_tell_the_same_of_a_block() -> None:
    traces = []
    for torch in (ours, sys.modules["torch"]):
        with record() as run:
            x = torch.tensor([1.0, 2.0], requires_grad=True)
            loss = (x * x).sum()
            loss.backward()
        traces.append(run.trace)
    found = compare(*traces)
    assert found.matches, str(found)


def test_a_block_without_tensors() -> None:
    with record() as run:
        a = 1
    assert run.trace.tensors == () and a == 1


def test_an_unused_tensor_of_before_is_not_created() -> None:
    old = ours.ones(2)
    with record() as run:
        new = ours.ones(3)
    assert [e.op for e in run.trace.events if isinstance(e, Create)] == ["ones"]
    assert old.shape != new.shape
