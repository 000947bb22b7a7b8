"""The backward pass: a generator that visits the nodes of a graph, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from . import dtypes, errors, grad_mode
from .hooks import after_accumulate, anomaly, before_node, check_nan, run_post, run_pre
from .node import AccumulateGrad, Grad, Node, gradient_edge, hooks_of, hooks_of_leaf
from .registry import OPS
from .tensor import Edge, Tensor

__all__ = [
    "AccumulateGrad", "BackwardCall", "Node", "Step", "backward_steps", "fit", "gradient_edge", "hooks_of",
    "hooks_of_leaf",
]  # fmt: skip
ndarray = np.ndarray


class Step(NamedTuple):
    """What one node did in a backward pass.

    `grads` are the gradients that arrived, one for each output of the forward operation; `raw` the gradients the
    rules gave, one for each of `next_functions`; `inputs` the same after summing out what was broadcast and casting.
    They are arrays (Tensors under create_graph), None where there is none. For an AccumulateGrad, `tensor` is the
    leaf, and `before`, `delta`, `after` tell what became of its `.grad`. `freed` says that saved tensors were dropped.
    """

    node: Node
    grads: tuple[Grad, ...]
    raw: tuple[Grad, ...] = ()
    inputs: tuple[Grad, ...] = ()
    tensor: Tensor | None = None
    before: np.ndarray | None = None
    delta: np.ndarray | None = None
    after: np.ndarray | None = None
    freed: bool = False


@dataclass(eq=False)
class BackwardCall:
    """What a backward pass was asked to do; `captured` is filled on the way with the gradients asked for."""

    roots: tuple[Tensor, ...]
    seeds: tuple[Tensor, ...]
    retain_graph: bool = False
    create_graph: bool = False
    inputs: tuple[Tensor, ...] | None = None
    accumulate: bool = True
    watched: bool = True
    captured: dict[Edge, Grad] = field(default_factory=dict)


class _Plan(NamedTuple):
    """The nodes that will run, newest first, and how many gradients each leaf waits for.

    If only some inputs are asked for: the nodes that lead to them, and of which gradients are to be captured.
    """

    order: list[Node]
    waits: dict[Node, int]
    leading: set[Node] | None
    captures: dict[Node, list[int]]

    def wants(self, node: Node) -> bool:
        """Whether a gradient for this node is of use."""
        return self.leading is None or node in self.leading or node in self.captures


def _plan(call: BackwardCall, roots: list[Node]) -> _Plan:
    order = [root for root in dict.fromkeys(roots) if type(root) is not AccumulateGrad]
    seen = set(order)
    waits: dict[Node, int] = {}
    for node in order:  # which grows meanwhile
        for nxt, _ in node.next_functions:
            if type(nxt) is AccumulateGrad:
                waits[nxt] = waits.get(nxt, 0) + 1
            elif nxt is not None and nxt not in seen:
                seen.add(nxt)
                order.append(nxt)
    order.sort(key=attrgetter("number"), reverse=True)
    if call.inputs is None:
        return _Plan(order, waits, None, {})
    captures: dict[Node, list[int]] = {}
    leading: set[Node] = set()
    for tensor in call.inputs:
        edge, number = gradient_edge(tensor)
        if edge is not None:
            if call.accumulate and type(edge) is AccumulateGrad:
                leading.add(edge)
            else:
                captures.setdefault(edge, []).append(number)
    for node in reversed(order):
        if any(n in leading or n in captures for n, _ in node.next_functions):
            leading.add(node)
    return _Plan(order, waits, leading, captures)


def backward_steps(call: BackwardCall) -> Iterator[Step]:  # noqa: C901 - one loop, whose parts share all they know
    """Send gradients back through the graph, one node a step: newest first, an AccumulateGrad at once when ready.

    Every edge points to an older node, so newest first is a topological order; it needs no recursion, and it is
    PyTorch's own. The work of a step is done before it is yielded. If nobody watches the call, no steps are made.
    """
    create_graph, keep, watched = call.create_graph, call.retain_graph, call.watched
    edges = [gradient_edge(root) for root in call.roots]
    plan = _plan(call, [root for root, _ in edges if root is not None])
    waits, leading, captures = plan.waits, plan.leading, plan.captures
    pending: dict[Node, list[Grad]] = {}
    for (root, number), seed in zip(edges, call.seeds, strict=True):
        if root is not None:
            _arrive(pending, root, number, fit(seed if create_graph else seed.array, root, number, create_graph))
    ready = [leaf for leaf in pending if type(leaf) is AccumulateGrad and leaf not in waits]
    yield from _ended(ready, pending, call, plan)
    check = anomaly.get()
    for node in plan.order:
        if leading is not None and not plan.wants(node):
            continue
        grads = pending.pop(node, None) or [None] * len(node.outputs)
        hooks = node.hooks
        if hooks is not None:
            grads = before_node(node, hooks, grads, create_graph)
        wanted = None
        if leading is not None:
            for number in captures.get(node, ()):
                call.captured[node, number] = grads[number]
            if node not in leading:
                continue
            wanted = [nxt is not None and plan.wants(nxt) for nxt, _ in node.next_functions]
        if hooks is not None:
            grads = run_pre(node, hooks, grads, create_graph)
        if create_graph:
            raw, fitted = _apply_recorded(node, grads, wanted)
        else:
            raw = fitted = node.apply(grads, wanted, False)
        if hooks is not None or check:
            fitted = [fit_slot(node, slot, grad, create_graph) for slot, grad in enumerate(raw)]
            if check:
                check_nan(node, fitted)
            if hooks is not None:
                fitted = run_post(node, hooks, fitted, grads, create_graph)
        freed = not keep and node.release()
        for slot, (nxt, number) in enumerate(node.next_functions):
            if nxt is None or (wanted is not None and not wanted[slot]):
                continue
            grad = fitted[slot]
            if grad is not None:
                if type(grad) is not ndarray or grad.shape != nxt.shape or grad.dtype is not nxt.dtype or nxt.more:
                    fitted = raw.copy() if fitted is raw else fitted
                    grad = fitted[slot] = fit_slot(node, slot, grad, create_graph)
                if nxt not in pending and not nxt.more:
                    pending[nxt] = [grad]
                else:
                    _arrive(pending, nxt, number, grad)
            if type(nxt) is AccumulateGrad:
                waits[nxt] -= 1
                if not waits[nxt]:
                    ready.append(nxt)
        if watched:
            rules = tuple(raw)
            fits = rules if raw is fitted else tuple(fitted)
            yield Step(node, tuple(grads), rules, fits, freed=freed)
        if ready:
            del grads, raw, fitted, grad  # so that a leaf finds nobody else holding what it gets
            yield from _ended(ready, pending, call, plan)


def _ended(
    ready: list[AccumulateGrad], pending: dict[Node, list[Grad]], call: BackwardCall, plan: _Plan
) -> Iterator[Step]:
    """Accumulate in the leaves that wait for nothing more."""
    for leaf in ready:
        grads, hooks = pending.pop(leaf, [None]), leaf.hooks
        if hooks is not None:
            grads = before_node(leaf, hooks, grads, call.create_graph)
        if leaf in plan.captures:
            call.captured[leaf, 0] = grads[0]
        if plan.leading is not None and leaf not in plan.leading:
            continue
        if hooks is not None:
            grads = run_pre(leaf, hooks, grads, call.create_graph)
        if grads[0] is None:
            continue
        leaf_grad = leaf.variable._grad
        before = leaf_grad.array.copy() if call.watched and leaf_grad is not None else None
        arrived = tuple(grads) if call.watched else ()
        after = leaf.accumulate(grads, call.create_graph).array
        if hooks is not None:
            after_accumulate(leaf, hooks)
        if call.watched:
            delta = arrived[0].array if call.create_graph else arrived[0]
            yield Step(leaf, arrived, (), (), leaf.variable, before, delta, after)
    ready.clear()


def _apply_recorded(node: Node, grads: list[Grad], wanted: list[bool] | None) -> tuple[list[Grad], list[Grad]]:
    """Run a node's rules on tensors, recording what they do; give their gradients as they are, and fitted."""
    token = grad_mode.change(grad_mode.current()._replace(grad=True, in_rule=True))
    try:
        raw = node.apply(grads, wanted, True)
        return raw, [fit_slot(node, slot, grad, True) for slot, grad in enumerate(raw)]
    finally:
        grad_mode.restore(token)


def _arrive(pending: dict[Node, list[Grad]], node: Node, number: int, grad: Grad) -> None:
    """Add a gradient to those that wait for a node."""
    waiting = pending.get(node)
    if waiting is None:
        waiting = pending[node] = [None] * len(node.outputs)
    before = waiting[number]
    if before is None:
        waiting[number] = grad
    elif isinstance(grad, Tensor):
        token = grad_mode.change(grad_mode.current()._replace(grad=True))
        waiting[number] = before + grad
        grad_mode.restore(token)
    else:
        total = before + grad
        waiting[number] = total if type(total) is ndarray else np.asarray(total)


def fit_slot(node: Node, slot: int, grad: Grad, create_graph: bool) -> Grad:
    """Bring a rule's gradient to the shape and dtype of the input it is for."""
    nxt, number = node.next_functions[slot]
    if grad is None or nxt is None:
        return None
    fitted = fit(grad, nxt, number, create_graph)
    if fitted is None:
        raise RuntimeError(
            f"Function {node.name()} returned an invalid gradient at index {slot} - got "
            f"{errors.sizes(grad.shape)} but expected shape compatible with {errors.sizes(nxt.outputs[number][0])}"
        )
    return fitted


def fit(grad: Grad, node: Node, number: int, create_graph: bool) -> Grad:
    """Sum out what was broadcast, and cast: once, here, so that no rule has to. None if it has no shape for that."""
    shape, dtype = (node.shape, node.dtype) if node.more is None else node.more[number]
    axes = () if grad.shape == shape else _summed(tuple(grad.shape), shape)
    if axes is None:
        return None
    if create_graph:
        return _fit_recorded(grad, shape, axes, dtype)
    if type(grad) is not ndarray:
        grad = np.asarray(grad)
    if grad.shape != shape:
        grad = np.add.reduce(grad, axes, grad.dtype).reshape(shape)
    if grad.dtype is not dtype and grad.dtype != dtype:
        grad = grad.real.astype(dtype) if grad.dtype.kind == "c" and dtype.kind != "c" else grad.astype(dtype)
    return grad


def _fit_recorded(grad: Tensor, shape: tuple[int, ...], axes: tuple[int, ...], dtype: np.dtype) -> Tensor:
    if not shape and grad.array.ndim:
        grad = OPS["sum"](grad)
    elif tuple(grad.shape) != shape:
        lead = len(grad.shape) > len(shape)
        grad = OPS["sum.dim"](grad, axes, True)
        grad = OPS["view"](grad, shape) if lead else grad
    if grad.array.dtype != dtype:
        grad = OPS["_to_copy"](grad, dtypes.of(np.empty(0, dtype)))
    return grad


@lru_cache(1024)
def _summed(shape: tuple[int, ...], target: tuple[int, ...]) -> tuple[int, ...] | None:
    """Name the axes along which something of a shape was broadcast from another; None if it cannot have been."""
    lead = len(shape) - len(target)
    if lead < 0 or any(n not in (1, m) for m, n in zip(shape[lead:], target, strict=True)):
        return None
    return (*range(lead), *[i for i, n in enumerate(target, lead) if n == 1 and shape[i] != 1])
