"""What the dispatcher sees: operations below autograd, and which node each has made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from weakref import ref

import torch

from ...trace import Operand, Span, Value
from ..ids import Mark
from ..op_names import parameter_names, plain_text
from ..recorder import INTERNAL_OUTPUTS, RESHAPING
from ..recording import Recording
from .gauge import Gauge
from .reader import Tensors, frames, next_number
from .schema import Signature, Tensor, is_default, saved_names, signature_of, tensors_in, text_of, value_of

CONVERTING = frozenset({"lift_fresh", "lift", "scalar_tensor"})
"""Operations that a tensor made of Python numbers goes through."""
LIKE = frozenset({
    "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "randint_like", "new_zeros",
    "new_ones", "new_full", "new_empty", "new_empty_strided",
})  # fmt: skip
"""Operations that take no more than a tensor's shape and dtype."""
MAKING_OF_VALUES = frozenset({torch.tensor, torch.as_tensor, torch.asarray, Tensor.new_tensor})
"""Functions that make a tensor of values; how often they convert them is their own affair."""
DETACH = frozenset({Tensor.detach, torch.detach, Tensor.detach_, torch.detach_})
VIEWING = frozenset({Tensor.view, Tensor.view_as, Tensor.unflatten, torch.unflatten})
"""Functions that ask for a view themselves, where others ask for another shape."""
MATMUL = frozenset({torch.matmul, Tensor.matmul, Tensor.__matmul__, Tensor.__rmatmul__})
VIEW, SUM = torch.ops.aten.view.default, torch.ops.aten.sum.dim_IntList
FITTING = frozenset({SUM, torch.ops.aten.sum.default, torch.ops.aten._to_copy.default, VIEW})
"""Operations by which the engine gives a gradient its input's shape and dtype."""
is_inference = torch.is_inference_mode_enabled
APPLY = torch.autograd.Function.apply.__func__.__code__  # type: ignore[attr-defined]


class Pending(NamedTuple):
    """An operation that has run, whose node is not known before its caller returns.

    Results are held weakly: autograd would copy one that somebody else holds.
    """

    signature: Signature
    inputs: tuple[Operand, ...]
    results: tuple[Callable[[], Tensor | None], ...]
    places: tuple[Any, ...]
    values: tuple[Value, ...]
    span: Span | None
    number: int | None  # the next sequence number when it ran, if a node had been numbered for it
    reason: str
    base: int | None
    is_lent: bool  # a view made without recording of what requires a gradient


class Written(NamedTuple):
    """An operation that has written in place; its history is not known before its caller returns."""

    op: str
    tensor: Tensor
    inputs: tuple[Operand, ...]
    span: Span | None
    is_tracked: bool


class Applied(NamedTuple):
    """An autograd.Function of the program, at work."""

    name: str
    inputs: tuple[Operand, ...]
    span: Span | None


class Operations(Tensors):
    """Writes down operations.

    A node is numbered just before its operation runs, so the first operation that runs after a number was given is
    that node's. The node itself can be found only once autograd has returned: from the result, from what the next
    operation is given, or from what the program's call returns.
    """

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self.last_number = next_number()
        self.calling: Any = None  # the outermost function of the program's that runs
        self.setting: Tensor | None = None  # what `x[i] = ...` writes to
        self._pending: Pending | None = None
        self._written: Written | None = None
        self._unseen: list[tuple[Any, int]] = []  # places of results that the program has not been seen to hold
        self.fresh: dict[int, tuple[Callable[[], Tensor | None], str]] = {}  # what the running call made of nothing
        self._applied: dict[int, Applied] = {}
        self._applying = 0  # how many of them are at work, one inside of another
        self.summed: dict[int, tuple[Tensor, Tensor]] = {}  # in a pass: a gradient, and what it is the sum of
        self.retaining: dict[int, Callable[[], Tensor | None]] = {}  # tensors whose .grad is kept
        self.gauge: Gauge | None = None
        self.functions: Any = None  # the mode that sees the program's calls
        self.dispatch: Any = None  # the mode that sees operations
        self.is_watching = False  # it is entered
        self.is_whole = False  # what runs is written down as one operation when it is over
        self.is_passing = False  # a backward pass runs that is written down lightly

    def known(self, tensor: Tensor) -> int | None:
        """As always; or a result that autograd has wrapped once more on its way to the program."""
        number = super().known(tensor)
        if number is None and self._unseen and tensor.grad_fn is None:
            place = self.place_of(tensor)
            number = next((candidate for unseen, candidate in reversed(self._unseen) if unseen == place), None)
            if number is not None:
                self.remember(tensor, number)
        return number

    def adopt(self, tensor: Tensor) -> int:
        """As always; or what a factory inside of the running call has made."""
        fresh = self.fresh.pop(id(tensor), None)
        if fresh is not None and fresh[0]() is tensor and tensor.grad_fn is None:
            return self.create(tensor, fresh[1], self.span())
        if tensor.grad_fn is not None:
            applied = self._applied.pop(tensor.grad_fn._sequence_nr(), None)
            if applied is not None:
                number = self.node(tensor.grad_fn, applied.span, applied.name, applied.inputs)
                output, value = (tensor, tensor.output_nr), self.value(tensor)
                return self.forward(applied.name, number, applied.inputs, [output], [value], applied.span)[0]
        return super().adopt(tensor)

    def is_inside_of_a_step(self) -> bool:
        """As always, or in the forward of an autograd.Function."""
        return super().is_inside_of_a_step() or (not torch.is_grad_enabled() and self._is_applying())

    # -- operations

    def operation(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """One operation of ATen, below autograd."""
        signature = signature_of(func)
        inputs = [a for a in args if isinstance(a, Tensor)]
        for a in args:
            if isinstance(a, list | tuple):
                inputs.extend(t for t in a if isinstance(t, Tensor))
        is_enabled = torch.is_grad_enabled()
        if signature.op == "detach" and not self._is_asked_to_detach(inputs[0]):
            return func(*args, **kwargs)
        if self.calling in MATMUL and signature.op in ("transpose", "expand"):
            self._forget_look()
        self.settle_with(inputs)
        if self.passes and (not is_enabled or next_number() == self.last_number):
            return self.in_rule(func, args, kwargs)
        if self._is_applying() or (not is_enabled and not signature.writes and self.is_internal()):
            return func(*args, **kwargs)
        is_made = self.calling in MAKING_OF_VALUES or signature.op in CONVERTING
        if not inputs or is_made or signature.op in LIKE:
            result = func(*args, **kwargs)
            op = "tensor" if is_made else signature.op
            for tensor in tensors_in(result):
                self.fresh[id(tensor)] = (ref(tensor), op)
            return result
        if signature.op == "clone" and getattr(self.calling, "__name__", "").endswith("_"):
            return func(*args, **kwargs)  # kept by the node of an operation that is about to overwrite it
        number = next_number()
        is_new = is_enabled and number != self.last_number
        if signature.writes and signature.op not in RESHAPING:
            return self._write(func, signature, args, kwargs, is_new)
        if not is_new and self.is_making():
            return func(*args, **kwargs)
        span = self.span()
        result = func(*args, **kwargs)
        results = tensors_in(result)
        if len(results) == len(signature.outputs) > 1:
            results = tuple(
                r for r, name in zip(results, signature.outputs, strict=True) if name not in INTERNAL_OUTPUTS
            )
        if results:
            operands = self._operands(signature, args, kwargs)
            if func is VIEW:
                operands = self._viewed(operands, args[0], result)
            needs = any(self._needs[o.tensor] for o in operands if o.tensor is not None)
            first = operands[0].tensor
            is_lent = signature.is_view and needs and not is_enabled and signature.op != "detach" and not is_inference()
            self._pending = Pending(
                signature,
                operands,
                tuple(ref(r) for r in results),
                tuple(self.place_of(r) for r in results),
                tuple(value_of(r) for r in results),
                span,
                number if is_new else None,
                self.why_untracked(signature.op, needs, is_enabled),
                self.root(first) if signature.is_view and first is not None else None,
                is_lent,
            )
        return result

    def in_rule(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """An untracked step of a derivative's rule, or of the engine, which sums what was broadcast, and casts."""
        result = func(*args, **kwargs)
        if func in FITTING:
            first = args[0]
            if func is SUM and not (len(args) > 2 and args[2]):
                return result  # a sum of the rule's own: the engine's keep dimensions
            _, raw = self.summed.get(id(first), (first, first))
            if func is not VIEW or raw is not first:
                self.summed[id(result)] = (result, raw)
        return result

    def _viewed(self, operands: tuple[Operand, ...], source: Tensor, result: Tensor) -> tuple[Operand, ...]:
        """The arguments of a view: -1 stands for a length that is known now.

        `reshape` makes an alias where it can, but a view where somebody watches.
        """
        size = Operand("size", None, text_of(tuple(result.shape)))
        operands = tuple(size if o.name == "size" else o for o in operands)
        if self.calling in VIEWING or source.is_contiguous():
            return operands
        return (*operands, Operand("stride", None, text_of(result.stride())))

    def _forget_look(self) -> None:
        """A transpose that `matmul` has only looked at, to choose a way."""
        pending = self._pending
        if pending is not None and pending.signature.op == "transpose":
            self._pending = None
            self.last_number = max(self.last_number, pending.number or 0)

    def _arguments(
        self, signature: Signature, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> Iterable[tuple[str, Tensor | str]]:
        given = list(zip(signature.names, args, signature.defaults, strict=False))
        for name, default in zip(signature.names, signature.defaults, strict=True) if kwargs else ():
            if name in kwargs:
                given.append((name, kwargs[name], default))
        for name, value, default in given:
            if isinstance(value, Tensor):
                yield name, value
            elif isinstance(value, list | tuple) and any(isinstance(v, Tensor) for v in value):
                yield from ((name, v if isinstance(v, Tensor) else text_of(v)) for v in value)
            elif (
                not is_default(value, default)
                and (text := plain_text(name, value, text_of, bool(self.passes))) is not None
            ):
                yield name, text

    def _operands(self, signature: Signature, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Operand, ...]:
        return tuple(
            Operand(name, None, value) if isinstance(value, str) else self.operand(name, value)
            for name, value in self._arguments(signature, args, kwargs)
        )

    def _is_asked_to_detach(self, tensor: Tensor) -> bool:
        """Whether the program asks for a `detach`: nodes do it too, to keep their own result."""
        if self.calling in DETACH:
            return True
        if not hasattr(self.calling, "__code__"):  # a function in C++ detaches nothing for a reader's eyes
            return False
        pending = self._pending
        if pending is None or pending.number is None or not any(r() is tensor for r in pending.results):
            return True
        return tensor.grad_fn is not None and not any(
            n.startswith(("result", "output")) for _, n, _ in saved_names(tensor.grad_fn)
        )

    def _is_applying(self) -> bool:
        """Whether the forward of an autograd.Function is running: the whole of it is one operation."""
        frame = next((f for f in frames() if f.f_code is APPLY), None) if self._applying else None
        if frame is None:
            return False
        number = next_number() - 1
        if number not in self._applied and number >= self.last_number:
            self.last_number = number + 1
            function, args = frame.f_locals["cls"], frame.f_locals["args"]
            while frame is not None and not self.where.owns(frame):
                frame = frame.f_back
            self._applied[number] = self._application(function, args, None if frame is None else self.where.of(frame))
        return True

    def _application(self, function: Any, args: Sequence[Any], span: Span | None) -> Applied:
        operands = [
            self.operand(name, value) if isinstance(value, Tensor) else Operand(name, None, text_of(value))
            for name, value in zip(parameter_names(function, len(args)), args, strict=False)
        ]
        return Applied(function.__name__, tuple(operands), span)

    def apply(self) -> None:
        """An autograd.Function is about to be applied."""
        self._applying += 1

    def applied(self, function: Any, args: Sequence[Any], result: Any) -> None:
        """An autograd.Function of the program, or of a library, has been applied."""
        self._applying -= 1
        if not self.is_watching or self.is_quiet or self.is_light or self.is_inside_of_a_step():
            return
        results = [t for t in tensors_in(result) if self.known(t) is None]
        node = next((t.grad_fn for t in results if t.grad_fn is not None), None)
        if node is None:
            return
        self.settle()
        number = node._sequence_nr()
        applied = self._applied.pop(number, None) or self._application(function, args, self.span())
        self.last_number = max(self.last_number, number + 1)
        made = self.node(node, applied.span, applied.name, applied.inputs)
        outputs = [(t, t.output_nr if _is_same(t.grad_fn, node) else None) for t in results]
        self.forward(applied.name, made, applied.inputs, outputs, [self.value(t) for t in results], applied.span)
        self.consider()

    def watch(self) -> None:
        """Has every operation below autograd seen."""
        if not self.is_watching:
            self.dispatch.__enter__()
            self.is_watching = True

    def unwatch(self) -> None:
        """Has them run as they are."""
        if self.is_watching:
            self.dispatch.__exit__(None, None, None)
            self.is_watching = False

    def can_switch(self) -> bool:
        """Not in a pass, not where a function of the program's is one operation, not under another mode."""
        depth = torch._C._len_torch_dispatch_stack()
        return (
            not self.passes
            and torch.is_grad_enabled()
            and self._pending is None
            and self._written is None
            and torch._C._functorch.peek_interpreter_stack() is None
            and (not depth or torch._C._get_dispatch_stack_at(depth - 1) is self.dispatch)
            and not self._applying
        )

    # -- when the caller has returned

    def settle(self) -> None:
        """Writes down the operation that has run last, if that has not been done."""
        self.settle_with(())

    def settle_with(self, visible: Sequence[Tensor]) -> None:
        """The same; `visible` are tensors that its results can be found among."""
        if self._written is not None:
            self._settle_written()
        pending = self._pending
        if pending is None:
            return
        self._pending = None
        results = [r() for r in pending.results]
        node = None
        if pending.number is not None:
            later = [*(r for r in results if r is not None), *visible]
            last = pending.number - 1
            # views that were written to get new nodes while the operation's is made: after it, though they come first
            node = self._find(last, last, later) or self._find(self.last_number, last, later)
        elif results[0] is not None and results[0].grad_fn is not None:
            node = results[0].grad_fn  # numbered after its operation: that of one without a derivative
        if node is None:
            self._settle_untracked(pending, results, visible)
            return
        self.last_number = max(self.last_number, pending.number or 0)
        outputs: list[tuple[Any, int | None]] = []
        values = []
        for i, raw in enumerate(results):
            output = raw if raw is not None and raw.grad_fn is not None else None
            if output is None:
                output = next((t for t in visible if t.output_nr == i and _is_same(t.grad_fn, node)), None)
            if output is not None:
                outputs.append((output, i))
            elif (other := self._shown(raw, pending.places[i], visible)) is not None:
                outputs.append((other, None))
            elif len(results) == 1:
                outputs.append((raw, i))
            else:  # a private result of a fused operation
                continue
            values.append(pending.values[i])
        op, inputs = pending.signature.op, pending.inputs
        number = self.node(node, pending.span, op, inputs)
        if op == "view" and inputs[-1].name == "stride":
            self.rename(number, "ReshapeAliasBackward0")
        self.forward(op, number, inputs, outputs, values, pending.span, "integer", pending.base)

    def _settle_untracked(self, pending: Pending, results: Sequence[Tensor | None], visible: Sequence[Tensor]) -> None:
        shown = [self._shown(r, p, visible) for r, p in zip(results, pending.places, strict=True)]
        kept = [i for i, tensor in enumerate(shown) if tensor is not None or i == 0]
        outputs = [(shown[i], None) for i in kept]
        values = [pending.values[i] for i in kept]
        op, span = pending.signature.op, pending.span
        numbers = self.forward(op, None, pending.inputs, outputs, values, span, pending.reason, pending.base)
        for i, number in zip(kept, numbers, strict=True):
            if pending.is_lent and shown[i] is None and (pending.base is None or self._needs[pending.base]):
                self.lend(number)
        self._unseen += [(pending.places[i], n) for i, n in zip(kept, numbers, strict=True) if shown[i] is None]

    def _shown(self, raw: Tensor | None, place: Any, visible: Sequence[Tensor]) -> Tensor | None:
        """The tensor that the program gets to see for a result, if it is among `visible`."""
        for tensor in visible:
            if tensor is raw:
                return tensor
        for tensor in visible:
            if tensor.grad_fn is None and super().known(tensor) is None and self.place_of(tensor) == place:
                return tensor
        return None

    def _find(self, first: int, last: int, tensors: Iterable[Tensor]) -> Any:
        """The first of the nodes with these sequence numbers, looked for from tensors that came after it."""
        stack = [t.grad_fn for t in tensors if t.grad_fn is not None]
        seen = set()
        found, number = None, last + 1
        while stack:
            node = stack.pop()
            at = node._sequence_nr()
            if first <= at < number:
                found, number = node, at
            if first < at < 2**63 and at not in seen:
                seen.add(at)
                stack.extend(n for n, _ in node.next_functions if n is not None)
        return found

    def returned(self, func: Any, result: Any, mark: Mark) -> None:
        """The program's call has returned: its result tells what is pending, and what was made of nothing."""
        if self._pending is None and self._written is None and not self.fresh and not self._unseen:
            if len(self.events) != mark.events and result is not None and not tensors_in(result):
                self.rewind(mark)
            return
        visible = tensors_in(result)
        self.settle_with(visible)
        if not visible and result is not None:  # a question, answered by a number: no step
            self.rewind(mark)
        for tensor in visible:
            fresh = self.fresh.pop(id(tensor), None)
            if fresh is not None and fresh[0]() is tensor and not self.is_making():
                name = getattr(func, "__name__", "")
                self.create(tensor, name if name.isidentifier() else fresh[1], self.locate())
            elif self._unseen:
                self.known(tensor)
        self._unseen.clear()
        self.fresh.clear()

    # -- writing in place

    def _write(
        self, func: Any, signature: Signature, args: tuple[Any, ...], kwargs: dict[str, Any], is_new: bool
    ) -> Any:
        named = dict(zip(signature.names, args, strict=False)) | kwargs
        written = [named[n] for n in signature.writes if isinstance(named.get(n), Tensor)]
        if len(written) != 1 or self.setting is not None or id(written[0]) in self.fresh:
            return func(*args, **kwargs)
        (tensor,) = written
        arguments = list(self._arguments(signature, args, kwargs))
        is_known = self.known(tensor) is not None
        is_internal = self.is_internal()
        if not is_known:
            owner = self.owner(tensor)
            if owner is not None:
                result = func(*args, **kwargs)
                self.wrote_grad(owner, tensor, self.locate())
                return result
            if (is_internal and not self.is_parameter(tensor)) or self.is_making():
                return func(*args, **kwargs)
            result = func(*args, **kwargs)
            self.sight(tensor)
        op = signature.op
        if is_internal:
            op, operands = self.internal_operands(op, arguments)
        else:
            operands = [Operand(n, None, v) if isinstance(v, str) else self.operand(n, v) for n, v in arguments]
        span = self.span()
        if is_known:
            result = func(*args, **kwargs)
        self._written = Written(op, tensor, tuple(operands), span, is_new)
        return result

    def _settle_written(self) -> None:
        written = self._written
        assert written is not None
        self._written = None
        tensor = written.tensor
        node = tensor.grad_fn if written.is_tracked else None
        if node is not None:
            self.last_number = next_number()
            base = tensor._base
            if base is not None and base.grad_fn is not None:
                node = base.grad_fn  # CopySlices; the view's own grad_fn only leads there
        self.inplace(written.op, tensor, node, written.inputs, written.span)


def _is_same(a: Any, b: Any) -> bool:
    return a is b or (a is not None and a._sequence_nr() == b._sequence_nr() < 2**63)
