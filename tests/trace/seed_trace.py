"""The seed lesson's trace, made by hand: what the recorders must come to."""

import numpy as np

from vizgrad.trace import (
    Accumulate,
    Arrival,
    Backward,
    Bind,
    Contribution,
    Create,
    Departure,
    Edge,
    Forward,
    Free,
    NodeRecord,
    Operand,
    Saved,
    Span,
    TensorRecord,
    Trace,
    Value,
    Vjp,
)

src = """import torch
x = torch.ones(2, requires_grad=True)
y = 5 * (x + 1) ** 2
o = (1/2) * torch.sum(y)
o.backward()
"""


def V(a):
    return Value.of(np.asarray(a, dtype="float32"))


def T(i, shape, span, node=None, leaf=False):
    return TensorRecord(id=i, shape=shape, dtype="float32", requires_grad=True, is_leaf=leaf, node=node, span=span)


def sp(line, text):
    c = src.splitlines()[line - 1].index(text)
    return Span(line, c, line, c + len(text))


spans = [
    sp(2, "torch.ones(2, requires_grad=True)"),
    sp(3, "x + 1"),
    sp(3, "(x + 1) ** 2"),
    sp(3, "5 * (x + 1) ** 2"),
    sp(4, "torch.sum(y)"),
    sp(4, "(1/2) * torch.sum(y)"),
]
tens = (
    T(0, (2,), spans[0], leaf=True),
    T(1, (2,), spans[1], 1),
    T(2, (2,), spans[2], 2),
    T(3, (2,), spans[3], 3),
    T(4, (), spans[4], 4),
    T(5, (), spans[5], 5),
)
nodes = (
    NodeRecord(id=0, name="AccumulateGrad", op="accumulate_grad", variable=0),
    NodeRecord(id=1, name="AddBackward0", op="add", edges=(Edge(0, 0), None), span=spans[1]),
    NodeRecord(
        id=2,
        name="PowBackward0",
        op="pow",
        edges=(Edge(1, 0),),
        saved=(Saved("exponent", None, "2"), Saved("self", 1)),
        span=spans[2],
    ),
    NodeRecord(
        id=3, name="MulBackward0", op="mul", edges=(Edge(2, 0), None), saved=(Saved("other", None, "5"),), span=spans[3]
    ),
    NodeRecord(id=4, name="SumBackward0", op="sum", edges=(Edge(3, 0),), span=spans[4]),
    NodeRecord(
        id=5,
        name="MulBackward0",
        op="mul",
        edges=(Edge(4, 0), None),
        saved=(Saved("other", None, "0.5"),),
        span=spans[5],
    ),
)


def F(op, node, ins, out, v):
    return Forward(
        op=op, node=node, inputs=tuple(Operand(*i) for i in ins), outputs=(out,), values=(V(v),), span=spans[out]
    )


B = sp(5, "o.backward()")


def J(node, g, frm, dep, n):
    return Vjp(
        backward=0,
        node=node,
        arrivals=(Arrival(V(g), (Contribution(frm, None if frm is None else 0, V(g)),)),),
        departures=tuple([Departure(V(dep))] + [None] * (n - 1)),
        span=B,
    )


evs = (
    Create(tensor=0, op="ones", value=V([1, 1]), span=spans[0]),
    Bind(name="x", tensor=0),
    F("add", 1, [("self", 0), ("other", None, "1")], 1, [2, 2]),
    F("pow", 2, [("self", 1), ("exponent", None, "2")], 2, [4, 4]),
    F("mul", 3, [("self", 2), ("other", None, "5")], 3, [20, 20]),
    Bind(name="y", tensor=3),
    F("sum", 4, [("self", 3)], 4, 40),
    F("mul", 5, [("self", 4), ("other", None, "0.5")], 5, 20),
    Bind(name="o", tensor=5),
    Backward(number=0, roots=(5,), seeds=(V(1),), span=B),
    J(5, 1, None, 0.5, 2),
    Free(node=5),
    J(4, 0.5, 5, [0.5, 0.5], 1),
    J(3, [0.5, 0.5], 4, [2.5, 2.5], 2),
    Free(node=3),
    J(2, [2.5, 2.5], 3, [10, 10], 1),
    Free(node=2),
    J(1, [10, 10], 2, [10, 10], 2),
    Accumulate(
        backward=0,
        tensor=0,
        node=0,
        before=None,
        delta=V([10, 10]),
        after=V([10, 10]),
        contributions=(Contribution(1, 0, V([10, 10])),),
        span=B,
    ),
)
seed = Trace(engine="numpy", source=src, tensors=tens, nodes=nodes, events=evs)
