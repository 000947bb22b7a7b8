"""The rules by which both engines' runs are written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..trace import (
    Accumulate,
    Arrival,
    Backward,
    Contribution,
    Departure,
    Free,
    Hook,
    Inplace,
    Mode,
    Operand,
    Seen,
    SetGrad,
    Span,
    Value,
    Vjp,
)
from .ids import Identities
from .recording import Recording

INTERNAL = frozenset({"step"})
"""Functions of a library whose arithmetic is its own affair: an optimizer's step shows what it does to parameters."""


RESHAPING = frozenset({"squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims"})
"""Operations that give a tensor another shape, in place as well: a new box then, since a box's shape never changes."""
INTERNAL_OUTPUTS = frozenset({"total_weight", "result1", "result2", "LU", "pivots", "buffer", "info"})
"""Outputs that an operation makes for its own backward only."""


class Pass:
    """One backward pass while it runs."""

    def __init__(self, event: Backward) -> None:
        self.event, self.number, self.span = event, event.number, event.span
        self.arriving: dict[tuple[int, int], list[Contribution]] = {}  # what comes to a node's output, in order
        self.is_told = False  # the event is written when the engine really starts

    def take(self, node: int, outputs: int) -> list[tuple[Contribution, ...]]:
        """What has come to each output of a node."""
        return [tuple(self.arriving.pop((node, nr), ())) for nr in range(outputs)]


class Recorder(Identities):
    """Watches one engine and writes into a Recording; a context manager."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self.passes: list[Pass] = []
        self._backwards = 0
        self._is_inference = False
        self._retained_grads: dict[int, Value] = {}
        recording.identify, recording.parts = self.identify, self.parts
        recording.settle, recording.close = self.settle, self.close

    # -- what an engine adds

    def parts(self, obj: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The parameters of an nn.Module, and the modules inside it, by path; None for anything else."""
        raise NotImplementedError

    def in_inference(self) -> bool:
        """Whether inference mode is on."""
        raise NotImplementedError

    def accumulator(self, leaf: Any) -> Any:
        """The AccumulateGrad of a leaf, or None if it needs no gradient."""
        raise NotImplementedError

    def settle(self) -> None:
        """Writes down an operation whose result was still unknown."""

    # -- what the recording asks

    def identify(self, obj: Any) -> int | None:
        """The number of anything that is a tensor."""
        if not self.is_tensor(obj):
            return None
        self.settle()
        return self.known(obj) if self.is_inside_of_a_step() else self.sight(obj)

    def is_inside_of_a_step(self) -> bool:
        """Whether code of the program runs that is a part of one step: a hook, an autograd.Function."""
        return bool(self.passes) and not self.passes[-1].event.create_graph

    def close(self) -> None:
        """The run is over: brings `requires_grad` of everything that still has a name up to date."""
        for number in set(self.recording.names.values()):
            for tensor, member in self.family(self.root(number)):
                if member == number:
                    self.sight(tensor)
        for number in range(len(self.nodes)):
            self.fill_saved(number, {})

    def span(self) -> Span | None:
        """The expression that is being evaluated; in a backward pass, the one that began it."""
        return self.passes[-1].span if self.passes else self.locate()

    def unseen(self) -> str:
        """What is said to have made a tensor that came from where nobody watched."""
        return "grad" if self.passes else "tensor"

    # -- forward

    def why_untracked(self, op: str, needs: bool, is_grad_enabled: bool) -> str:
        """Why the result of an operation is not tracked; `needs`: some input requires a gradient."""
        if op == "detach":
            return "detach"
        if self.in_inference():
            return "inference_mode"
        if not needs:
            return "not_tracked"
        return "integer" if is_grad_enabled else "no_grad"

    def inplace(self, op: str, tensor: Any, node: Any, inputs: Sequence[Operand], span: Span | None) -> None:
        """An operation wrote to `tensor`; its gradient function may have changed, and its base's."""
        self.sync()
        number = self.sight(tensor)
        made = None if node is None else self.node(node, span, op, inputs)
        owner = self.owner(tensor)
        if owner is not None:
            self.wrote_grad(owner, tensor, span)
            if number not in self.recording.names.values():  # its box showed the gradient as it was used
                self.grad_changed(tensor)
                return
        seen = [self._seen(tensor, number, True)]
        root = self.root(number)
        for other, n in self.family(root):
            if n not in {s.tensor for s in seen}:
                seen.append(self._seen(other, n, n == root))
        self.events.append(Inplace(op=op, tensor=number, node=made, inputs=tuple(inputs), seen=tuple(seen), span=span))

    def _seen(self, tensor: Any, number: int, is_fresh: bool) -> Seen:
        """A tensor after an in-place operation; a bystander's grad_fn is not asked for: asking would make it."""
        node: int | None
        if is_fresh:
            node, nr, grad_fn = None, 0, tensor.grad_fn
            if grad_fn is not None:
                node, nr = self.node(grad_fn), tensor.output_nr
                self._made[self.node_key(grad_fn), nr] = number
                self._needs[number] = True
                self.fill_saved(node, {nr: number})
        else:
            record = self.tensors[number]
            node, nr = record.node, record.output_nr
        version = 0 if tensor.is_inference() else int(tensor._version)
        return Seen(number, self.value(tensor), version, node, nr)

    def internal_operands(self, op: str, operands: Iterable[tuple[str, Any]]) -> tuple[str, list[Operand]]:
        """Arguments of what an optimizer does to a parameter: without tensors of its own, and then it is a "step"."""
        kept = []
        for name, value in operands:
            if isinstance(value, str):
                kept.append(Operand(name, None, value))
            elif self.known(value) is not None or self.owner(value) is not None:
                kept.append(self.operand(name, value))
            else:
                op = "step"
        return op, kept

    def is_internal(self) -> bool:
        """Whether an optimizer of the library is at work."""
        return self.where.is_inside(INTERNAL)

    # -- modes

    def tell_mode(self, name: str, entered: bool) -> None:
        """A grad mode was entered or left by the program itself."""
        self.settle()
        self.events.append(Mode(name=name, entered=entered, span=self.locate()))

    def sync(self) -> None:
        """Inference mode is entered unseen on PyTorch: it is told at the next thing that happens."""
        if self.in_inference() is not self._is_inference:
            self._is_inference = not self._is_inference
            self.events.append(Mode(name="inference_mode", entered=self._is_inference))

    # -- gradients set by the program

    def set_grad(self, tensor: Any, grad: Any, span: Span | None) -> None:
        """The program set `.grad`."""
        self.settle()
        number = self.sight(tensor)
        if grad is not None and self.owner(grad) == number:  # `x.grad *= 2` sets what has been written to already
            return
        self.owns(number, grad)
        self.events.append(SetGrad(tensor=number, grad=None if grad is None else self.value(grad), span=span))

    def wrote_grad(self, owner: int, grad: Any, span: Span | None) -> None:
        """The program wrote to a `.grad` that has no box of its own."""
        self.events.append(SetGrad(tensor=owner, grad=self.value(grad), span=span))

    # -- backward

    def begin(
        self,
        roots: Sequence[Any],
        seeds: Sequence[Value],
        *,
        retain_graph: bool,
        create_graph: bool,
        accumulate: bool,
        inputs: Sequence[Any],
    ) -> Pass:
        """A backward pass is about to run; it is written when `tell` is called for the first time."""
        self.sync()
        event = Backward(
            number=self._backwards,
            roots=tuple(self.sight(r) for r in roots),
            seeds=tuple(seeds),
            retain_graph=retain_graph,
            create_graph=create_graph,
            accumulate=accumulate,
            inputs=tuple(self.sight(t) for t in inputs),
            span=self.span(),
        )
        run = Pass(event)
        for root, seed in zip(roots, seeds, strict=True):
            node, nr = (root.grad_fn, root.output_nr) if root.grad_fn is not None else (self.accumulator(root), 0)
            if node is not None:
                run.arriving.setdefault((self.node(node), nr), []).append(Contribution(None, None, seed))
        return run

    def tell(self, run: Pass) -> None:
        """The pass really begins."""
        if not run.is_told:
            run.is_told = True
            self._backwards += 1
            self.events.append(run.event)

    def visited(
        self,
        run: Pass,
        node: int,
        arrived: Sequence[Value | None],
        departed: Sequence[tuple[Value, Value | None] | None],
    ) -> None:
        """A node has run: gradients for its outputs came, those for its inputs leave as (value, raw)."""
        contributions = run.take(node, len(arrived))
        while (
            len(arrived) > 1 and arrived[-1] is None and not contributions[-1]
        ):  # engines count private outputs or not
            arrived, contributions = arrived[:-1], contributions[:-1]
        departures = tuple(None if d is None else Departure(*d) for d in departed)
        for slot, (edge, departure) in enumerate(zip(self.nodes[node].edges, departures, strict=False)):
            if edge is not None and departure is not None:
                waiting = run.arriving.setdefault((edge.node, edge.input_nr), [])
                waiting.append(Contribution(node, slot, departure.grad))
        arrivals = tuple(Arrival(g, c) for g, c in zip(arrived, contributions, strict=True))
        self.events.append(Vjp(backward=run.number, node=node, arrivals=arrivals, departures=departures, span=run.span))
        if node in self._nodes_that_save and not run.event.retain_graph:
            self.events.append(Free(node=node))

    def accumulated(
        self, run: Pass, tensor: Any, node: int | None, before: Value | None, delta: Value, grad: Any
    ) -> None:
        """`.grad` of a leaf, or of a tensor that retains it (node None), has grown and is `grad` now."""
        number = self.sight(tensor)
        self.owns(number, grad)
        self.grad_changed(grad)
        self.events.append(
            Accumulate(
                backward=run.number,
                tensor=number,
                node=node,
                before=before,
                delta=delta,
                after=self.value(grad),
                contributions=() if node is None else run.take(node, 1)[0],
                span=run.span,
            )
        )

    def retained(self, run: Pass, tensor: Any, delta: Value, grad: Any) -> None:
        """A tensor that retains its gradient has been given it."""
        number = self.sight(tensor)
        before = self._retained_grads.get(number)
        self.accumulated(run, tensor, None, before, delta, grad)
        self._retained_grads[number] = self.value(grad)

    def hooked(
        self, run: Pass, tensor: Any, hook: Callable[..., Any], before: Value | None, after: Value | None
    ) -> None:
        """A hook of the program ran on a tensor's gradient; `after` is None where it changed nothing."""
        name = getattr(hook, "__name__", type(hook).__name__)
        number = self.sight(tensor)
        self.events.append(Hook(name=name, tensor=number, before=before, after=after, span=run.span))
