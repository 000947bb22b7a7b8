"""What the engine does, told by hooks on the nodes that it can reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from weakref import ref

import torch
from torch.autograd.graph import get_gradient_edge

from ...trace import Value
from ..recorder import Pass
from .dispatch import Operations
from .reader import next_number
from .schema import ACCUMULATE, Tensor, tensors_in, value_of


class Asked:
    """What a call asks of the engine."""

    def __init__(
        self,
        roots: Sequence[Any],
        seeds: Sequence[Any],
        inputs: Sequence[Any],
        retain_graph: bool | None,
        create_graph: Any,
        accumulate: bool,
    ) -> None:
        self.roots, self.seeds, self.inputs = roots, seeds, inputs
        self.create_graph, self.accumulate = bool(create_graph), accumulate
        self.retain_graph = self.create_graph if retain_graph is None else bool(retain_graph)

    @property
    def is_plain(self) -> bool:
        """Whether it is about tensors only."""
        seeds = [s for s in self.seeds if s is not None]
        return len(self.seeds) == len(self.roots) and all(
            isinstance(t, Tensor) for t in (*self.roots, *seeds, *self.inputs)
        )


def backward(recorder: Operations, call: Callable[[], Any], asked: Asked) -> Any:
    """Runs a call that runs the engine, and writes down the pass.

    The hooks are taken off again afterwards.
    """
    recorder.settle()
    if recorder.passes or not asked.is_plain:
        return call()  # a pass inside a pass belongs to it
    run = recorder.begin(
        asked.roots,
        [_ones(recorder, r) if s is None else recorder.value(s) for r, s in zip(asked.roots, asked.seeds, strict=True)],
        retain_graph=asked.retain_graph,
        create_graph=asked.create_graph,
        accumulate=asked.accumulate,
        inputs=asked.inputs,
    )
    handles = _hooked(recorder, run, asked.roots)
    recorder.passes.append(run)
    result = None
    try:
        result = call()
        recorder.tell(run)
    finally:
        for handle in handles:
            handle.remove()
        recorder.settle_with(tensors_in(result))
        recorder.passes.pop()
        recorder.fresh.clear()
        recorder.last_number = next_number()
    if not asked.accumulate:
        for tensor in tensors_in(result):
            if recorder.known(tensor) is None:
                recorder.create(tensor, "grad", run.span)
    return result


def _ones(recorder: Operations, root: Tensor) -> Value:
    was, recorder.is_quiet = recorder.is_quiet, True
    try:
        # only of a scalar: for any other the engine is about to refuse, and it may be of any size
        return value_of(torch.ones(root.shape if root.numel() == 1 else (), dtype=root.dtype))
    finally:
        recorder.is_quiet = was


def _hooked(recorder: Operations, run: Pass, roots: Sequence[Tensor]) -> list[Any]:
    """Puts hooks on every node that can be reached."""
    stack = [get_gradient_edge(r).node for r in roots if r.requires_grad]
    handles: list[Any] = [node.register_prehook(lambda grads: recorder.tell(run)) for node in stack]
    retaining: dict[Any, list[Tensor]] = {}
    for reference in recorder.retaining.values():
        tensor = reference()
        if tensor is not None and tensor.grad_fn is not None:
            retaining.setdefault(recorder.node_key(tensor.grad_fn), []).append(tensor)
    seen: set[Any] = set()
    while stack:
        node = stack.pop()
        key = recorder.node_key(node)
        if key in seen:
            continue
        seen.add(key)
        number = recorder.node(node)
        if isinstance(node, ACCUMULATE):
            leaf = _Leaf(recorder, run, number, node.variable)
            handles += (node.register_prehook(leaf.before), node.register_hook(leaf.after))
        else:
            edges = node.next_functions
            after = partial(_after, recorder, run, number, edges, retaining.get(key, ()))
            handles.append(node.register_hook(after))
            stack.extend(n for n, _ in edges if n is not None)
    return handles


def _after(
    recorder: Operations,
    run: Pass,
    number: int,
    edges: Sequence[tuple[Any, int]],
    retaining: Sequence[Tensor],
    departing: tuple[Tensor | None, ...],
    arrived: tuple[Tensor | None, ...],
) -> None:
    """A node has run."""
    recorder.settle_with([t for t in (*departing, *arrived) if t is not None])
    for tensor in retaining:
        grad = arrived[tensor.output_nr]
        if grad is not None and tensor.grad is not None:
            recorder.retained(run, tensor, recorder.value(grad), tensor.grad)
    departed = [
        None if grad is None or node is None else _fitted(recorder, grad)
        for (node, _), grad in zip(edges, departing, strict=False)
    ]
    recorder.summed.clear()
    recorder.visited(run, number, [None if g is None else recorder.value(g) for g in arrived], departed)


def _fitted(recorder: Operations, grad: Tensor) -> tuple[Value, Value | None]:
    """A gradient as the engine passes it on, and as the rule gave it if that was of another shape or dtype."""
    _, raw = recorder.summed.get(id(grad), (grad, grad))
    is_same = raw.shape == grad.shape and raw.dtype == grad.dtype
    return recorder.value(grad), None if is_same else recorder.value(raw)


class _Leaf:
    """What is read before and after an AccumulateGrad adds to a leaf."""

    def __init__(self, recorder: Operations, run: Pass, node: int, leaf: Tensor) -> None:
        self.recorder, self.run, self.node, self.leaf = recorder, run, node, leaf
        self.earlier: Value | None = None

    def before(self, grads: tuple[Tensor | None, ...]) -> None:
        grad = self.leaf.grad
        self.earlier = None if grad is None else self.recorder.value(grad)

    def after(self, _: Any, grads: tuple[Tensor | None, ...]) -> None:
        recorder, grad = self.recorder, self.leaf.grad
        if grads[0] is not None and grad is not None:
            recorder.settle_with([grad])
            recorder.accumulated(self.run, self.leaf, self.node, self.earlier, recorder.value(grads[0]), grad)


class SeenHook:
    """A hook of the program on a tensor, seen at work."""

    def __init__(self, recorder: Operations, tensor: Tensor, hook: Callable[..., Any]) -> None:
        self.recorder, self.hook, self.tensor = recorder, hook, ref(tensor)
        self.__name__ = getattr(hook, "__name__", type(hook).__name__)

    def __call__(self, grad: Tensor) -> Any:
        """Run the hook, and write down what it made of the gradient."""
        recorder, tensor = self.recorder, self.tensor()
        if not recorder.passes or tensor is None:
            return self.hook(grad)
        run = recorder.passes[-1]
        recorder.tell(run)
        before = recorder.value(grad)
        result = self.hook(grad)
        recorder.settle_with(tensors_in(result))
        after = recorder.value(result) if isinstance(result, Tensor) else None
        recorder.hooked(run, tensor, self.hook, before, after)
        return result
