"""What the observer is told."""

from __future__ import annotations

import pytest

import vizgrad.autodiff as ours
from vizgrad.autodiff.core import grad_mode


class Log:
    """Writes down what it is told."""

    def __init__(self):
        self.events = []

    def created(self, tensor, op):
        self.events.append(("created", op, tensor.tolist()))

    def computed(self, op, inputs, outputs, node):
        shown = {k: (v.tolist() if isinstance(v, ours.Tensor) else v) for k, v in inputs.items()}
        self.events.append(("computed", op.name, shown, None if node is None else node.name(), len(outputs)))

    def mutated(self, op, tensor, inputs, node):
        self.events.append(("mutated", op.name, tensor.tolist(), sorted(inputs), None if node is None else node.name()))

    def mode(self, name, entered):
        self.events.append(("mode", name, entered))

    def grad_set(self, tensor):
        self.events.append(("grad_set", tensor.grad))

    def backward(self, call, steps):
        self.events.append(("backward", [s.tolist() for s in call.seeds], call.accumulate))
        for step in steps:
            self.events.append(("step", step.node.name()))
            yield step

    def hook(self, owner, before, after):
        self.events.append(("hook", owner, before.tolist(), after.tolist()))


@pytest.fixture
def log():
    watcher = Log()
    with grad_mode.observe(watcher):
        yield watcher
    before = len(watcher.events)
    ours.ones(1) * 2
    assert len(watcher.events) == before  # nothing is told after the block


def test_factories_and_operations(log):
    x = ours.ones(2, requires_grad=True)
    _ = (x * 3).sum()
    assert log.events == [
        ("created", "ones", [1, 1]),
        ("computed", "mul.Tensor", {"self": [1, 1], "other": 3}, "MulBackward0", 1),
        ("computed", "sum", {"self": [3, 3]}, "SumBackward0", 1),
    ]


def test_untracked_operations_are_told_too(log):
    c = ours.tensor([1.0, 2.0])
    _ = c + c
    assert log.events[-1] == ("computed", "add.Tensor", {"self": [1, 2], "other": [1, 2]}, None, 1)


def test_values_at_their_default_are_left_out(log):
    x = ours.ones(2)
    ours.add(x, x, alpha=1)
    assert "alpha" not in log.events[-1][2]
    ours.add(x, x, alpha=2)
    assert log.events[-1][2]["alpha"] == 2


def test_composed_functions_tell_what_autograd_sees(log):
    A, W, b = ours.ones(2, 3), ours.ones(4, 3, requires_grad=True), ours.ones(4, requires_grad=True)
    ours.nn.functional.cross_entropy(ours.nn.functional.linear(A, W, b), ours.tensor([0, 1]))
    told = [(e[1], e[3]) for e in log.events if e[0] == "computed"]
    assert told == [
        ("t", "TBackward0"),
        ("addmm", "AddmmBackward0"),
        ("_log_softmax", "LogSoftmaxBackward0"),
        ("nll_loss", "NllLossBackward0"),
    ]


def test_backward_is_told_step_by_step_and_not_what_it_computes(log):
    x = ours.ones(2, requires_grad=True)
    y = (x.exp() * 2).sum()
    log.events.clear()
    y.backward()
    assert log.events == [
        ("backward", [1], True),
        ("step", "SumBackward0"),
        ("step", "MulBackward0"),
        ("step", "ExpBackward0"),
        ("step", "torch::autograd::AccumulateGrad"),
    ]


def test_under_create_graph_what_backward_computes_is_told(log):
    x = ours.ones(2, requires_grad=True)
    y = x.exp().sum()
    log.events.clear()
    ours.autograd.grad(y, x, create_graph=True)
    assert ("computed", "mul.Tensor") in [e[:2] for e in log.events]
    assert log.events[0] == ("backward", [1], False)


def test_in_place_operations(log):
    z = ours.ones(3, requires_grad=True) * 1
    z.mul_(2)
    z[0] = 5.0
    z[:2].add_(1)
    told = [e for e in log.events if e[0] == "mutated"]
    assert told == [
        ("mutated", "mul.Tensor", [2, 2, 2], ["other", "self"], "MulBackward0"),
        ("mutated", "setitem", [5, 2, 2], ["index", "self", "value"], "torch::autograd::CopySlices"),
        ("mutated", "add.Tensor", [6, 3], ["other", "self"], "torch::autograd::CopySlices"),
    ]


def test_grads_modes_and_hooks(log):
    x = ours.ones(2, requires_grad=True)
    x.register_hook(lambda g: g * 10)
    with ours.no_grad(), ours.enable_grad():
        y = x * 2
    y.sum().backward()
    x.grad = None
    kinds = [e[:3] for e in log.events if e[0] in ("mode", "grad_set", "hook")]
    assert kinds == [
        ("mode", "no_grad", True),
        ("mode", "enable_grad", True),
        ("mode", "enable_grad", False),
        ("mode", "no_grad", False),
        ("hook", x, [2, 2]),
        ("grad_set", None),
    ]
    hook = next(e for e in log.events if e[0] == "hook")
    assert hook[3] == [20, 20]


def test_zeroing_a_gradient_is_a_mutation(log):
    x = ours.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    log.events.clear()
    x.grad.zero_()
    assert log.events == [("mutated", "zero", [0, 0], ["self"], None)]


def test_a_programs_own_operation_is_one_event(log):
    class Square(ours.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a * a

        @staticmethod
        def backward(ctx, g):
            return 2 * ctx.saved_tensors[0] * g

    x = ours.tensor([3.0], requires_grad=True)
    log.events.clear()
    y = Square.apply(x)
    assert [e[1] for e in log.events] == ["Square"]
    y.backward()
    assert [e[1] for e in log.events if e[0] == "step"] == ["SquareBackward", "torch::autograd::AccumulateGrad"]
    assert x.grad.tolist() == [6]


def test_measure_may_refuse_an_operation_before_it_computes():
    def refuse(op, arrays):
        raise MemoryError(op.name)

    x = ours.ones(2)
    token = grad_mode.change(grad_mode.current()._replace(measure=refuse))
    try:
        with pytest.raises(MemoryError, match=r"mul\.Tensor"):
            x * 2
        with pytest.raises(MemoryError, match=r"add\.Tensor"):
            x.add_(1)
    finally:
        grad_mode.restore(token)
    assert x.tolist() == [1, 1]
