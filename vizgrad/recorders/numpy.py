"""The bridge from our own core, which tells an observer what it does."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from operator import attrgetter
from types import TracebackType
from typing import Any, Self

import numpy as np

from ..autodiff.core import dtypes, grad_mode
from ..autodiff.core.engine import AccumulateGrad, BackwardCall, Node, Step, gradient_edge
from ..autodiff.core.function import FunctionNode, FunctionOp
from ..autodiff.core.inplace import CopySlices
from ..autodiff.core.node import node_numbers
from ..autodiff.core.tensor import Tensor
from ..autodiff.nn.module import Module, running
from ..trace import Event, Operand, Value
from ..trace.values import WHOLE
from . import sampling
from .op_names import index_text, parameter_names, plain_text, public_name
from .recorder import INTERNAL_OUTPUTS, RESHAPING, Pass
from .recording import Recording
from .summary import Survey, norm_of, survey

NUMBER = attrgetter("number")
ARRIVING = frozenset({"_arrive"})
"""Where the engine adds gradients that meet: it does so before it tells of the node that one of them comes from."""


class Recorder(sampling.Selective):
    """Watches our core while it is entered.

    >>> from vizgrad import autodiff as torch
    >>> recording = Recording("", "numpy")
    >>> with Recorder(recording):
    ...     x = torch.ones(2, requires_grad=True)
    ...     (x * 3).sum().backward()
    >>> [event.kind for event in recording.finish().steps]
    ['create', 'forward', 'forward', 'backward', 'vjp', 'vjp', 'accumulate']
    """

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self._stack = ExitStack()
        self._returned: list[tuple[Value, int]] = []  # gradients that autograd.grad will give the program
        self._late: list[Event] = []  # what is told after the step in which it happened
        self._hooks_run: dict[tuple[int, bool], int] = {}  # in this pass, by tensor
        self._is_passing = False  # through a graph, lightly
        self._is_over = False
        self._leaves: list[Tensor] = []
        recording.running = lambda: reversed(running.get())

    def __enter__(self) -> Self:
        self._stack.enter_context(grad_mode.observe(self))
        return self

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.__exit__(type, value, traceback)

    # -- how the core's tensors and nodes are read

    def is_tensor(self, obj: Any) -> bool:
        """Whether it is a tensor of the core."""
        return isinstance(obj, Tensor)

    def value(self, tensor: Any) -> Value:
        """Contents; an array will do as well."""
        array: np.ndarray = tensor.array if isinstance(tensor, Tensor) else np.asarray(tensor)
        if array.size <= WHOLE:
            return Value(array.shape, dtypes.of(array).name, array.tobytes())
        return Value.of(array, dtypes.of(array).name)

    def fill(self, tensor: Any, elements: Sequence[float]) -> None:
        """Writes into the array."""
        tensor.array[...] = np.reshape(elements, tensor.array.shape)

    def node_key(self, node: Any) -> Hashable:
        """The node's number; an AccumulateGrad has none, and may be made anew for the same leaf."""
        return ("leaf", self.sight(node.variable)) if type(node) is AccumulateGrad else node.number

    def leaf_of(self, node: Any) -> Any:
        """The variable."""
        return node.variable if type(node) is AccumulateGrad else None

    def saved_by(self, node: Any) -> Iterable[tuple[str, Any, bool, int | None]]:
        """What the operation's rules ask for."""
        if isinstance(node, FunctionNode):
            saved = [v for v in node._saved if v is not None]
            return [("saved_tensors", v, True, v._edge[1] if v._edge and v._edge[0] is node else None) for v in saved]
        op = getattr(node, "op", None)
        if op is None or not op.saved or isinstance(node, CopySlices):
            return ()
        saved = []
        for i, (name, value) in enumerate(zip(op.saved, node.saved, strict=True)):
            if value is not None and not name.startswith("_"):
                several = isinstance(value, list | tuple) and any(isinstance(v, Tensor) for v in value)
                is_place, output = i in op.saves_tensors, op.saved_outputs[i]
                saved += [(name, each, is_place, output) for each in (value if several else (value,))]
        return saved

    def place_of(self, tensor: Any) -> Hashable:
        """Address, shape and strides."""
        return tensor.data_ptr(), tensor.array.shape, tensor.array.strides

    def is_parameter(self, tensor: Any) -> bool:
        """Whether it is an nn.Parameter."""
        return type(tensor) is not Tensor and type(tensor).__name__ == "Parameter"

    def grad_of(self, tensor: Any) -> Any:
        """Its `.grad`."""
        return tensor._grad

    def parts(self, obj: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Parameters and modules by path; None before Module.__init__ has run."""
        if not isinstance(obj, Module) or "_modules" not in obj.__dict__:
            return None
        return dict(obj.named_parameters()), dict(obj.named_modules())

    def in_inference(self) -> bool:
        """As the core's mode says."""
        return grad_mode.current().inference

    def accumulator(self, leaf: Any) -> Any:
        """Where a gradient for a leaf goes."""
        return gradient_edge(leaf)[0]

    def is_inside_of_a_step(self) -> bool:
        """As always; while an autograd.Function computes, nobody is told."""
        is_unheard = grad_mode.current().observer is None and not self._is_over
        return is_unheard or super().is_inside_of_a_step()

    def close(self) -> None:
        """As always; from now on nobody is told because nothing happens any more."""
        self._is_over = True
        super().close()

    # -- what the core tells

    def created(self, tensor: Tensor, op: str) -> None:
        """A factory function made a tensor."""
        if (
            op != "from_numpy" and not self.is_light and not self.is_making() and not self.is_internal()
        ):  # PyTorch tells nobody of that one
            self.create(tensor, op, self.span())

    def computed(self, op: Any, inputs: dict[str, Any], outputs: tuple[Tensor, ...], node: Node | None) -> None:
        """An operation ran."""
        if self.is_light:
            return
        if node is None and (self.passes or isinstance(op, FunctionOp) or self.is_internal() or self.is_making()):
            return
        operands = [
            Operand(name, None, value) if isinstance(value, str) else self.operand(name, value)
            for name, value in self._arguments(inputs, node)
        ]
        span, name = self.span(), public_name(op.function)
        number = None if node is None else self.node(node, span, name, operands)
        needs = any(self._needs[o.tensor] for o in operands if o.tensor is not None)
        first = operands[0].tensor
        is_view = getattr(op, "view", False) or name == "detach"
        base = self.root(first) if is_view and first is not None else None
        reason = self.why_untracked(name, needs, grad_mode.current().grad)
        outputs = tuple(
            o for o, of in zip(outputs, _output_names(op, outputs), strict=True) if of not in INTERNAL_OUTPUTS
        )
        results = [(o, None if node is None or o._edge is None else o._edge[1]) for o in outputs]
        if name == "view":  # -1 stands for a length that is known now
            size = Operand("size", None, text_of(outputs[0].array.shape))
            operands = [size if o.name == "size" else o for o in operands]
        mark = len(self.events)
        self.forward(name, number, operands, results, [self.value(o) for o in outputs], span, reason, base)
        if self.passes and name == "add" and self.where.is_inside(ARRIVING):
            self._late += self.events[mark:]
            del self.events[mark:]
        else:
            self.consider()

    def mutated(self, op: Any, tensor: Tensor, inputs: dict[str, Any], node: Node | None) -> None:
        """An in-place operation has written to `tensor`."""
        if self.is_light:
            return
        is_internal = self.is_internal()
        if self.known(tensor) is None:
            owner = self.owner(tensor)
            if owner is not None:
                self.wrote_grad(owner, tensor, self.locate())
                return
            if (is_internal and not self.is_parameter(tensor)) or self.is_making():
                return
            self.sight(tensor)
        name = op.function.rstrip("_")
        if name in RESHAPING:
            self._reshaped(name, tensor, inputs, node)
            return
        if is_internal:
            name, operands = self.internal_operands(name, self._arguments(inputs, None))
        else:
            operands = [
                Operand(key, None, value) if isinstance(value, str) else self.operand(key, value)
                for key, value in self._arguments(inputs, None)
            ]
        self.inplace(name, tensor, node, operands, self.span())

    def _reshaped(self, name: str, tensor: Tensor, inputs: dict[str, Any], node: Node | None) -> None:
        operands = [
            Operand(key, None, value) if isinstance(value, str) else self.operand(key, value)
            for key, value in self._arguments(inputs, None)
        ]
        span = self.span()
        number = None if node is None else self.node(node, span, name, operands)
        self.forward(name, number, operands, [(tensor, None if node is None else 0)], [self.value(tensor)], span)

    def mode(self, name: str, entered: bool) -> None:
        """A grad mode was entered or left."""
        if self.is_light or name == "inference_mode":  # told when something happens in it
            return
        callers = [f for f in self.where.callers() if f.f_code.co_filename not in (__file__, grad_mode.__file__)]
        if not callers:  # none but the mode itself stands between the program and here
            self.tell_mode(name, entered)

    def grad_set(self, tensor: Tensor) -> None:
        """`tensor.grad` was assigned."""
        if not self.is_light and (tensor._grad is not None or not self.is_making()):
            self.set_grad(tensor, tensor._grad, self.locate())

    def hook(self, owner: Any, before: Any, after: Any) -> None:
        """A hook of the program ran on a tensor."""
        if self.is_light or not self.passes or not isinstance(owner, Tensor) or not isinstance(before, Tensor):
            return
        is_late = before is owner._grad  # of a hook that runs after .grad has changed
        hooks = _hooks_of(owner, is_late)
        nth = self._hooks_run.get((id(owner), is_late), 0)
        self._hooks_run[id(owner), is_late] = nth + 1
        hook = hooks[nth % len(hooks)] if hooks else self.hook
        values = (None, None) if is_late else (self.value(before), None if after is before else self.value(after))
        self.hooked(self.passes[-1], owner, hook, *values)

    def backward(self, call: BackwardCall, steps: Iterator[Step]) -> Iterator[Step]:
        """A backward pass begins; every step is written down and passed on."""
        if self.is_light:
            yield from self._lightly(call, steps)
            return
        run = self.begin(
            call.roots,
            [self.value(s) for s in call.seeds],
            retain_graph=call.retain_graph,
            create_graph=call.create_graph,
            accumulate=call.accumulate,
            inputs=call.inputs or (),
        )
        self.tell(run)
        self._hooks_run.clear()
        self.passes.append(run)
        try:
            for step in steps:
                self._step(run, step)
                yield step
        finally:
            self.passes.pop()
        self._returned.clear()
        if not call.accumulate:
            self._return(run, call)

    def _lightly(self, call: BackwardCall, steps: Iterator[Step]) -> Iterator[Step]:
        """The same, of which only the beginning and the end are written down."""
        if self._is_passing:  # a pass inside a pass belongs to it
            yield from steps
            return
        span = self.locate()
        self.before_pass(call.roots)
        self._is_passing = True
        try:
            yield from steps
        finally:
            self._is_passing = False
        if call.accumulate and call.inputs is None:
            gradients = [(leaf, leaf._grad) for leaf in self._leaves]
        elif call.accumulate:
            gradients = [(tensor, tensor._grad) for tensor in call.inputs or ()]
        else:
            gradients = [(tensor, call.captured.get(gradient_edge(tensor))) for tensor in call.inputs or ()]
        self.after_pass(call.roots, gradients, span)

    def survey(self, roots: Iterable[Any], first: int, after: int | None) -> Survey:
        """As the graph is."""
        found = survey((gradient_edge(root)[0] for root in roots), first, after, NUMBER, AccumulateGrad)
        self._leaves = found.leaves
        return found

    def next_node(self) -> int:
        """A number that no node will have."""
        return next(node_numbers)

    def norm(self, grad: Any) -> Value:
        """Of a tensor, or of an array."""
        array = grad.array if isinstance(grad, Tensor) else grad
        return norm_of(array, dtypes.of(array).name)

    def can_switch(self) -> bool:
        """Not in a pass, and not where a function of the program's is one operation."""
        return not self.passes and grad_mode.current().grad

    def _return(self, run: Pass, call: BackwardCall) -> None:
        """The gradients asked for; without create_graph, the tensors that hold them are made after this."""
        for tensor in call.inputs or ():
            grad = call.captured.get(gradient_edge(tensor))
            if isinstance(grad, Tensor):
                if self.known(grad) is None:
                    self.create(grad, "grad", run.span)
            elif grad is not None:
                value = self.value(grad)
                self._returned.append((value, self.create(None, "grad", run.span, value)))

    def known(self, tensor: Any) -> int | None:
        """As always; or a gradient that autograd.grad has just returned."""
        number = super().known(tensor)
        if number is None and self._returned and tensor._edge is None:
            value = self.value(tensor)
            for entry in self._returned:
                if entry[0] == value:
                    self._returned.remove(entry)
                    self.remember(tensor, entry[1])
                    return entry[1]
        return number

    def _step(self, run: Pass, step: Step) -> None:
        node = step.node
        number = self.node(node)
        if step.tensor is not None:
            before = None if step.before is None else self.value(step.before)
            self.accumulated(run, step.tensor, number, before, self.value(step.delta), step.tensor._grad)
            return
        if node.hooks is not None:
            for nr, reference in node.hooks.retained.items():
                tensor = reference()
                if tensor is not None and step.grads[nr] is not None:
                    self.retained(run, tensor, self.value(step.grads[nr]), tensor._grad)
        departed: list[tuple[Value, Value | None] | None] = []
        for (edge, _), raw, fitted in zip(node.next_functions, step.raw, step.inputs, strict=True):
            if fitted is None or edge is None:
                departed.append(None)
            else:
                value = self.value(fitted)
                is_same = raw is fitted or raw is None
                first = None if is_same else self.value(raw)
                is_same = first is None or (first.shape, first.dtype) == (value.shape, value.dtype)
                departed.append((value, None if is_same else first))
        self.visited(run, number, [None if g is None else self.value(g) for g in step.grads], departed)
        self.events += self._late
        self._late.clear()

    # -- arguments

    def _arguments(self, inputs: dict[str, Any], node: Any) -> Iterator[tuple[str, Tensor | str]]:
        names: dict[str, str] = {}
        if isinstance(node, FunctionNode):
            names = dict(zip(inputs, parameter_names(node.function, len(inputs)), strict=False))
        for key, value in inputs.items():
            name = names.get(key, key)
            if isinstance(value, Tensor):
                yield name, value
            elif name == "index":
                yield name, index_text(value)
            elif isinstance(value, list | tuple) and any(isinstance(v, Tensor) for v in value):
                yield from ((name, v if isinstance(v, Tensor) else text_of(v)) for v in value)
            elif (text := plain_text(name, value, text_of, bool(self.passes))) is not None:
                yield name, text


def text_of(value: Any) -> str:
    """A plain argument as text: numbers as Python writes them, sizes as (2, 3)."""
    if isinstance(value, list | tuple):
        inner = ", ".join(map(text_of, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, np.generic):
        value = value.item()
    return f"torch.{value.name}" if isinstance(value, dtypes.dtype) else repr(value)


def _output_names(op: Any, outputs: tuple[Tensor, ...]) -> tuple[str, ...]:
    names = getattr(op, "outputs", ())
    return names if len(names) == len(outputs) else ("",) * len(outputs)


def _hooks_of(owner: Tensor, is_late: bool) -> list[Any]:
    """The hooks of the program on a tensor, in the order in which they run."""
    edge = owner._edge
    hooks = owner._hooks if edge is None or edge[0] is None else edge[0].hooks
    if hooks is None:
        return []
    if is_late:
        return list(hooks.accumulated.values())
    return [hook for _, reference, hook in hooks.tensor.values() if reference() is owner]
