"""Makes traces by hand: a small tape with real values and gradients, in need of no engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    Event,
    Fault,
    Forward,
    Free,
    NodeRecord,
    Operand,
    SetGrad,
    Span,
    TensorRecord,
    Trace,
    Value,
    Vjp,
)

Rule = Callable[[np.ndarray], Sequence[np.ndarray | None]]


def value(array: object, dtype: str = "float32") -> Value:
    return Value.of(np.asarray(array, dtype=dtype))


class Tape:
    """Records operations as they are told, and walks back over them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.tensors: list[TensorRecord] = []
        self.nodes: list[NodeRecord] = []
        self.events: list[Event] = []
        self.rules: dict[int, Rule] = {}
        self.accumulates: dict[int, int] = {}
        self.grads: dict[int, np.ndarray] = {}
        self.passes = 0

    def _line(self, name: str | None, expression: str) -> Span:
        self.lines.append(expression if name is None else f"{name} = {expression}")
        column = 0 if name is None else len(name) + 3
        return Span(len(self.lines), column, len(self.lines), column + len(expression))

    def _tensor(
        self, array: np.ndarray, span: Span, node: int | None, requires: bool, nr: int = 0, reason: str | None = None
    ) -> int:
        id = len(self.tensors)
        self.tensors.append(
            TensorRecord(
                id=id,
                shape=array.shape,
                dtype=array.dtype.name,
                requires_grad=requires,
                is_leaf=node is None,
                node=node,
                output_nr=nr,
                span=span,
                reason=reason,
            )
        )
        return id

    def create(
        self, name: str, array: object, requires: bool = True, dtype: str = "float32", text: str = "torch.tensor(data)"
    ) -> int:
        array = np.asarray(array, dtype=dtype)
        span = self._line(name, text)
        id = self._tensor(array, span, None, requires, reason=None if requires else "constant")
        self.events += [Create(tensor=id, op="tensor", value=Value.of(array), span=span), Bind(name=name, tensor=id)]
        return id

    def op(
        self,
        name: str | None,
        expression: str,
        op: str,
        grad_fn: str | None,
        inputs: Sequence[tuple[str, int | str]],
        results: object,
        rule: Rule | None = None,
        reason: str | None = "not_tracked",
        dtypes: Sequence[str] = ("float32",),
    ) -> int:
        """Several results where `results` is a tuple; returns the first one's id."""
        span = self._line(name, expression)
        operands = tuple(Operand(n, x) if isinstance(x, int) else Operand(n, None, x) for n, x in inputs)
        arrays = [
            np.asarray(r, dtype=d)
            for r, d in zip(results if isinstance(results, tuple) else (results,), dtypes, strict=True)
        ]
        node = None
        if grad_fn is not None:
            edges = tuple(None if o.tensor is None else self._edge(o.tensor) for o in operands)
            node = len(self.nodes)
            self.nodes.append(NodeRecord(id=node, name=grad_fn, op=op, edges=edges, span=span))
            assert rule is not None
            self.rules[node] = rule
        outputs = []
        for nr, array in enumerate(arrays):
            tracked = node is not None and array.dtype.kind == "f"
            why = None if tracked else "integer" if array.dtype.kind != "f" else reason
            outputs.append(self._tensor(array, span, node if tracked else None, tracked, nr, why))
        self.events.append(
            Forward(
                op=op,
                node=node,
                inputs=operands,
                outputs=tuple(outputs),
                values=tuple(Value.of(a) for a in arrays),
                span=span,
            )
        )
        if name is not None:
            names = [n.strip() for n in name.split(",")]
            self.events += [Bind(name=n, tensor=o) for n, o in zip(names, outputs, strict=False)]
        return outputs[0]

    def _edge(self, tensor: int) -> Edge | None:
        record = self.tensors[tensor]
        if record.node is not None:
            return Edge(record.node, record.output_nr)
        if not record.requires_grad:
            return None
        if tensor not in self.accumulates:
            self.accumulates[tensor] = len(self.nodes)
            self.nodes.append(
                NodeRecord(id=len(self.nodes), name="AccumulateGrad", op="accumulate_grad", variable=tensor)
            )
        return Edge(self.accumulates[tensor], 0)

    def backward(self, root: int, retain: bool = False) -> None:
        span = self._line(None, "root.backward()")
        record = self.tensors[root]
        assert record.node is not None
        number, self.passes = self.passes, self.passes + 1
        seed = np.ones(record.shape, dtype=record.dtype)
        self.events.append(
            Backward(number=number, roots=(root,), seeds=(Value.of(seed),), retain_graph=retain, span=span)
        )
        waiting: dict[int, list[tuple[int | None, int | None, np.ndarray, int]]] = {
            record.node: [(None, None, seed, record.output_nr)]
        }
        done: set[int] = set()
        while waiting:
            ready = [n for n in waiting if not any(self._leads(m, n) for m in self.nodes_left(done) if m != n)]
            node = max(ready)
            arrived = waiting.pop(node)
            done.add(node)
            if self.nodes[node].variable is not None:
                self._accumulate(number, node, arrived, span)
                continue
            outputs = max(nr for *_, nr in arrived) + 1
            sums = [sum(g for *_, g, nr in arrived if nr == k) for k in range(outputs)]
            departures = self.rules[node](sums[0])
            arrivals = tuple(
                Arrival(
                    Value.of(np.asarray(sums[k])),
                    tuple(Contribution(n, s, Value.of(g)) for n, s, g, nr in arrived if nr == k),
                )
                for k in range(outputs)
            )
            self.events.append(
                Vjp(
                    backward=number,
                    node=node,
                    arrivals=arrivals,
                    span=span,
                    departures=tuple(None if d is None else Departure(value(d)) for d in departures),
                )
            )
            if not retain:
                self.events.append(Free(node=node))
            for slot, (edge, grad) in enumerate(zip(self.nodes[node].edges, departures, strict=True)):
                if edge is not None and grad is not None:
                    waiting.setdefault(edge.node, []).append(
                        (node, slot, np.asarray(grad, dtype="float32"), edge.input_nr)
                    )

    def nodes_left(self, done: set[int]) -> list[int]:
        return [n.id for n in self.nodes if n.id not in done and n.variable is None]

    def _leads(self, start: int, end: int) -> bool:
        """Whether a gradient still to come can reach `end` (every node is taken to take part)."""
        return any(e is not None and (e.node == end or self._leads(e.node, end)) for e in self.nodes[start].edges)

    def _accumulate(self, number: int, node: int, arrived: list, span: Span) -> None:
        leaf = self.nodes[node].variable
        assert leaf is not None
        delta = np.asarray(sum(g for _, _, g, _ in arrived), dtype="float32")
        before = self.grads.get(leaf)
        self.grads[leaf] = delta if before is None else before + delta
        self.events.append(
            Accumulate(
                backward=number,
                tensor=leaf,
                node=node,
                before=None if before is None else Value.of(before),
                delta=Value.of(delta),
                after=Value.of(self.grads[leaf]),
                span=span,
                contributions=tuple(Contribution(n, s, Value.of(g)) for n, s, g, _ in arrived),
            )
        )

    def forget_grad(self, tensor: int) -> None:
        self.grads.pop(tensor, None)
        self.events.append(SetGrad(tensor=tensor, grad=None, span=self._line(None, "leaf.grad = None")))

    def fail(self, expression: str, message: str) -> None:
        self.events.append(Fault(type="RuntimeError", message=message, span=self._line(None, expression)))

    def trace(self) -> Trace:
        return Trace(
            engine="numpy",
            source="\n".join(self.lines) + "\n",
            tensors=tuple(self.tensors),
            nodes=tuple(self.nodes),
            events=tuple(self.events),
        )
