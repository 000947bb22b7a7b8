"""The bridge from real PyTorch: nothing of it is replaced, two of its own modes and hooks on nodes watch it.

A dispatch mode sees every operation below autograd, with its values. The sequence number that autograd gives the next
node tells whether the operation made one: the first operation that runs after a node was numbered is that node's. A
function mode sees the calls of the program: what belongs together, and what never reaches the dispatcher.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, NamedTuple, Self
from weakref import ref

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from ..trace import Hook, Operand, SetGrad, Span, Value
from ..trace.values import WHOLE
from . import recorder
from .recorder import Mark, Pass
from .recording import Recording

Tensor = torch.Tensor
next_number = torch._C._autograd._get_sequence_nr
ACCUMULATE = type(torch.zeros(1, requires_grad=True).expand_as(torch.zeros(1)).grad_fn.next_functions[0][0])  # type: ignore[union-attr]
DTYPES = {getattr(torch, n): n for n in (
    "float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool", "complex64", "complex128",
)}  # fmt: skip
PLACEMENT = frozenset({"device", "layout", "pin_memory", "memory_format", "generator", "implicit"})
"""Arguments that say where and how, not what; a reader does without them."""

PUBLIC_NAMES = {
    "_log_softmax": "log_softmax",
    "_softmax": "softmax",
    "nll_loss_forward": "nll_loss",
    "nll_loss2d_forward": "nll_loss2d",
    "native_layer_norm": "native_layer_norm",
    "native_batch_norm": "native_batch_norm",
}
SILENT = frozenset({"lift_fresh", "lift", "_local_scalar_dense", "alias"})
MAKING = frozenset({"__init__", "__new__", "reset_parameters", "__deepcopy__", "deepcopy"})
"""Functions of libraries in which tensors are prepared: a layer's weights are seen when they are used."""


class Signature(NamedTuple):
    """What the recorder must know of an operation of ATen."""

    op: str
    names: tuple[str, ...]
    defaults: tuple[Any, ...]
    writes: tuple[str, ...]
    is_view: bool


class Pending(NamedTuple):
    """An operation that has run, whose node is not known before its caller returns."""

    signature: Signature
    inputs: tuple[Operand, ...]
    results: tuple[ref[Tensor], ...]  # weakly: autograd would copy a result that somebody else holds
    places: tuple[Any, ...]
    values: tuple[Value, ...]
    span: Span | None
    number: int | None
    reason: str
    base: int | None
    owner: int | None


class Written(NamedTuple):
    """An operation that has written in place; its history is not known before its caller returns."""

    op: str
    tensor: Tensor
    inputs: tuple[Operand, ...]
    span: Span | None
    is_tracked: bool


class Applied(NamedTuple):
    """A program's own autograd.Function at work."""

    name: str
    inputs: tuple[Operand, ...]
    span: Span | None


_signatures: dict[Any, Signature] = {}


def _signature(func: Any) -> Signature:
    found = _signatures.get(func)
    if found is None:
        schema = func._schema
        arguments = schema.arguments
        name = schema.name.partition("::")[2]
        writes = tuple(a.name for a in arguments if a.alias_info is not None and a.alias_info.is_write)
        if writes and name.endswith("_") and not name.endswith("__"):
            name = name[:-1]
        found = _signatures[func] = Signature(
            op=PUBLIC_NAMES.get(name, name),
            names=tuple(a.name for a in arguments),
            defaults=tuple(a.default_value if a.has_default_value() else recorder for a in arguments),
            writes=writes,
            is_view=any(r.alias_info is not None and not r.alias_info.is_write for r in schema.returns),
        )
    return found


def value_of(tensor: Tensor) -> Value:
    """A tensor's contents now; bfloat16 as float32, other exotic ones as float64."""
    if tensor.requires_grad or tensor.is_conj() or tensor.is_neg():
        tensor = tensor.detach().resolve_conj().resolve_neg()
    name = DTYPES.get(tensor.dtype)
    if name == "bfloat16":
        return Value.of(tensor.float().numpy(), name)
    if name is None or tensor.layout is not torch.strided:
        return Value.of(tensor.to_dense().double().numpy())
    if tensor.numel() <= WHOLE:
        return Value(tuple(tensor.shape), name, tensor.numpy().tobytes())
    return Value.of(tensor.numpy(), name)


def text_of(value: Any) -> str:
    """A plain argument as text: numbers as Python writes them, sizes as (2, 3)."""
    if isinstance(value, list | tuple):
        inner = ", ".join(text_of(v) for v in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value) if not isinstance(value, torch.SymInt) else repr(int(value))


def _tensors_in(result: Any) -> tuple[Tensor, ...]:
    if isinstance(result, Tensor):
        return (result,)
    if isinstance(result, list | tuple):
        return tuple(t for t in result if isinstance(t, Tensor))
    return ()


class _Dispatch(TorchDispatchMode):
    def __init__(self, owner: Recorder) -> None:
        super().__init__()
        self.owner = owner

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        owner = self.owner
        if owner.is_quiet or (owner._passes and not owner._passes[-1].event.create_graph):
            return func(*args, **kwargs) if kwargs else func(*args)
        return owner.operation(func, args, kwargs or {})


class _Functions(TorchFunctionMode):
    def __init__(self, owner: Recorder) -> None:
        super().__init__()
        self.owner = owner

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        way = WAYS.get(func)
        if way is None:
            return self.owner.call(func, args, kwargs)
        return way(self.owner, func, args, kwargs)


class Recorder(recorder.Recorder):
    """Watches PyTorch while it is entered, and leaves the graph as it would have been.

    >>> recording = Recording("", "torch")
    >>> with Recorder(recording):
    ...     x = torch.ones(2, requires_grad=True)
    ...     (x * 3).sum().backward()
    >>> [event.kind for event in recording.finish().steps]
    ['create', 'forward', 'forward', 'backward', 'vjp', 'vjp', 'accumulate']
    """

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self.is_quiet = False
        self._last_number = 0
        self._pending: Pending | None = None
        self._written: Written | None = None
        self._setting: Tensor | None = None
        self._calling: Any = None  # the outermost function of the program's that runs
        self._unseen: list[tuple[Any, int]] = []  # places of results that the program has not been seen to hold
        self._fresh: dict[
            int, tuple[Callable[[], Tensor | None], str]
        ] = {}  # what factories inside the running call made
        self._applied: dict[int, Applied] = {}
        self._retained: dict[int, Callable[[], Tensor | None]] = {}
        self._kept: dict[int, Value] = {}
        self._is_on = False
        self._modes = (_Functions(self), _Dispatch(self))

    def __enter__(self) -> Self:
        self._last_number = next_number()
        self._is_on = True
        for mode in self._modes:
            mode.__enter__()
        return self

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for mode in reversed(self._modes):
            mode.__exit__(type, value, traceback)
        self.settle()
        self._is_on = False

    # -- how PyTorch's tensors and nodes are read

    is_tensor = staticmethod(lambda obj: isinstance(obj, Tensor))

    def value(self, tensor: Tensor) -> Value:
        was, self.is_quiet = self.is_quiet, True
        try:
            return value_of(tensor)
        finally:
            self.is_quiet = was

    def dtype(self, tensor: Tensor) -> str:
        return DTYPES.get(tensor.dtype) or str(tensor.dtype).removeprefix("torch.")

    def node_key(self, node: Any) -> Any:
        number = node._sequence_nr()
        return ("leaf", id(node.variable)) if isinstance(node, ACCUMULATE) else number

    def leaf_of(self, node: Any) -> Any:
        return node.variable if isinstance(node, ACCUMULATE) else None

    def saved_by(self, node: Any) -> Iterable[tuple[str, Any, bool]]:
        found: list[tuple[str, Any, bool]] = []
        was, self.is_quiet = self.is_quiet, True  # an output is unpacked by a `detach`
        for attribute, name, is_place in _saved_names(node):
            try:
                value = getattr(node, attribute)
            except RuntimeError:  # overwritten or freed already
                continue
            if isinstance(value, list | tuple) and any(isinstance(v, Tensor) for v in value):
                found += [(name, v, True) for v in value if v is not None]
            elif value is not None:
                found.append((name, value, is_place))
        self.is_quiet = was
        return found

    def memory_of(self, tensor: Tensor) -> Tensor:
        return tensor if tensor._base is None else tensor._base

    def place_of(self, tensor: Tensor) -> Any:
        return tensor.data_ptr(), tensor.shape, tensor.stride()

    def is_parameter(self, tensor: Tensor) -> bool:
        return isinstance(tensor, torch.nn.Parameter)

    def parts(self, obj: Any) -> dict[str, Any] | None:
        return dict(obj.named_parameters()) if isinstance(obj, torch.nn.Module) else None

    def in_inference(self) -> bool:
        return torch.is_inference_mode_enabled()

    def accumulator(self, leaf: Tensor) -> Any:
        return torch.autograd.graph.get_gradient_edge(leaf).node if leaf.requires_grad else None

    def known(self, tensor: Tensor) -> int | None:
        number = super().known(tensor)
        if number is None and self._unseen and tensor.grad_fn is None:
            place = self.place_of(tensor)
            for unseen, candidate in reversed(self._unseen):
                if unseen == place:
                    self.remember(tensor, candidate)
                    return candidate
        return number

    def adopt(self, tensor: Tensor) -> int:
        fresh = self._fresh.pop(id(tensor), None)
        if fresh is not None and fresh[0]() is tensor and tensor.grad_fn is None:
            return self.create(tensor, fresh[1], self.locate())
        return super().adopt(tensor)

    def _adopt_made(self, tensor: Tensor, node: Any) -> int:
        applied = self._applied.pop(node._sequence_nr(), None)
        if applied is None:
            return super()._adopt_made(tensor, node)
        number = self.node(node, applied.span, applied.name, applied.inputs)
        return self.forward(
            applied.name, number, applied.inputs, [(tensor, tensor.output_nr)], [self.value(tensor)], applied.span
        )[0]

    # -- the program's calls

    def call(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """An ordinary function: what it dispatches has been written down; its result tells the rest."""
        mark = self.mark()
        outer, self._calling = self._calling, func
        try:
            result = func(*args, **kwargs)
        finally:
            self._calling = outer
        if self._pending is None and self._written is None and not self._fresh and len(self.events) == mark.events:
            return result  # a property, or a function of nothing
        self._returned(func, result, mark)
        return result

    def _returned(self, func: Any, result: Any, mark: Mark) -> None:
        visible = _tensors_in(result)
        if not visible and self._pending is not None and not self._pending.signature.writes:
            self._pending = None if result is not None else self._pending
        self._settle(visible)
        if not visible and result is not None:
            self.rewind(mark)
        elif self._fresh:
            self._fresh_returned(func, visible)
        for tensor in visible:
            if self._unseen:
                self.known(tensor)
        self._unseen.clear()
        self._fresh.clear()

    def _fresh_returned(self, func: Any, visible: Sequence[Tensor]) -> None:
        for tensor in visible:
            fresh = self._fresh.get(id(tensor))
            if fresh is not None and fresh[0]() is tensor and not self._is_making():
                name = getattr(func, "__name__", "")
                self._fresh.pop(id(tensor))
                self.create(tensor, name if name.isidentifier() else fresh[1], self.locate())

    def _is_making(self) -> bool:
        return any(frame.f_code.co_name in MAKING for frame in self.recording.where.callers())

    # -- operations

    def operation(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """One operation of ATen, below autograd."""
        signature = _signature(func)
        inputs = [a for a in args if isinstance(a, Tensor)]
        for a in args:
            if isinstance(a, list | tuple):
                inputs.extend(t for t in a if isinstance(t, Tensor))
        grad_enabled = torch.is_grad_enabled()
        if (
            signature.op == "detach"
            and (not hasattr(self._calling, "__code__") or self._saves_itself(inputs[0]))
            and self._calling not in DETACHING
        ):
            return func(*args, **kwargs)  # a node keeps its own result
        self._settle(inputs)
        if self._passes and (not grad_enabled or next_number() == self._last_number):
            return func(*args, **kwargs)  # an untracked step of a derivative's rule
        if not grad_enabled and not torch.is_inference_mode_enabled() and self._inside_function():
            return func(*args, **kwargs)
        if signature.op in SILENT:
            result = func(*args, **kwargs)
            for tensor in _tensors_in(result):
                self._fresh[id(tensor)] = (ref(tensor), "tensor")
            return result
        if not inputs:
            result = func(*args, **kwargs)
            for tensor in _tensors_in(result):
                self._fresh[id(tensor)] = (ref(tensor), signature.op)
            return result
        if signature.op in LIKE:
            result = func(*args, **kwargs)
            self._fresh[id(result)] = (ref(result), signature.op)
            return result
        number = next_number()
        is_new = grad_enabled and number != self._last_number
        if signature.writes:
            return self._writing(func, signature, args, kwargs, number if is_new else None)
        operands = self._operands(signature, args, kwargs)
        span = self._passes[-1].span if self._passes else self.locate()
        result = func(*args, **kwargs)
        results = _tensors_in(result)
        if not results:
            return result
        needs = any(self._needs[o.tensor] for o in operands if o.tensor is not None)
        base = None
        if signature.is_view and operands[0].tensor is not None:
            base = self._root(operands[0].tensor)
        self._pending = Pending(
            signature,
            operands,
            tuple(ref(r) for r in results),
            tuple(self.place_of(r) for r in results),
            tuple(value_of(r) for r in results),
            span,
            number if is_new else None,
            self.why_untracked(signature.op, needs, grad_enabled),
            base,
            None,
        )
        return result

    def _operands(self, signature: Signature, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Operand, ...]:
        operands: list[Operand] = []
        given = list(zip(signature.names, args, signature.defaults, strict=False))
        if kwargs:
            given += [
                (n, kwargs[n], d) for n, d in zip(signature.names, signature.defaults, strict=True) if n in kwargs
            ]
        for name, value, default in given:
            if isinstance(value, Tensor):
                operands.append(self.operand(name, value))
            elif isinstance(value, list | tuple) and any(isinstance(v, Tensor) for v in value):
                operands.extend(
                    self.operand(name, v) if isinstance(v, Tensor) else Operand(name, None, text_of(v)) for v in value
                )
            elif name not in PLACEMENT and (
                default is recorder or value != default or (type(value) is bool and type(default) is not bool)
            ):
                operands.append(Operand(name, None, text_of(value)))
        return tuple(operands)

    def _saves_itself(self, tensor: Tensor) -> bool:
        """Whether a `detach` is a node's own, of the result that it saves."""
        pending = self._pending
        if pending is None or pending.number is None or not any(r() is tensor for r in pending.results):
            return False
        node = tensor.grad_fn
        return node is None or any(
            name in ("result", "output", "result0", "result1") or name.startswith("result")
            for _, name, _ in _saved_names(node)
        )

    def _inside_function(self) -> bool:
        """Whether the forward of an autograd.Function of the program is running: it is one operation."""
        frame: Any = sys._getframe(1)
        while frame is not None:
            if frame.f_code is APPLY:
                number = next_number() - 1
                if number not in self._applied and number >= self._last_number:
                    self._last_number = number + 1
                    self._apply(number, frame)
                return True
            frame = frame.f_back
        return False

    def _apply(self, number: int, frame: Any) -> None:
        cls, args = frame.f_locals["cls"], frame.f_locals["args"]
        code = getattr(cls.forward, "__code__", None)
        has_context = "setup_context" not in cls.__dict__
        names = code.co_varnames[int(has_context) : code.co_argcount] if code is not None else ()
        operands = []
        for i, value in enumerate(args):
            name = names[i] if i < len(names) else f"input{i}"
            operands.append(
                self.operand(name, value) if isinstance(value, Tensor) else Operand(name, None, text_of(value))
            )
        where = frame
        while where is not None and not self.recording.where.owns(where):
            where = where.f_back
        span = None if where is None else self.recording.where.of(where)
        self._applied[number] = Applied(cls.__name__, tuple(operands), span)

    def settle(self) -> None:
        self._settle(())

    def _settle(self, visible: Sequence[Tensor]) -> None:
        """Writes down the pending operation: `visible` are tensors that its results can be found among."""
        if self._written is not None:
            self._settle_written()
        pending = self._pending
        if pending is None:
            return
        self._pending = None
        results, values = [r() for r in pending.results], pending.values
        node = (
            None
            if pending.number is None
            else self._find(pending.number - 1, (*(r for r in results if r is not None), *visible))
        )
        if node is None:
            shown = self._shown(results, pending.places, visible)
            kept = [i for i, s in enumerate(shown) if s is not None or i == 0]
            numbers = self.forward(
                pending.signature.op,
                None,
                pending.inputs,
                [(shown[i], None) for i in kept],
                [values[i] for i in kept],
                pending.span,
                pending.reason,
                pending.base,
            )
            self._unseen.extend((pending.places[i], n) for i, n in zip(kept, numbers, strict=True) if shown[i] is None)
            return
        self._last_number = max(self._last_number, pending.number or 0)
        key = self.node_key(node)
        made = self.node(node, pending.span, pending.signature.op, pending.inputs)
        outputs: list[tuple[Any, int | None]] = []
        kept_values = []
        for i, raw in enumerate(results):
            output = (
                raw
                if raw is not None and raw.grad_fn is not None
                else next((t for t in visible if self._is_output(t, key, i)), None)
            )
            if output is not None:
                outputs.append((output, i))
            elif (other := self._shown((raw,), (pending.places[i],), visible)[0]) is not None:
                outputs.append((other, None))
            elif len(results) == 1:
                outputs.append((raw, i))
            else:
                continue
            kept_values.append(values[i])
        self.forward(
            pending.signature.op, made, pending.inputs, outputs, kept_values, pending.span, "integer", pending.base
        )

    def _is_output(self, tensor: Tensor, key: Any, nr: int) -> bool:
        node = tensor.grad_fn
        return node is not None and tensor.output_nr == nr and self.node_key(node) == key

    def _shown(
        self, results: Sequence[Tensor | None], places: Sequence[Any], visible: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """For each result the tensor that the program gets to see; None if there is none among `visible`."""
        found: list[Tensor | None] = []
        for raw, place in zip(results, places, strict=True):
            same = next((t for t in visible if t is raw), None)
            if same is None and visible:
                same = next(
                    (
                        t
                        for t in visible
                        if t.grad_fn is None and super(Recorder, self).known(t) is None and self.place_of(t) == place
                    ),
                    None,
                )
            found.append(same)
        return found

    def _find(self, number: int, tensors: Iterable[Tensor]) -> Any:
        """The node with a sequence number, looked for from tensors that came after it."""
        stack = [t.grad_fn for t in tensors if t.grad_fn is not None]
        seen = set()
        while stack:
            node = stack.pop()
            at = node._sequence_nr()
            if at == number:
                return node
            if number < at < 2**63 and at not in seen:
                seen.add(at)
                stack.extend(n for n, _ in node.next_functions if n is not None)
        return None

    # -- writing in place

    def _writing(
        self, func: Any, signature: Signature, args: tuple[Any, ...], kwargs: dict[str, Any], number: int | None
    ) -> Any:
        """An operation that writes to one of its arguments."""
        named = dict(zip(signature.names, args, strict=False)) | kwargs
        written = [named[n] for n in signature.writes if isinstance(named.get(n), Tensor)]
        if len(written) != 1:
            return func(*args, **kwargs)
        tensor = written[0]
        if self._setting is not None or id(tensor) in self._fresh or (self.known(tensor) is None and self._is_making()):
            return func(*args, **kwargs)
        owner = self.owner(tensor)
        if owner is not None and self.known(tensor) is None:
            result = func(*args, **kwargs)
            self.events.append(SetGrad(tensor=owner, grad=self.value(tensor), span=self.locate()))
            return result
        operands = self._operands(signature, args, kwargs)
        self.sight(tensor)
        span = self._passes[-1].span if self._passes else self.locate()
        result = func(*args, **kwargs)
        self._written = Written(signature.op, tensor, operands, span, number is not None)
        return result

    def _settle_written(self) -> None:
        written = self._written
        if written is None:
            return
        self._written = None
        tensor = written.tensor
        node = tensor.grad_fn if written.is_tracked else None
        if node is not None:
            self._last_number = next_number()
            base = tensor._base
            if base is not None and base.grad_fn is not None:
                node = base.grad_fn
        self.inplace(written.op, tensor, node, written.inputs, written.span)

    # -- backward

    def backward(
        self,
        func: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        roots: Sequence[Tensor],
        seeds: Sequence[Tensor | None],
        inputs: Sequence[Tensor],
        retain_graph: bool,
        create_graph: bool,
        accumulate: bool,
    ) -> Any:
        """A call that runs the engine: hooks on all nodes that it can reach tell what they do."""
        self.settle()
        known = all(isinstance(t, Tensor) for t in (*roots, *inputs))
        if self._passes or not known:
            return func(*args, **kwargs)  # inside another one: part of that pass
        values = [self._ones(r) if s is None else self.value(s) for r, s in zip(roots, seeds, strict=True)]
        run = self.begin(
            roots,
            values,
            self.locate(),
            retain_graph=retain_graph,
            create_graph=create_graph,
            accumulate=accumulate,
            inputs=inputs,
        )
        for root, value in zip(roots, values, strict=True):
            self.seed(run, root, value)
        handles = self._hooked(run, roots)
        self._passes.append(run)
        try:
            result = func(*args, **kwargs)
            self.tell(run)
            self._settle(_tensors_in(result))
        finally:
            for handle in handles:
                handle.remove()
            self.settle()
            self._passes.pop()
            self._unseen.clear()
            self._fresh.clear()
            self._last_number = next_number()
        if not accumulate:
            for tensor in _tensors_in(result):
                if self.known(tensor) is None:
                    self.create(tensor, "grad", run.span)
        return result

    def _ones(self, root: Tensor) -> Value:
        if root.numel() != 1:
            return self.value(root)  # the engine will refuse
        was, self.is_quiet = self.is_quiet, True
        try:
            return value_of(torch.ones(root.shape, dtype=root.dtype))
        finally:
            self.is_quiet = was

    def _hooked(self, run: Pass, roots: Sequence[Tensor]) -> list[Any]:
        handles: list[Any] = []
        stack = [torch.autograd.graph.get_gradient_edge(r).node for r in roots if r.requires_grad]
        seen: set[Any] = set()
        retained = {
            (k, t.output_nr): t
            for r in self._retained.values()
            if (t := r()) is not None and t.grad_fn is not None and (k := self.node_key(t.grad_fn))
        }
        while stack:
            node = stack.pop()
            key = self.node_key(node)
            if key in seen:
                continue
            seen.add(key)
            number = self.node(node)
            if isinstance(node, ACCUMULATE):
                leaf = _LeafHooks(self, run, number, node.variable)
                handles += (node.register_prehook(leaf.before), node.register_hook(leaf.after))
            else:
                kept = [(nr, t) for (k, nr), t in retained.items() if k == key]
                handles.append(node.register_prehook(partial(self._before_node, run, kept)))
                handles.append(node.register_hook(partial(self._after_node, run, number, node.next_functions)))
                stack.extend(n for n, _ in node.next_functions if n is not None)
        return handles

    def _before_node(self, run: Pass, kept: list[tuple[int, Tensor]], grads: tuple[Tensor | None, ...]) -> None:
        self.tell(run)
        for nr, tensor in kept:
            grad = grads[nr]
            if grad is not None and tensor.grad is not None:
                number = self.sight(tensor)
                before, after = self._kept.get(number), self.value(tensor.grad)
                self._kept[number] = after
                self.accumulated(run, tensor, None, before, self.value(grad), after, tensor.grad)

    def _after_node(
        self,
        run: Pass,
        number: int,
        edges: Sequence[tuple[Any, int]],
        departing: tuple[Tensor | None, ...],
        arrived: tuple[Tensor | None, ...],
    ) -> None:
        self._settle([t for t in (*departing, *arrived) if t is not None])
        departed: list[tuple[Value, Value | None] | None] = []
        for (node, nr), grad in zip(edges, departing, strict=False):
            if grad is None or node is None:
                departed.append(None)
            else:
                departed.append(self._fitted(node, nr, grad))
        freed = not run.event.retain_graph and number in self._nodes_that_save
        self.visited(run, number, [None if g is None else self.value(g) for g in arrived], departed, freed)

    def _fitted(self, node: Any, nr: int, grad: Tensor) -> tuple[Value, Value | None]:
        """A gradient as the engine will pass it on: what was broadcast summed, and cast to the input's dtype."""
        raw = self.value(grad)
        shape, dtype = self._wanted(node, nr)
        if tuple(grad.shape) == shape and raw.dtype == dtype:
            return raw, None
        was, self.is_quiet = self.is_quiet, True
        try:
            with torch.no_grad():
                fitted = grad.sum_to_size(shape) if tuple(grad.shape) != shape else grad
                if raw.dtype != dtype:
                    fitted = fitted.to(getattr(torch, dtype))
            return value_of(fitted), raw
        finally:
            self.is_quiet = was

    def _wanted(self, node: Any, nr: int) -> tuple[tuple[int, ...], str]:
        made = self._made.get((self.node_key(node), nr))
        leaf = self.leaf_of(node)
        if leaf is not None:
            return tuple(leaf.shape), self.dtype(leaf)
        if made is not None:
            return self.tensors[made].shape, self.tensors[made].dtype
        metadata = node._input_metadata[nr]
        return tuple(metadata.shape), DTYPES.get(metadata.dtype, "float32")

    # -- calls that need more than their result

    def _read_grad(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        grad = func(*args, **kwargs)
        if grad is not None and self.owner(grad) is None:
            self.settle()
            number = self.known(args[0])
            if number is not None:
                self.owns(number, grad)
        return grad

    def _write_grad(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.settle()
        result = func(*args, **kwargs)
        grad = args[1] if len(args) > 1 else None
        if not (grad is None and self._is_making()):
            self.set_grad(args[0], grad, self.locate())
        return result

    def _read_data(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.settle()
        self.is_quiet = True
        try:
            result = func(*args, **kwargs)
        finally:
            self.is_quiet = False
        if self._is_making():
            return result
        operand = self.operand("self", args[0])
        assert operand.tensor is not None
        self.forward(
            "data",
            None,
            [operand],
            [(result, None)],
            [self.value(result)],
            self.locate(),
            "detach",
            self._root(operand.tensor),
        )
        return result

    def _set_item(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.settle()
        tensor, _, value = args
        number = next_number()
        operands = [self.operand("self", tensor)]
        if isinstance(value, Tensor):
            operands.append(self.operand("src", value))
        else:
            operands.append(Operand("src", None, text_of(value)))
        span = self.locate()
        mark = self.mark()
        self._setting = tensor
        try:
            result = func(*args, **kwargs)
        finally:
            self._setting = None
            self._pending = None
            self.rewind(mark)
            self._last_number = next_number()
            self._fresh.clear()
        is_tracked = torch.is_grad_enabled() and next_number() != number and tensor.grad_fn is not None
        node = (tensor if tensor._base is None else tensor._base).grad_fn if is_tracked else None
        self.inplace("copy", tensor, node, operands, span)
        return result

    def _mode(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = func(*args, **kwargs)
        frame: Any = sys._getframe(2)
        while frame is not None and not self.recording.where.owns(frame):
            meaning = MODES.get(frame.f_code)
            if meaning is not None:
                name, entered = meaning
                if name is None:
                    name = "enable_grad" if frame.f_locals["self"].mode else "no_grad"
                caller = frame.f_back
                while caller is not None and caller.f_code.co_name == "decorate_context":
                    caller = caller.f_back
                if caller is not None and self.recording.where.owns(caller):
                    self.mode(name, entered)
                break
            frame = frame.f_back
        return result

    def _retain(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.settle()
        result = func(*args, **kwargs)
        tensor = args[0]
        if not tensor.is_leaf:
            self._retained[self.sight(tensor)] = ref(tensor)
        return result

    def _hook(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.settle()
        hook = args[1] if len(args) > 1 else kwargs.get("hook")
        if not callable(hook) or not args:
            return func(*args, **kwargs)
        self.sight(args[0])
        return func(args[0], _TensorHook(self, args[0], hook))

    def _tensor_backward(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        given = dict(zip(("self", "gradient", "retain_graph", "create_graph", "inputs"), args, strict=False)) | kwargs
        create_graph = bool(given.get("create_graph"))
        keep = given.get("retain_graph")
        return self.backward(
            func,
            args,
            kwargs,
            roots=_listed(given["self"]),
            seeds=_listed(given.get("gradient"), 1),
            inputs=_listed(given.get("inputs"), 0),
            retain_graph=create_graph if keep is None else bool(keep),
            create_graph=create_graph,
            accumulate=True,
        )

    def _autograd_backward(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        names = ("tensors", "grad_tensors", "retain_graph", "create_graph", "grad_variables", "inputs")
        given = dict(zip(names, args, strict=False)) | kwargs
        create_graph = bool(given.get("create_graph"))
        keep = given.get("retain_graph")
        roots = _listed(given["tensors"])
        return self.backward(
            func,
            args,
            kwargs,
            roots=roots,
            seeds=_listed(given.get("grad_tensors"), len(roots)),
            inputs=_listed(given.get("inputs"), 0),
            retain_graph=create_graph if keep is None else bool(keep),
            create_graph=create_graph,
            accumulate=True,
        )

    def _autograd_grad(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        names = ("outputs", "inputs", "grad_outputs", "retain_graph", "create_graph")
        given = dict(zip(names, args, strict=False)) | kwargs
        create_graph = bool(given.get("create_graph"))
        keep = given.get("retain_graph")
        roots = _listed(given["outputs"])
        if given.get("is_grads_batched"):
            return func(*args, **kwargs)
        return self.backward(
            func,
            args,
            kwargs,
            roots=roots,
            seeds=_listed(given.get("grad_outputs"), len(roots)),
            inputs=_listed(given["inputs"]),
            retain_graph=create_graph if keep is None else bool(keep),
            create_graph=create_graph,
            accumulate=False,
        )


class _LeafHooks:
    """What is read before and after an AccumulateGrad adds to a leaf."""

    def __init__(self, owner: Recorder, run: Pass, node: int, leaf: Tensor) -> None:
        self.owner, self.run, self.node, self.leaf = owner, run, node, leaf

    def before(self, grads: tuple[Tensor | None, ...]) -> None:
        self.owner.tell(self.run)
        grad = self.leaf.grad
        self.earlier = None if grad is None else self.owner.value(grad)

    def after(self, _: Any, grads: tuple[Tensor | None, ...]) -> None:
        owner, grad = self.owner, self.leaf.grad
        if grads[0] is None or grad is None:
            return
        owner._settle([grad])
        owner.accumulated(self.run, self.leaf, self.node, self.earlier, owner.value(grads[0]), owner.value(grad), grad)


class _TensorHook:
    """A hook of the program, seen at work."""

    def __init__(self, owner: Recorder, tensor: Tensor, hook: Callable[..., Any]) -> None:
        self.owner, self.hook, self.tensor = owner, hook, ref(tensor)
        self.__name__ = getattr(hook, "__name__", type(hook).__name__)

    def __call__(self, grad: Tensor) -> Any:
        owner, tensor = self.owner, self.tensor()
        if not owner._passes or tensor is None:
            return self.hook(grad)
        run = owner._passes[-1]
        owner.tell(run)
        before = owner.value(grad)
        result = self.hook(grad)
        owner._settle(_tensors_in(result))
        after = owner.value(result) if isinstance(result, Tensor) else None
        owner.events.append(
            Hook(name=self.__name__, tensor=owner.sight(tensor), before=before, after=after, span=run.span)
        )
        return result


_names: dict[type, tuple[tuple[str, str, bool], ...]] = {}


def _saved_names(node: Any) -> tuple[tuple[str, str, bool], ...]:
    """For a kind of node: attribute, name, and whether a tensor stands there, for each value it saves."""
    kind = type(node)
    found = _names.get(kind)
    if found is None:
        attributes = dir(node)
        tensors = {a.removeprefix("_raw_saved_") for a in attributes if a.startswith("_raw_saved_")}
        plain = [a for a in attributes if a.startswith("_saved_")]
        listed = [(a, name, name in tensors) for a in plain if (name := a.removeprefix("_saved_"))]
        if "saved_tensors" in attributes:  # an autograd.Function of the program
            listed = [("saved_tensors", "saved_tensors", True)]
        found = _names[kind] = tuple(sorted(listed, key=lambda entry: entry[1]))
    return found


def _listed(value: Any, count: int | None = None) -> list[Any]:
    """A tensor or a sequence of them as a list; `count` Nones where there is none."""
    if value is None:
        return [None] * (count or 0)
    return list(value) if isinstance(value, list | tuple) else [value]


APPLY = torch.autograd.Function.apply.__func__.__code__  # type: ignore[attr-defined]
MODES = {
    torch.no_grad.__enter__.__code__: ("no_grad", True),
    torch.no_grad.__exit__.__code__: ("no_grad", False),
    torch.enable_grad.__enter__.__code__: ("enable_grad", True),
    torch.enable_grad.__exit__.__code__: ("enable_grad", False),
    torch.set_grad_enabled.__enter__.__code__: (None, True),
    torch.set_grad_enabled.__exit__.__code__: (None, False),
}
DETACHING = frozenset({Tensor.detach, torch.detach})
LIKE = frozenset({
    "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "randint_like", "new_zeros",
    "new_ones", "new_full", "new_empty", "new_empty_strided",
})  # fmt: skip
WAYS: dict[Any, Callable[[Recorder, Any, tuple[Any, ...], dict[str, Any]], Any]] = {
    Tensor.grad.__get__: Recorder._read_grad,  # type: ignore[attr-defined]
    Tensor.grad.__set__: Recorder._write_grad,  # type: ignore[attr-defined]
    Tensor.grad.__delete__: Recorder._write_grad,  # type: ignore[attr-defined]
    Tensor.data.__get__: Recorder._read_data,  # type: ignore[attr-defined]
    Tensor.__setitem__: Recorder._set_item,
    Tensor.backward: Recorder._tensor_backward,
    torch.autograd.backward: Recorder._autograd_backward,
    torch.autograd.grad: Recorder._autograd_grad,
    Tensor.retain_grad: Recorder._retain,
    Tensor.register_hook: Recorder._hook,
    torch._C._set_grad_enabled: Recorder._mode,
}
