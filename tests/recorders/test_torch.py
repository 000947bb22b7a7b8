"""Real PyTorch watched: nothing of it may change, and what is told must be what it did."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from tests.recorders.programs import PROGRAMS, run
from vizgrad.recorders.recording import Recording
from vizgrad.trace import (
    Accumulate,
    Backward,
    Bind,
    Create,
    Forward,
    Free,
    Hook,
    Inplace,
    Mode,
    Operand,
    RequiresGrad,
    SetGrad,
    Trace,
    Vjp,
)

torch = pytest.importorskip("torch")
from vizgrad.recorders.torch import Recorder  # noqa: E402 - where there is PyTorch


def told(source: str) -> Trace:
    return run("import torch\nimport torch.nn.functional as F\n" + source, "torch")


def events(trace: Trace, kind: Any) -> list[Any]:
    return [e for e in trace.events if isinstance(e, kind)]


class watched:
    def __enter__(self) -> Recording:
        self.recording = Recording("", "torch")
        self.recorder = Recorder(self.recording)
        self.recorder.__enter__()
        return self.recording

    def __exit__(self, *fault: Any) -> None:
        self.recorder.__exit__(*fault)


def graph(node: Any, depth: int = 20) -> Any:
    if node is None or not depth:
        return None
    return type(node).__name__, tuple((graph(n, depth - 1), nr) for n, nr in node.next_functions)


@pytest.mark.parametrize("name", [n for n in PROGRAMS if "__" not in n])
def test_graph_order_and_numbers_are_what_they_are_unwatched(name: str) -> None:
    def results(watch: bool) -> tuple[Any, ...]:
        torch.manual_seed(0)
        names: dict[str, Any] = {"print": lambda *_: None}
        order: list[str] = []
        first = torch._C._autograd._get_sequence_nr()
        code = compile(PROGRAMS[name], "<program>", "exec")
        try:
            if watch:
                with watched():
                    exec(code, names)
            else:
                exec(code, names)
        except RuntimeError as error:
            order.append(str(error))
        last = torch._C._autograd._get_sequence_nr()
        found = {}
        for key, value in names.items():
            if isinstance(value, torch.Tensor):
                grad = None if not (value.is_leaf or value.retains_grad) or value.grad is None else value.grad.tolist()
                found[key] = (
                    value.tolist(),
                    grad,
                    graph(value.grad_fn),
                    value._version if not value.is_inference() else 0,
                )
        return found, order, last - first

    assert results(True) == results(False)


def test_hooks_are_taken_off_again() -> None:
    x = torch.ones(2, requires_grad=True)
    y = (x * x).sum()
    with watched() as recording:
        y.backward(retain_graph=True)
        before = len(recording.events)
    y.backward()
    assert len(recording.events) == before and x.grad.tolist() == [4, 4]


def test_hooks_are_taken_off_after_a_fault_too() -> None:
    seen = []
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    z = (y * 1).sum()
    y.register_hook(seen.append)
    with watched() as recording:
        y.add_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace"):
            z.backward(retain_graph=True)
        recording.finish()
    with pytest.raises(RuntimeError, match="modified by an inplace"):
        z.backward()
    assert events(recording.finish(), Backward)


def test_tensors_live_no_longer_than_they_would() -> None:
    with watched():
        x = torch.ones(1000, requires_grad=True)
        y = x.exp()
        kept = weakref.ref(y)
        z = (y * y).sum()
        del y
        gc.collect()
        assert kept() is not None  # the product has saved it
        z.backward()
        del z
        gc.collect()
        assert kept() is None
        a = x * 3
        dropped = weakref.ref(a)
        del a
        gc.collect()
        assert dropped() is None


def test_a_memory_address_used_again_is_no_old_tensor() -> None:
    trace = told("for i in range(50):\n    x = torch.ones(3) * i\n    y = x.sum()\n")
    assert [v.array.item() for e in events(trace, Forward) if e.op == "sum" for v in e.values] == [
        3.0 * i for i in range(50)
    ]


def test_arguments_are_those_that_are_not_the_default() -> None:
    trace = told(
        "x = torch.ones(2, 3, requires_grad=True)\n"
        "a = torch.add(x, 1, alpha=2)\nb = x.sum(1)\nc = x.sum(dim=(0, 1), keepdim=True)\nd = x.reshape(3, 2)\n"
        "e = x.clamp(min=0.5)\nf = F.softmax(x, dim=-1)\n"
    )
    inputs = {e.op: [(o.name, o.text) for o in e.inputs if o.tensor is None] for e in events(trace, Forward)}
    sums = [[(o.name, o.text) for o in e.inputs if o.tensor is None] for e in events(trace, Forward) if e.op == "sum"]
    assert inputs["add"] == [("other", "1"), ("alpha", "2")]
    assert sums == [[("dim", "1")], [("dim", "(0, 1)"), ("keepdim", "True")]]
    assert inputs["view"] == [("size", "(3, 2)")]
    assert inputs["clamp"] == [("min", "0.5")]
    assert inputs["softmax"] == [("dim", "-1")]


def test_parts_of_one_call_are_nodes_of_their_own() -> None:
    trace = told(
        "w = torch.ones(4, 3, requires_grad=True)\nb = torch.zeros(4, requires_grad=True)\n"
        "y = F.linear(torch.ones(2, 5, 3), w, b)\n"
    )
    names = [trace.nodes[e.node].name for e in events(trace, Forward) if e.node is not None]
    y = torch.nn.functional.linear(
        torch.ones(2, 5, 3), torch.ones(4, 3, requires_grad=True), torch.zeros(4, requires_grad=True)
    )
    expected, stack = set(), [y.grad_fn]
    while stack:
        node = stack.pop()
        expected.add(type(node).__name__)
        stack += [n for n, _ in node.next_functions if n is not None and "Accumulate" not in type(n).__name__]
    assert set(names) == expected
    assert len({e.span for e in events(trace, Forward)}) == 1


def test_an_rnn_has_all_its_nodes() -> None:
    trace = told(
        "from torch import nn\nnet = nn.RNN(2, 3)\nout, h = net(torch.ones(4, 1, 2))\n"
        "loss = out.sum()\nloss.backward()\n"
    )
    assert trace.error is None
    visited = {e.node for e in events(trace, Vjp)}
    made = {e.node for e in events(trace, (Forward, Inplace)) if e.node is not None}
    assert visited <= made and len(visited) > 10
    assert {n.module for n in trace.nodes if n.name != "AccumulateGrad"} == {"net", None}


def test_modules_give_names_and_paths() -> None:
    trace = run(PROGRAMS["module"], "torch")
    assert {e.name for e in events(trace, Bind)} >= {"net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias"}
    assert [n.module for n in trace.nodes if n.name == "AddmmBackward0"] == ["net.0", "net.2"]
    assert all(
        t.is_parameter
        for t in trace.tensors
        if t.id in {e.tensor for e in events(trace, Create) if e.op == "Parameter"}
    )


def test_private_results_are_left_out() -> None:
    trace = told("x = torch.ones(2, 3, requires_grad=True)\nloss = F.cross_entropy(x, torch.tensor([0, 1]))\n")
    assert [len(e.outputs) for e in events(trace, Forward)] == [1, 1]
    several = told("v, i = torch.ones(2, 3, requires_grad=True).max(1)\n")
    (forward,) = events(several, Forward)
    assert [several.tensors[t].reason for t in forward.outputs] == [None, "integer"]


def test_why_a_tensor_is_not_tracked() -> None:
    trace = told(
        "c = torch.ones(2)\nx = torch.ones(2, requires_grad=True)\nn = c * 2\nd = x.detach()\ni = x > 0\n"
        "with torch.no_grad():\n    g = x * 2\nwith torch.inference_mode():\n    f = x * 2\n"
    )
    named = {name: trace.tensors[tensor].reason for name, tensor in trace.end.names.items()}
    assert named == {
        "c": "constant",
        "x": None,
        "n": "not_tracked",
        "d": "detach",
        "i": "integer",
        "g": "no_grad",
        "f": "inference_mode",
    }


def test_grad_modes_of_the_program_are_told_and_no_others() -> None:
    trace = told(
        "x = torch.ones(1, requires_grad=True)\nwith torch.no_grad():\n    y = x * 1\n"
        "    with torch.enable_grad():\n        z = x * 2\n"
        "@torch.no_grad()\ndef f():\n    return x * 3\nw = f()\n"
        "opt = torch.optim.SGD([x], lr=1.0)\nz.backward()\nopt.step()\n"
        "with torch.set_grad_enabled(False):\n    v = x * 4\n"
    )
    modes = [(e.name, e.entered, e.span.line) for e in events(trace, Mode)]
    assert modes == [
        ("no_grad", True, 4),
        ("enable_grad", True, 6),
        ("enable_grad", False, 6),
        ("no_grad", False, 4),
        ("no_grad", True, 11),
        ("no_grad", False, 11),
        ("no_grad", True, 15),
        ("no_grad", False, 15),
    ]


def test_broadcasting_is_told_before_and_after_it_is_undone() -> None:
    trace = told("x = torch.ones(2, 3)\nb = torch.zeros(3, requires_grad=True)\ny = (x * b).sum()\ny.backward()\n")
    vjp = next(e for e in events(trace, Vjp) if trace.nodes[e.node].name == "MulBackward0")
    departure = vjp.departures[1]
    assert departure.raw.array.tolist() == [[1, 1, 1], [1, 1, 1]]
    assert departure.grad.array.tolist() == [2, 2, 2]
    assert vjp.departures[0] is None


def test_a_cast_is_told_before_and_after() -> None:
    trace = told(
        "x = torch.ones(2, requires_grad=True)\ny = (x * torch.ones(2, dtype=torch.float64)).sum()\ny.backward()\n"
    )
    vjp = next(e for e in events(trace, Vjp) if trace.nodes[e.node].name == "MulBackward0")
    assert (vjp.departures[0].grad.dtype, vjp.departures[0].raw.dtype) == ("float32", "float64")


def test_fan_out_has_a_contribution_from_each_edge() -> None:
    trace = told("x = torch.tensor(3.0, requires_grad=True)\ny = x * x + x\ny.backward()\n")
    (accumulate,) = events(trace, Accumulate)
    assert sorted(c.value.array.item() for c in accumulate.contributions) == [1, 3, 3]
    assert accumulate.delta.array.item() == 7


def test_only_saved_tensors_are_freed() -> None:
    trace = told("x = torch.ones(2, requires_grad=True)\ny = ((x + 1) * x).sum()\ny.backward()\n")
    assert [trace.nodes[e.node].name for e in events(trace, Free)] == ["MulBackward0"]
    kept = told("x = torch.ones(2, requires_grad=True)\ny = (x * x).sum()\ny.backward(retain_graph=True)\n")
    assert not events(kept, Free)


def test_gradients_set_by_the_program() -> None:
    trace = told(
        "x = torch.ones(2, requires_grad=True)\nx.sum().backward()\nx.grad.zero_()\nx.grad = torch.full((2,), 5.0)\n"
        "x.grad *= 2\nx.grad = None\n"
    )
    assert [None if e.grad is None else e.grad.array.tolist() for e in events(trace, SetGrad)] == [
        [0, 0],
        [5, 5],
        [10, 10],
        None,
    ]
    assert trace["x"].grad is None


def test_a_gradient_that_is_used_is_a_tensor_of_its_own_each_time() -> None:
    trace = run(PROGRAMS["updates by hand"], "torch")
    grads = [e for e in events(trace, Create) if e.op == "grad"]
    assert [g.value.array.tolist() for g in grads] == [[2, 4], pytest.approx([1.6, 3.2])]
    assert [e.op for e in events(trace, Inplace)] == ["sub", "sub"]


def test_an_optimizer_shows_what_it_does_to_parameters() -> None:
    adam = run(PROGRAMS["adam"], "torch")
    steps = [e for e in events(adam, Inplace) if e.op == "step"]
    assert len(steps) == 2 and all(e.tensor == 0 for e in steps)
    sgd = run(PROGRAMS["training"], "torch")
    assert {e.op for e in events(sgd, Inplace)} == {"add"}
    assert all(Operand("alpha", None, "-0.1") in e.inputs for e in events(sgd, Inplace))


def test_in_place_through_a_view_is_seen_by_the_base() -> None:
    trace = run(PROGRAMS["in place on a view"], "torch")
    (inplace,) = events(trace, Inplace)
    base, view = trace.end.names["y"], trace.end.names["v"]
    assert [s.tensor for s in inplace.seen] == [view, base]
    assert trace.tensors[view].base == base
    assert trace.nodes[inplace.node].name == "CopySlices"
    assert trace["y"].value.tolist() == [[20, 40], [6, 8]]
    assert trace.end.versions[base] == trace.end.versions[view] == 1


def test_hooks_of_the_program() -> None:
    trace = run(PROGRAMS["hooks"], "torch")
    first, second, *rest = events(trace, Hook)
    assert (first.name, second.name) == ("clip", "<lambda>")
    assert first.after.array.tolist() == [0.5, 0.5] and second.after is None
    assert len(rest) == 1


def test_a_hook_still_works_when_nobody_watches() -> None:
    x = torch.ones(2, requires_grad=True)
    with watched() as recording:
        handle = x.register_hook(lambda g: g * 2)
    x.sum().backward()
    handle.remove()
    x.sum().backward()
    assert x.grad.tolist() == [3, 3]
    assert not events(recording.finish(), Hook)


def test_requires_grad_switched_on_and_off() -> None:
    trace = run(PROGRAMS["requires grad"], "torch")
    assert [e.requires_grad for e in events(trace, RequiresGrad)] == [True, False]


def test_values_of_every_dtype_survive() -> None:
    kinds = [
        "float16",
        "float32",
        "float64",
        "bfloat16",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "bool",
        "complex64",
    ]
    trace = told("".join(f"{k} = torch.tensor([1, 0]).to(torch.{k})\n" for k in kinds))
    for kind in kinds:
        assert trace[kind].dtype == kind
        assert trace[kind].value.tolist() == [1, 0]


def test_large_tensors_are_kept_as_summaries() -> None:
    trace = run(PROGRAMS["large"], "torch")
    value = trace.end.values[trace.end.names["x"]]
    assert value.array is None and value.summary.max == pytest.approx(1)


def test_a_conjugate_and_a_sparse_tensor_are_no_obstacle() -> None:
    trace = told("z = torch.tensor([1 + 2j]).conj()\nw = z * 1\ns = torch.eye(2).to_sparse()\n")
    assert trace.error is None
    assert trace["w"].value.tolist() == [1 - 2j]


def test_a_graph_from_before_is_taken_over() -> None:
    x = torch.tensor([2.0], requires_grad=True)
    y = x**2
    with watched() as recording:
        recording.bind("x", x)
        z = y.sum()
        z.backward()
    trace = recording.finish()
    assert [trace.nodes[e.node].name for e in events(trace, Vjp)] == ["SumBackward0", "PowBackward0"]
    assert events(trace, Accumulate)[0].after.array.tolist() == [4]


def test_backward_of_several_roots_at_once() -> None:
    trace = told(
        "x = torch.ones(2, requires_grad=True)\na = (x * 2).sum()\nb = x * 3\n"
        "torch.autograd.backward([a, b], [None, torch.ones(2)])\n"
    )
    (backward,) = events(trace, Backward)
    assert len(backward.roots) == len(backward.seeds) == 2
    assert trace["x"].grad.tolist() == [5, 5]


def test_backward_to_some_inputs_only() -> None:
    trace = told(
        "x = torch.ones(2, requires_grad=True)\nw = torch.ones(2, requires_grad=True)\n"
        "(x * w).sum().backward(inputs=[x])\n"
    )
    assert [e.tensor for e in events(trace, Accumulate)] == [0]
    assert events(trace, Backward)[0].inputs == (0,)
    assert trace["w"].grad is None


def test_a_function_of_the_program_is_one_operation() -> None:
    trace = run(PROGRAMS["custom function"], "torch")
    forward = events(trace, Forward)[0]
    assert (forward.op, [o.name for o in forward.inputs]) == ("Exp", ["i"])
    node = trace.nodes[forward.node]
    assert node.name == "ExpBackward" and node.saved[0].tensor == forward.outputs[0]
    assert [e.op for e in events(trace, Forward)] == ["Exp", "sum"]


def test_double_backward_shows_the_graph_of_the_gradient() -> None:
    trace = run(PROGRAMS["double backward"], "torch")
    begins = [i for i, e in enumerate(trace.events) if isinstance(e, Backward)]
    made = [e for e in trace.events[begins[0] : begins[1]] if isinstance(e, Forward)]
    assert [trace.nodes[e.node].name for e in made][:3] == ["PowBackward0", "MulBackward1", "MulBackward0"]
    inside_second = [e for e in trace.events[begins[1] :] if isinstance(e, Forward)]
    assert not inside_second  # a pass without create_graph makes no graph
