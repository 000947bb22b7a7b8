"""The backward pass: nodes, and a generator that visits them, newest first."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ref

import numpy as np

from . import errors, modes
from .hooks import Hooks, after_accumulate, anomaly, before_node, check_nan, run_post, run_pre
from .tensor import FREED, NO_EDGE, Edge, Tensor, wrap

if TYPE_CHECKING:
    from .op import Op

Grad = Any  # an array on the fast path, a Tensor under create_graph, None where nothing arrived
_FIRST = 2**62  # AccumulateGrad's number: it runs as soon as it is ready
_numbers = itertools.count()
_new_tuple = tuple.__new__


class Node:
    """One recorded operation: where its gradients go (`next_functions`) and what it saved to compute them.

    Each operation has a class of nodes of its own, named as PyTorch names it (`MulBackward0`), whose `_saved_*`
    attributes are properties made from the operation's rules.
    """

    __slots__ = ("__weakref__", "hooks", "metadata", "next_functions", "number", "outputs", "saved", "versions")
    op: Op
    next_functions: tuple[Edge, ...]
    outputs: tuple[tuple[tuple[int, ...], np.dtype], ...]  # shape and dtype of each output of the forward operation
    saved: list[Any]  # one value for each of op.saved
    versions: list[int]  # the version of each saved tensor when it was saved
    hooks: Hooks | None

    def __init__(self, next_functions: tuple[Edge, ...], outputs: Iterable[Tensor]) -> None:
        self.number = next(_numbers)
        self.next_functions = next_functions
        self.outputs = tuple([(t.array.shape, t.array.dtype) for t in outputs])
        self.saved = []
        self.versions = []
        self.hooks = None

    def name(self) -> str:
        """Give the name PyTorch gives this kind of node."""
        return type(self).__name__

    def _sequence_nr(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"

    def register_hook(self, hook: Callable[..., Any]) -> Any:
        """Call `hook(grad_inputs, grad_outputs)` after this node has run; it may return other grad_inputs."""
        return _hooks_of(self).add("post", hook)

    def register_prehook(self, hook: Callable[..., Any]) -> Any:
        """Call `hook(grad_outputs)` before this node runs; it may return other grad_outputs."""
        return _hooks_of(self).add("pre", hook)

    def apply(self, grads: list[Grad], wanted: list[bool] | None, create_graph: bool) -> list[Grad]:
        """Run the derivative rules: one gradient for each of `next_functions`, None where none is needed."""
        op = self.op
        if op.single and grads[0] is None:
            return [None] * len(self.next_functions)
        values = self._tensors() if create_graph else self._arrays()
        grad = grads[0]
        results: list[Grad] = []
        for slot, (rule, indices, kind) in enumerate(op.slots):
            if kind is not None:  # a rule for a list of tensors, or one that looks at every output's gradient
                if kind == "grads":
                    grad = self._filled(grads, create_graph)
                elif kind == "grads_or_none":
                    grad = grads
                elif kind == "list":
                    results.extend(rule(grad, *[values[i] for i in indices]))
                    continue
            if (wanted is None and self.next_functions[slot][0] is None) or (wanted is not None and not wanted[slot]):
                results.append(None)
            elif not indices:
                results.append(rule(grad))
            elif len(indices) == 1:
                results.append(rule(grad, values[indices[0]]))
            else:
                results.append(rule(grad, *[values[i] for i in indices]))
        return results

    def _filled(self, grads: list[Grad], create_graph: bool) -> list[Grad]:
        zeros = (np.zeros(shape, dtype) for shape, dtype in self.outputs)
        return [
            (wrap(zero) if create_graph else zero) if grad is None else grad
            for grad, zero in zip(grads, zeros, strict=True)
        ]

    def _arrays(self) -> list[Any]:
        """Unpack what was saved as arrays, after checking that nobody wrote to it since."""
        if not self.op.saves_tensors:
            return self.saved
        values = []
        for value, version in zip(self.saved, self.versions, strict=True):
            if isinstance(value, Tensor):
                if value._counter[0] != version:
                    raise self._modified(value, version)
                value = value.array
            elif value is FREED:
                raise RuntimeError(errors.BACKWARD_TWICE)
            elif type(value) in (list, tuple) and any(isinstance(v, Tensor) for v in value):
                value = [v.array if isinstance(v, Tensor) else v for v in value]
            values.append(value)
        return values

    def _tensors(self) -> list[Any]:
        return [self.unpack(i) for i in range(len(self.saved))]

    def unpack(self, i: int) -> Any:
        """Give a saved value back: the very tensor that was an input, a stand-in for one that was an output."""
        value, version = self.saved[i], self.versions[i]
        if value is FREED:
            raise RuntimeError(errors.BACKWARD_TWICE)
        if isinstance(value, Tensor):
            if value._counter[0] != version:
                raise self._modified(value, version)
            output = self.op.saved_outputs[i]
            if output is not None and output in self.op.differentiable_outputs:
                # saved without its grad_fn, which would make a cycle that only the garbage collector could free
                twin = value._twin()
                twin._edge, twin._requires_grad = (self, output), True
                return twin
        return value

    def _modified(self, value: Tensor, version: int) -> RuntimeError:
        from . import dtypes

        now = value._counter[0]
        position = next(i for i, v in enumerate(self.saved) if v is value)
        maker: Node | None = self if self.op.saved_outputs[position] is not None else None
        number = self.op.saved_outputs[position] or 0
        if maker is None and value.grad_fn is not None:
            maker, number = value.grad_fn, value._edge[1]  # type: ignore[index]
        # PyTorch names the maker without "Backward0" here
        origin = "" if maker is None else f", which is output {number} of {maker.name().split('Backward')[0]},"
        return RuntimeError(
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            f"[torch.{dtypes.of(value.array).long_name}Tensor {errors.sizes(value.array.shape)}]{origin} is at version "
            f"{now}; expected version {version} instead. Hint: enable anomaly detection to find the operation that "
            "failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False)."
        )

    def release(self) -> bool:
        """Drop the saved tensors (numbers and sizes stay); say whether there were any."""
        saved, freed = self.saved, False
        for i in self.op.saves_tensors:
            if saved[i] is not None:
                saved[i] = FREED
                freed = True
        return freed


class AccumulateGrad(Node):
    """The end of a path: adds what arrives to a leaf's `.grad`."""

    __slots__ = ("variable",)
    number = _FIRST  # type: ignore[misc,assignment]
    next_functions = ()  # type: ignore[misc]
    saved = versions = ()  # type: ignore[misc,assignment]

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable

    @property
    def outputs(self) -> Any:  # type: ignore[override]
        """Shape and dtype of the leaf."""
        array = self.variable.array
        return ((array.shape, array.dtype),)

    @property
    def hooks(self) -> Hooks | None:  # type: ignore[override]
        """The leaf's hooks: they outlive this node, which lives only as long as a graph needs it."""
        return self.variable._hooks

    def release(self) -> bool:
        """Nothing is saved here."""
        return False

    def accumulate(self, grad: Grad, create_graph: bool) -> tuple[Any, Any, Any, Any]:
        """Add a gradient to the leaf's; give the leaf, `.grad` before, what was added, and `.grad` after."""
        variable = self.variable
        before, after = add_to_grad(variable, grad, create_graph)
        return variable, before, grad.array if create_graph else grad, after


def add_to_grad(variable: Tensor, grad: Grad, create_graph: bool) -> tuple[np.ndarray | None, np.ndarray]:
    """Accumulate into `.grad`: in place, unless the sum itself must be differentiable."""
    old = variable._grad
    if create_graph:
        from .ops.elementwise import add
        from .ops.index import copy_of

        before = None if old is None else old.array
        variable._grad = copy_of(grad) if old is None else add(old, grad)
        return before, variable._grad.array
    if old is None:
        # a copy: the array may be shared with another gradient, a saved tensor or the caller's seed
        variable._grad = wrap(np.array(grad, order="C"))
        return None, variable._grad.array
    before = old.array.copy()
    old.array += grad
    if old._counter is not None:
        old._counter[0] += 1
    return before, old.array


def gradient_edge(tensor: Tensor) -> Edge:
    """Find where a gradient for this tensor goes: its maker, or the accumulator of a leaf."""
    if tensor._view is not None:
        tensor._refresh()
    edge = tensor._edge
    if edge is not None:
        return edge
    if not tensor._requires_grad:
        return NO_EDGE
    # held weakly by the leaf, so that a graph that is gone takes its accumulators along
    node = tensor._accumulator() if tensor._accumulator is not None else None
    if node is None:
        node = AccumulateGrad(tensor)
        tensor._accumulator = ref(node)
    return (node, 0)


def _hooks_of(node: Node) -> Hooks:
    if isinstance(node, AccumulateGrad):
        return hooks_of_leaf(node.variable)
    if node.hooks is None:
        node.hooks = Hooks()
    return node.hooks


def hooks_of_leaf(tensor: Tensor) -> Hooks:
    """Give the hooks of a leaf, made when first asked for."""
    if tensor._hooks is None:
        tensor._hooks = Hooks()
    return tensor._hooks


def hooks_of(tensor: Tensor) -> Hooks:
    """Give the hooks that see a tensor's gradient: its own if it is a leaf, else its maker's."""
    node = gradient_edge(tensor)[0]
    return hooks_of_leaf(tensor) if node is None else _hooks_of(node)


class Step(NamedTuple):
    """What one node did in a backward pass.

    `grads` are the gradients that arrived, one for each output of the forward operation; `raw` the gradients the
    rules gave, one for each of `next_functions`; `inputs` the same after summing out what was broadcast and casting.
    They are arrays (Tensors under create_graph), None where there is none. For an AccumulateGrad, `tensor` is the
    leaf, and `before`, `delta`, `after` tell what became of its `.grad`.
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
    captured: dict[Edge, Grad] = field(default_factory=dict)


class _Plan(NamedTuple):
    """Which nodes run: how many gradients each waits for and, if only some inputs are asked for, which lead there."""

    waits: dict[Node, int]
    leading: set[Node] | None
    captures: dict[Node, list[int]]


def _plan(call: BackwardCall, edges: list[Edge]) -> _Plan:
    waits: dict[Node, int] = {}
    stack: list[Node] = []
    seen: set[Node] = set()
    for node, _ in edges:
        if node is not None and node not in seen:
            seen.add(node)
            stack.append(node)
    while stack:
        for node, _ in stack.pop().next_functions:
            if node is not None:
                if node in seen:
                    waits[node] = waits.get(node, 0) + 1
                else:
                    waits[node] = 1
                    seen.add(node)
                    stack.append(node)
    if call.inputs is None:
        return _Plan(waits, None, {})
    captures: dict[Node, list[int]] = {}
    leading: set[Node] = set()
    for tensor in call.inputs:
        node, number = gradient_edge(tensor)
        if node is not None:
            if call.accumulate and isinstance(node, AccumulateGrad):
                leading.add(node)
            else:
                captures.setdefault(node, []).append(number)
    for node in sorted(seen, key=lambda n: -1 if isinstance(n, AccumulateGrad) else n.number):  # oldest first
        if any(n in leading or n in captures for n, _ in node.next_functions):
            leading.add(node)
    return _Plan(waits, leading, captures)


def backward_steps(call: BackwardCall) -> Iterator[Step]:
    """Send gradients back through the graph, one node a step: newest first, an AccumulateGrad at once when ready.

    Every edge points to an older node, so this is a topological order; it needs no recursion, and it is PyTorch's
    own order. The work of a step is done before it is yielded.
    """
    create_graph, keep = call.create_graph, call.retain_graph
    edges = [gradient_edge(root) for root in call.roots]
    waits, leading, captures = _plan(call, edges)
    pending: dict[Node, list[Grad]] = {}
    ready: list[tuple[int, int, Node]] = []
    tick = 0
    for (root, number), seed in zip(edges, call.seeds, strict=True):
        if root is None:
            continue
        new = root not in pending
        seed_value = seed if create_graph else seed.array
        _arrive(pending, root, number, fit(seed_value, root, number, create_graph), create_graph)
        if new and not waits.get(root):
            tick += 1
            heappush(ready, (-root.number, tick, root))
    while ready:
        node = heappop(ready)[2]
        grads = pending.pop(node)
        hooks = node.hooks
        if hooks is not None:
            grads = before_node(node, hooks, grads, create_graph)
        wanted = None
        if leading is not None:
            for number in captures.get(node, ()):
                call.captured[node, number] = grads[number]
            if node not in leading:
                continue
            wanted = [n in leading or n in captures for n, _ in node.next_functions]
        if hooks is not None:
            grads = run_pre(node, hooks, grads, create_graph)
        if isinstance(node, AccumulateGrad):
            if grads[0] is None:
                continue
            step = Step(node, tuple(grads), (), (), *node.accumulate(grads[0], create_graph))
            if hooks is not None:
                after_accumulate(node, hooks)
            yield step
            continue
        if create_graph:
            token = modes.change(modes.current()._replace(grad=True, in_rule=True))
            try:
                raw = node.apply(grads, wanted, True)
                fitted = [fit_slot(node, i, g, True) for i, g in enumerate(raw)]
            finally:
                modes.restore(token)
        else:
            raw = node.apply(grads, wanted, False)
            fitted = []
            for slot, grad in enumerate(raw):
                if grad is not None:
                    nxt, number = node.next_functions[slot]
                    if nxt is None:
                        grad = None
                    else:
                        shape, dtype = nxt.outputs[number]
                        if grad.shape != shape or grad.dtype is not dtype or type(grad) is not np.ndarray:
                            grad = fit_slot(node, slot, grad, False)
                fitted.append(grad)
        if anomaly.get():
            check_nan(node, fitted)
        if hooks is not None:
            fitted = run_post(node, hooks, fitted, grads, create_graph)
        freed = False if keep else node.release()
        for (nxt, number), grad in zip(node.next_functions, fitted, strict=True):
            if nxt is None or (leading is not None and nxt not in leading and nxt not in captures):
                continue
            if grad is not None:
                _arrive(pending, nxt, number, grad, create_graph)
            waits[nxt] -= 1
            if not waits[nxt]:
                if nxt not in pending:
                    pending[nxt] = [None] * len(nxt.outputs)
                tick += 1
                heappush(ready, (-nxt.number, tick, nxt))
        yield _new_tuple(Step, (node, tuple(grads), tuple(raw), tuple(fitted), None, None, None, None, freed))


def _arrive(pending: dict[Node, list[Grad]], node: Node, number: int, grad: Grad, create_graph: bool) -> None:
    """Add a gradient to those that wait for a node."""
    waiting = pending.get(node)
    if waiting is None:
        waiting = pending[node] = [None] * len(node.outputs)
    before = waiting[number]
    if before is None:
        waiting[number] = grad
    elif create_graph:
        token = modes.change(modes.current()._replace(grad=True))
        waiting[number] = before + grad
        modes.restore(token)
    else:
        waiting[number] = np.asarray(before + grad)


def fit_slot(node: Node, slot: int, grad: Grad, create_graph: bool) -> Grad:
    """Bring a rule's gradient to the shape and dtype of the input it is for."""
    if grad is None:
        return None
    nxt, number = node.next_functions[slot]
    if nxt is None:
        return None
    shape, _ = nxt.outputs[number]
    if not _reduces_to(tuple(grad.shape), shape):
        raise RuntimeError(
            f"Function {node.name()} returned an invalid gradient at index {slot} - got "
            f"{errors.sizes(grad.shape)} but expected shape compatible with {errors.sizes(shape)}"
        )
    return fit(grad, nxt, number, create_graph)


def fit(grad: Grad, node: Node, number: int, create_graph: bool) -> Grad:
    """Sum out what was broadcast, and cast: once, here, so that no rule has to."""
    shape, dtype = node.outputs[number]
    if create_graph:
        if tuple(grad.shape) != shape:
            grad = sum_to(grad, shape)
        if grad.array.dtype != dtype:
            from . import dtypes
            from .ops.shape import to_copy

            grad = to_copy(grad, dtypes.of(np.empty(0, dtype)))
        return grad
    if type(grad) is not np.ndarray:
        grad = np.asarray(grad)
    if grad.shape != shape:
        lead = grad.ndim - len(shape)
        axes = tuple(range(lead)) + tuple(
            i for i, n in enumerate(shape, lead) if n == 1 and grad.shape[i] != 1
        )
        grad = grad.sum(axes, keepdims=True, dtype=grad.dtype).reshape(shape)
    if grad.dtype is not dtype and grad.dtype != dtype:
        grad = grad.real.astype(dtype) if grad.dtype.kind == "c" and dtype.kind != "c" else grad.astype(dtype)
    return grad


def sum_to(grad: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Sum a gradient down to the shape that was broadcast, with recorded operations."""
    from .ops.reduce import sum_dim
    from .ops.shape import view

    lead = len(grad.shape) - len(shape)
    axes = tuple(range(lead)) + tuple(i for i, n in enumerate(shape, lead) if n == 1 and grad.shape[i] != 1)
    grad = sum_dim(grad, axes, True)
    return view(grad, shape) if lead else grad


def _reduces_to(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    if shape == target:
        return True
    if len(shape) < len(target):
        return False
    return all(n in (1, m) for m, n in zip(reversed(shape), reversed(target), strict=False))

