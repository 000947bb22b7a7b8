"""The traces that the tests draw, one for each thing a picture must be able to show."""

from __future__ import annotations

import numpy as np

from tests.trace.seed_trace import seed
from vizgrad.trace import Bind, Edge, Inplace, NodeRecord, Operand, Seen, Trace

from .tape import Tape, value


def fan_out(x: float = 3.0) -> Trace:
    """y = x * x has two arrows; x is used a third time."""
    tape = Tape()
    a = tape.create("x", x)
    y = tape.op("y", "x * x", "mul", "MulBackward0", [("self", a), ("other", a)], x * x, lambda g: (g * x, g * x))
    z = tape.op("z", "y + x", "add", "AddBackward0", [("self", y), ("other", a)], x * x + x, lambda g: (g, g))
    tape.backward(z)
    return tape.trace()


def broadcast() -> Trace:
    """A bias of (2,) on scores of (3, 2)."""
    scores, bias = np.arange(6.0).reshape(3, 2) / 3, np.array([0.5, -0.25])
    tape = Tape()
    s, b = tape.create("scores", scores), tape.create("bias", bias)
    shifted = tape.op(
        "shifted",
        "scores + bias",
        "add",
        "AddBackward0",
        [("self", s), ("other", b)],
        scores + bias,
        lambda g: (g, g.sum(0)),
    )
    loss = tape.op(
        "loss",
        "shifted.sum()",
        "sum",
        "SumBackward0",
        [("self", shifted)],
        (scores + bias).sum(),
        lambda g: (np.ones((3, 2)) * g,),
    )
    tape.backward(loss)
    return tape.trace()


def layer() -> Trace:
    """A large layer: summaries in the boxes, data that no gradient goes to, labels of whole numbers."""
    random = np.random.default_rng(0)
    inputs, weights = random.normal(size=(64, 100)), random.normal(size=(100, 10))
    tape = Tape()
    x = tape.create("inputs", inputs, requires=False)
    w = tape.create("W", weights)
    tape.create("labels", [1, 0, 2], requires=False, dtype="int64")
    hidden = tape.op(
        "hidden",
        "inputs @ W",
        "mm",
        "MmBackward0",
        [("self", x), ("mat2", w)],
        inputs @ weights,
        lambda g: (None, inputs.T @ g),
    )
    loss = tape.op(
        "loss",
        "hidden.mean()",
        "mean",
        "MeanBackward0",
        [("self", hidden)],
        (inputs @ weights).mean(),
        lambda g: (np.ones((64, 10)) * g / 640,),
    )
    tape.op("frozen", "loss.detach() * 2", "mul", None, [("self", loss), ("other", "2")], 1.0, reason="detach")
    tape.backward(loss)
    return tape.trace()


def twice() -> Trace:
    """Two backward passes over one retained graph, then `.grad` set to None."""
    tape = Tape()
    w = tape.create("w", [1.0, 2.0])
    squares = tape.op(
        None,
        "w ** 2",
        "pow",
        "PowBackward0",
        [("self", w), ("exponent", "2")],
        [1.0, 4.0],
        lambda g: (2 * g * np.array([1.0, 2.0]), None),
    )
    loss = tape.op(
        "loss", "(w ** 2).sum()", "sum", "SumBackward0", [("self", squares)], 5.0, lambda g: (np.ones(2) * g,)
    )
    tape.backward(loss, retain=True)
    tape.backward(loss)
    tape.forget_grad(w)
    return tape.trace()


def several_outputs() -> Trace:
    """max(dim) gives values and whole numbers."""
    tape = Tape()
    x = tape.create("x", [[1.0, 2.0], [4.0, 3.0]])
    chosen = np.array([[0.0, 1.0], [1.0, 0.0]])
    m = tape.op(
        "m, i",
        "x.max(dim=1)",
        "max",
        "MaxBackward0",
        [("self", x), ("dim", "1")],
        ([2.0, 4.0], [1, 0]),
        lambda g: (chosen * g[:, None], None),
        dtypes=("float32", "int64"),
    )
    tape.backward(tape.op("s", "m.sum()", "sum", "SumBackward0", [("self", m)], 6.0, lambda g: (np.ones(2) * g,)))
    return tape.trace()


def in_place() -> Trace:
    """A tracked in-place operation: one tensor, two nodes."""
    tape = Tape()
    x = tape.create("x", [1.0, 1.0])
    y = tape.op("y", "x * 2", "mul", "MulBackward0", [("self", x), ("other", "2")], [2.0, 2.0], lambda g: (2 * g, None))
    span = tape._line(None, "y.mul_(3)")
    node = len(tape.nodes)
    before = tape.tensors[y].node
    assert before is not None
    tape.nodes.append(NodeRecord(id=node, name="MulBackward0", op="mul", edges=(Edge(before, 0), None), span=span))
    tape.rules[node] = lambda g: (3 * g, None)
    tape.events.append(
        Inplace(
            op="mul",
            tensor=y,
            node=node,
            inputs=(Operand("self", y), Operand("other", None, "3")),
            span=span,
            seen=(Seen(y, value([6.0, 6.0]), 1, node),),
        )
    )
    total = tape.op("z", "y.sum()", "sum", "SumBackward0", [("self", y)], 12.0, lambda g: (np.ones(2) * g,))
    tape.nodes[-1] = NodeRecord(
        id=tape.nodes[-1].id, name="SumBackward0", op="sum", edges=(Edge(node, 0),), span=tape.nodes[-1].span
    )
    tape.backward(total)
    return tape.trace()


def failing() -> Trace:
    """Shapes that do not fit."""
    tape = Tape()
    a, _ = tape.create("a", np.ones((2, 3))), tape.create("b", np.ones((2, 3)), requires=False)
    tape.op(
        "c", "a * 2", "mul", "MulBackward0", [("self", a), ("other", "2")], np.ones((2, 3)) * 2, lambda g: (2 * g, None)
    )
    tape.fail("d = c @ b", "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)")
    return tape.trace()


def named(text: str) -> Trace:
    """`text` as a name, as an expression, and as a constant."""
    tape = Tape()
    x = tape.create("x", 1.0, text=text)
    tape.events[-1] = Bind(name=text, tensor=x)
    tape.op("y", text, "add", "AddBackward0", [("self", x), ("other", text)], 2.0, lambda g: (g, None))
    return tape.trace()


def chain(length: int) -> Trace:
    """A long straight graph."""
    tape = Tape()
    at = tape.create("x0", 1.0)
    for i in range(1, length + 1):
        at = tape.op(
            f"x{i}",
            f"x{i - 1} * 2",
            "mul",
            "MulBackward0",
            [("self", at), ("other", "2")],
            2.0**-i,
            lambda g: (2 * g, None),
        )
    return tape.trace()


ALL = {
    "seed": lambda: seed,
    "fan_out": fan_out,
    "broadcast": broadcast,
    "layer": layer,
    "twice": twice,
    "several_outputs": several_outputs,
    "in_place": in_place,
    "failing": failing,
}
