"""The nodes of the graph: what was computed, what was saved for it, and where its gradients go."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Sequence
from typing import Any
from weakref import ref

import numpy as np

from . import dtypes, errors
from .hooks import Hooks
from .registry import OPS
from .saved import Plan
from .scalars import WeakFloat, WeakInt, constants, weak
from .tensor import FREED, INFERENCE, NO_EDGE, Edge, Tensor, wrap

Grad = Any  # an array on the fast path, a Tensor under create_graph, None where nothing arrived
getrefcount = sys.getrefcount
FLOAT32 = dtypes.DEFAULT
node_numbers = itertools.count()


class Node:
    """One recorded operation.

    `next_functions` are the nodes its gradients go to, one for each differentiable input, each with the number of
    that node's output. Each operation has a class of nodes of its own, named as PyTorch names it (`MulBackward0`),
    whose `_saved_*` attributes are properties made from the operation's rules.
    """

    __slots__ = (
        "__weakref__",
        "dtype",
        "hooks",
        "more",
        "next_functions",
        "number",
        "plan",
        "saved",
        "shape",
        "versions",
    )
    op: Any  # the Op that each class of nodes is made for
    number: int  # nodes count up: a larger one is newer
    next_functions: tuple[Edge, ...]
    shape: tuple[int, ...]  # of the first output
    dtype: np.dtype
    more: tuple[tuple[tuple[int, ...], np.dtype], ...] | None  # shape and dtype of all outputs, if there are several
    plan: Plan  # which of the operation's rules it runs
    saved: tuple[Any, ...]  # one value for each of op.saved
    versions: list[int] | None  # the version each saved tensor was at; None if all were unwritten
    hooks: Hooks | None

    def __init__(self, next_functions: tuple[Edge, ...], outputs: Sequence[Tensor]) -> None:
        self.number = next(node_numbers)
        self.next_functions = next_functions
        self.hooks = self.versions = None
        self.saved = ()
        self.describe(outputs)

    def describe(self, outputs: Sequence[Tensor]) -> None:
        """Note shape and dtype of the outputs."""
        if len(outputs) == 1:
            array = outputs[0].array
            self.shape, self.dtype, self.more = array.shape, array.dtype, None
            return
        self.more = tuple([(t.array.shape, t.array.dtype) for t in outputs])
        self.shape, self.dtype = self.more[0] if self.more else ((), dtypes.DEFAULT)

    @property
    def outputs(self) -> tuple[tuple[tuple[int, ...], np.dtype], ...]:
        """Shape and dtype of each output of the forward operation."""
        return ((self.shape, self.dtype),) if self.more is None else self.more

    def name(self) -> str:
        """Give the name PyTorch gives this kind of node."""
        return type(self).__name__

    def _sequence_nr(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"

    def register_hook(self, hook: Callable[..., Any]) -> Any:
        """Call `hook(grad_inputs, grad_outputs)` after this node has run; it may return other grad_inputs."""
        return hooks_of_node(self).add("post", hook)

    def register_prehook(self, hook: Callable[..., Any]) -> Any:
        """Call `hook(grad_outputs)` before this node runs; it may return other grad_outputs."""
        return hooks_of_node(self).add("pre", hook)

    def apply(self, grads: list[Grad], wanted: list[bool] | None, create_graph: bool) -> list[Grad]:
        """Run the derivative rules: one gradient for each of `next_functions`, None where none is needed."""
        op, plan = self.op, self.plan
        grad = grads[0]
        if grad is None and op.single:
            return [None] * len(self.next_functions)
        values: Any = self.saved
        if create_graph:
            values = [self.unpack(i) for i in range(len(values))]
            for i in op.saves_tensors:
                values[i] = weak(values[i])
        elif plan.held:
            values, versions = [*values], self.versions
            for i in plan.held:
                value = values[i]
                if type(value) is Tensor and (value._counter is None or (versions is None and not value._counter[0])):
                    values[i] = value.array  # nobody has ever written to it
                elif value is not None:
                    values[i] = self._array(value, i)
        if op.whole_slots:
            return self._apply_whole(grads, values, wanted, create_graph)
        results: list[Grad] = [None] * len(self.next_functions)
        for slot, rule, arguments in plan.calls:
            if wanted is None or wanted[slot]:
                if arguments is None:
                    results[slot] = rule(grad)
                elif type(arguments) is int:
                    results[slot] = rule(grad, values[arguments])
                else:
                    results[slot] = rule(grad, *arguments(values))
        return results

    def _apply_whole(self, grads: list[Grad], values: Any, wanted: Any, create_graph: bool) -> list[Grad]:
        """Run rules that answer for a list of tensors, or that look at the gradients of all outputs."""
        results: dict[int, list[Grad]] = {}
        for slot, rule, places in self.op.saving.calls:
            kind = self.op.kinds[slot]
            arguments = () if places is None else (values[places],) if type(places) is int else places(values)
            grad: Any = grads[0]
            if kind == "grads":
                grad = self.filled(grads, create_graph)
            elif kind == "grads_or_none":
                grad = grads
            if kind == "list":
                results[slot] = list(rule(grad, *arguments))
            elif self.next_functions[slot][0] is None or (wanted is not None and not wanted[slot]):
                results[slot] = [None]
            else:
                results[slot] = [rule(grad, *arguments)]
        return [grad for slot in sorted(results) for grad in results[slot]]

    def filled(self, grads: list[Grad], create_graph: bool) -> list[Grad]:
        """Put zeros where an output was not used."""
        zeros = (np.zeros(shape, dtype) for shape, dtype in self.outputs)
        return [
            (wrap(zero) if create_graph else zero) if grad is None else grad
            for grad, zero in zip(grads, zeros, strict=True)
        ]

    def _array(self, value: Any, i: int) -> Any:
        """Unpack what was saved as an array, after checking that nobody wrote to it since."""
        kind = type(value)
        if kind is float or kind is int:
            return constants[value] if self.dtype is FLOAT32 else value
        if value is FREED:
            raise RuntimeError(errors.BACKWARD_TWICE)
        if isinstance(value, Tensor):
            self._check(value, i)
            return value.array
        if type(value) is list or type(value) is tuple:
            return [v.array if isinstance(v, Tensor) else v for v in value]
        return value.real if kind is WeakFloat or kind is WeakInt else value

    def _check(self, value: Tensor, i: int) -> None:
        expected = 0 if self.versions is None else self.versions[i]
        if value._counter is not None and value._counter is not INFERENCE and value._counter[0] != expected:
            raise self._modified(value, i, expected)

    def unpack(self, i: int) -> Any:
        """Give a saved value back: the very tensor that was an input, a stand-in for one that was an output."""
        value = self.saved[i]
        if value is FREED:
            raise RuntimeError(errors.BACKWARD_TWICE)
        if isinstance(value, Tensor):
            self._check(value, i)
            output = self.op.saved_outputs[i]
            if output is not None and output in self.op.differentiable_outputs:
                # saved without its grad_fn, which would make a cycle that only the garbage collector could free
                value = value._twin()
                value._edge, value._requires_grad = (self, output), True
        return value

    def _modified(self, value: Tensor, i: int, expected: int) -> RuntimeError:
        output = self.op.saved_outputs[i]
        maker: Node | None = None if output is None else self
        number = output or 0
        if maker is None and value.grad_fn is not None:
            maker, number = value.grad_fn, value.output_nr
        # PyTorch names the maker without "Backward0" here
        origin = "" if maker is None else f", which is output {number} of {maker.name().split('Backward')[0]},"
        return modified(value, expected, origin)

    def release(self) -> bool:
        """Drop the saved tensors (numbers and sizes stay); say whether there were any."""
        if not self.plan.held:
            return False
        saved, freed = [*self.saved], False
        for i in self.plan.held:
            if saved[i] is not None:
                saved[i] = FREED
                freed = True
        self.saved = tuple(saved)
        return freed


def modified(value: Tensor, expected: int, origin: str = "") -> RuntimeError:
    """Say that a saved tensor was written to before backward needed it."""
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[torch.{dtypes.of(value.array).long_name}Tensor {errors.sizes(value.array.shape)}]{origin} is at version "
        f"{value._version}; expected version {expected} instead. Hint: enable anomaly detection to find the operation "
        "that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False)."
    )


class AccumulateGrad(Node):
    """The end of a path: adds what arrives to a leaf's `.grad`."""

    __slots__ = ("variable",)
    number = 2**62  # it runs as soon as it is ready
    next_functions = ()
    saved = ()
    more = versions = None
    # the leaf's hooks outlive this node, which lives only as long as a graph needs it
    hooks = property(lambda self: self.variable._hooks)

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable
        self.shape, self.dtype = variable.array.shape, variable.array.dtype

    def name(self) -> str:
        """Give PyTorch's name, which tells where in its C++ the node comes from."""
        return "torch::autograd::AccumulateGrad"

    def release(self) -> bool:
        """Nothing is saved here."""
        return False

    def accumulate(self, grads: list[Grad], create_graph: bool) -> Tensor:
        """Add the gradient that arrived to the leaf's; give the sum."""
        total = self.variable._grad
        if create_graph:
            total = self.variable._grad = _added(grads[0], total)
        elif total is None:
            total = self.variable._grad = wrap(_taken(grads))
        else:
            total.array += grads[0]
            if total._counter is not INFERENCE:
                total._shared_counter()[0] += 1
        return total


def _added(grad: Tensor, total: Tensor | None) -> Tensor:
    """Add gradients that are tensors themselves: a first one is copied into memory of its own, differentiably."""
    if total is not None:
        return OPS["add.Tensor"](total, grad)
    return OPS["copy"](wrap(np.empty_like(grad.array)), grad)


def _taken(grads: list[np.ndarray]) -> np.ndarray:
    """Take the only array out of a list, as it is if nobody else holds it, which PyTorch too finds by counting.

    Otherwise it may be shared with another gradient, a saved tensor or the caller's seed, and is copied.
    """
    # of two holders, one is the list, or the view; the other is the call that counts
    alone = getrefcount(grads[0]) == 2 and (grads[0].base is None or getrefcount(grads[0].base) == 2)
    return grads[0] if alone and grads[0].flags.carray else grads[0].copy()


def gradient_edge(tensor: Tensor) -> Edge:
    """Find where a gradient for this tensor goes: its maker, or the accumulator of a leaf."""
    if tensor._view is not None:
        tensor._refresh()
    edge = tensor._edge
    if edge is not None:
        return edge
    if not tensor._requires_grad or (tensor._view is not None and tensor._view.is_lent):
        return NO_EDGE
    # held weakly by the leaf, so that a graph that is gone takes its accumulators along
    node = tensor._accumulator() if tensor._accumulator is not None else None
    if node is None:
        node = AccumulateGrad(tensor)
        tensor._accumulator = ref(node)
    return (node, 0)


def hooks_of_node(node: Node) -> Hooks:
    """Give the hooks of a node, made when first asked for."""
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
    return hooks_of_leaf(tensor) if node is None else hooks_of_node(node)
