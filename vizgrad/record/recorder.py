"""The rules by which both engines' runs are written down; an engine adds how its tensors and nodes are read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple
from weakref import ref

from ..trace import (
    Accumulate,
    Arrival,
    Backward,
    Contribution,
    Create,
    Departure,
    Edge,
    Event,
    Forward,
    Free,
    Inplace,
    Mode,
    NodeRecord,
    Operand,
    RequiresGrad,
    Saved,
    Seen,
    SetGrad,
    Span,
    TensorRecord,
    Value,
    Vjp,
)
from .recording import Recording

Slots = Sequence[tuple[Any, int]]  # next_functions


class Mark(NamedTuple):
    """How far the recording had come."""

    events: int
    tensors: int
    nodes: int


class Pass:
    """One backward pass while it runs."""

    def __init__(self, event: Backward) -> None:
        self.event = event
        self.number = event.number
        self.span = event.span
        self.arriving: dict[tuple[int, int], list[Contribution]] = {}  # what comes to a node's output, in order
        self.is_told = False  # the event is written when the engine really starts

    def take(self, node: int, outputs: int) -> list[tuple[Contribution, ...]]:
        """What has come to each output of a node."""
        return [tuple(self.arriving.pop((node, nr), ())) for nr in range(outputs)]


class Recorder:
    """Watches one engine and writes into a Recording; a context manager.

    Tensors are known by object, as long as they live, and by the output of the node that made them: a view that an
    engine makes twice is one tensor. Nothing is kept alive. Tensors that no watched operation made are created when
    first seen.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.events: list[Event] = recording.events
        self.tensors: list[TensorRecord] = recording.tensors
        self.locate = recording.locate
        self._objects: dict[int, tuple[Callable[[], Any], int]] = {}
        self._made: dict[tuple[Hashable, int], int] = {}
        self._nodes: dict[Hashable, int] = {}
        self._keys: list[Hashable] = []
        self._nodes_that_save: set[int] = set()
        self._families: dict[int, list[tuple[Callable[[], Any], int]]] = {}
        self._needs: dict[int, bool] = {}  # requires_grad as recorded
        self._grads: dict[int, tuple[Callable[[], Any], int]] = {}  # the tensor that is the .grad of a known one
        self._used: set[int] = set()
        self._passes: list[Pass] = []
        self._backwards = 0
        self._inference = False
        recording.identify, recording.parts = self.identify, self.parts
        recording.settle, recording.close = self.settle, self.close

    # -- how an engine's tensors and nodes are read

    is_tensor: Callable[[Any], bool]
    value: Callable[[Any], Value]

    def dtype(self, tensor: Any) -> str:
        """The dtype's name."""
        raise NotImplementedError

    def node_key(self, node: Any) -> Hashable:
        """What a node is known by for as long as the run lasts."""
        raise NotImplementedError

    def node_name(self, node: Any) -> str:
        """PyTorch's name of a node."""
        return type(node).__name__

    def leaf_of(self, node: Any) -> Any:
        """The leaf of an AccumulateGrad, None for other nodes."""
        raise NotImplementedError

    def saved_by(self, node: Any) -> Iterable[tuple[str, Any, bool]]:
        """Names and values of what a node has saved, and whether each stands where a tensor does."""
        raise NotImplementedError

    def memory_of(self, tensor: Any) -> Any:
        """The tensor whose memory this one shows: itself if it is no view."""
        raise NotImplementedError

    def place_of(self, tensor: Any) -> Hashable:
        """Address and shape: two tensors that are equal in it show the same elements."""
        raise NotImplementedError

    def is_parameter(self, tensor: Any) -> bool:
        """Whether it is an nn.Parameter."""
        raise NotImplementedError

    def parts(self, obj: Any) -> dict[str, Any] | None:
        """The parameters of an nn.Module by path; None for anything else."""
        raise NotImplementedError

    def in_inference(self) -> bool:
        """Whether inference mode is on."""
        raise NotImplementedError

    # -- who is who

    def known(self, tensor: Any) -> int | None:
        """The id of a tensor that has been seen before."""
        entry = self._objects.get(id(tensor))
        if entry is not None and entry[0]() is tensor:
            return entry[1]
        node = tensor.grad_fn
        if node is None:
            return None
        made = self._made.get((self.node_key(node), tensor.output_nr))
        if made is not None:
            self.remember(tensor, made)
        return made

    def remember(self, tensor: Any, number: int) -> None:
        """From now on this object is that tensor."""
        self._objects[id(tensor)] = (ref(tensor), number)
        self._families.setdefault(self._root(number), []).append((ref(tensor), number))

    def _root(self, number: int) -> int:
        base = self.tensors[number].base
        return number if base is None else base

    def identify(self, obj: Any) -> int | None:
        """The id of anything that is a tensor."""
        return self.sight(obj) if self.is_tensor(obj) else None

    def sight(self, tensor: Any) -> int:
        """The id of a tensor that the program uses: made known, and its `requires_grad` brought up to date."""
        number = self.known(tensor)
        if number is None:
            return self.adopt(tensor)
        if tensor.requires_grad is not self._needs[number] and tensor.is_leaf:
            self._needs[number] = tensor.requires_grad
            self.events.append(RequiresGrad(tensor=number, requires_grad=tensor.requires_grad))
        return number

    def operand(self, name: str, tensor: Any) -> Operand:
        """A tensor as an argument."""
        number = self.sight(tensor)
        self._used.add(number)
        return Operand(name, number)

    def adopt(self, tensor: Any) -> int:
        """Makes known a tensor that came from where nobody watched."""
        node = tensor.grad_fn
        if node is not None:
            return self._adopt_made(tensor, node)
        owner = self.owner(tensor)
        if self.is_parameter(tensor):
            number = self._supersede(tensor)
            if number is not None:
                return number
        op = "grad" if owner is not None or self._passes else "Parameter" if self.is_parameter(tensor) else "tensor"
        return self.create(tensor, op, self._passes[-1].span if self._passes else self.locate())

    def _adopt_made(self, tensor: Any, node: Any) -> int:
        number = self.node(node, span := self.locate())
        inputs = []
        for i, (source, nr) in enumerate(node.next_functions):
            if source is not None:
                leaf = self.leaf_of(source)
                made = self.known(leaf) if leaf is not None else self._made.get((self.node_key(source), nr))
                if made is not None:
                    inputs.append(Operand(f"input{i}", made))
        return self.forward(
            self.recording.nodes[number].op, number, inputs, [(tensor, tensor.output_nr)], [self.value(tensor)], span
        )[0]

    def _supersede(self, parameter: Any) -> int | None:
        """A parameter made of fresh data is that data's tensor: nn.Parameter(torch.randn(2)) is one box."""
        place = self.place_of(parameter)
        for event in reversed(self.events[-8:]):
            if (
                isinstance(event, Create)
                and event.tensor not in self._used
                and event.tensor not in self.recording.names.values()
            ):
                entry = next((o() for o, n in self._families.get(event.tensor, ()) if n == event.tensor), None)
                if entry is not None and self.place_of(entry) == place:
                    record = self.tensors[event.tensor]
                    self.tensors[event.tensor] = TensorRecord(
                        id=record.id,
                        shape=record.shape,
                        dtype=record.dtype,
                        requires_grad=parameter.requires_grad,
                        is_leaf=True,
                        reason=None if parameter.requires_grad else record.reason,
                        is_parameter=True,
                        span=record.span,
                    )
                    self._needs[record.id] = parameter.requires_grad
                    self._families[record.id] = []
                    self.remember(parameter, record.id)
                    return record.id
        return None

    # -- identities

    def new_tensor(
        self,
        tensor: Any,
        value: Value,
        node: int | None,
        reason: str,
        span: Span | None,
        base: int | None = None,
        output_nr: int = 0,
    ) -> int:
        """Writes the record of a tensor just born."""
        number = len(self.tensors)
        requires_grad = node is not None or (tensor is not None and tensor.requires_grad)
        self.tensors.append(
            TensorRecord(
                id=number,
                shape=value.shape,
                dtype=value.dtype,
                requires_grad=requires_grad,
                is_leaf=node is None,
                node=node,
                output_nr=output_nr,
                base=base,
                reason=None if requires_grad else reason,
                is_parameter=tensor is not None and self.is_parameter(tensor),
                span=span,
            )
        )
        self._needs[number] = requires_grad
        if tensor is not None:
            self.remember(tensor, number)
        return number

    def node(self, node: Any, span: Span | None = None, op: str | None = None, operands: Sequence[Operand] = ()) -> int:
        """The id of a node, which is made known, with all that it leads to, if it is not."""
        key = self.node_key(node)
        number = self._nodes.get(key)
        if number is not None:
            return number
        stack = [node]
        while stack:
            top = stack[-1]
            if self.node_key(top) in self._nodes:
                stack.pop()
                continue
            unknown = [n for n, _ in top.next_functions if n is not None and self.node_key(n) not in self._nodes]
            if unknown:
                stack.extend(reversed(unknown))
                continue
            stack.pop()
            is_asked = top is node
            self._new_node(top, span if is_asked else None, op if is_asked else None, operands if is_asked else ())
        return self._nodes[key]

    def _new_node(self, node: Any, span: Span | None, op: str | None, operands: Sequence[Operand]) -> None:
        leaf = self.leaf_of(node)
        variable = None if leaf is None else self.sight(leaf)
        saved, has_tensors = self._saved(node, operands)
        name = self.node_name(node)
        key = self.node_key(node)
        number = len(self.recording.nodes)
        self.recording.nodes.append(
            NodeRecord(
                id=number,
                name=name,
                op=op if op and name != "CopySlices" else op_of(name),
                edges=tuple(
                    None if n is None else Edge(self._nodes[self.node_key(n)], nr) for n, nr in node.next_functions
                ),
                saved=saved,
                variable=variable,
                span=span,
            )
        )
        self._nodes[key] = number
        self._keys.append(key)
        if has_tensors:
            self._nodes_that_save.add(number)

    def _saved(self, node: Any, operands: Sequence[Operand]) -> tuple[tuple[Saved, ...], bool]:
        """What a node saved, as far as a reader knows it: tensors of the trace, and arguments of the operation."""
        texts = {o.name: o.text for o in operands if o.text is not None}
        saved, has_tensors = [], False
        for name, value, is_place in self.saved_by(node):
            has_tensors |= is_place
            if self.is_tensor(value):
                number = self.known(value)
                if number is not None:
                    saved.append(Saved(name, number))
                    continue
                if value.grad_fn is not None and self.node_key(value.grad_fn) == self.node_key(node):
                    saved.append(Saved(name, -1 - value.output_nr))  # an output: its id is not known yet
                    continue
            if name in texts:
                saved.append(Saved(name, None, texts[name]))
        return tuple(saved), has_tensors

    def _fill_saved(self, number: int, outputs: dict[int, int]) -> None:
        record = self.recording.nodes[number]
        if any(s.tensor is not None and s.tensor < 0 for s in record.saved):
            filled = tuple(
                s if s.tensor is None or s.tensor >= 0 else Saved(s.name, outputs[-1 - s.tensor])
                for s in record.saved
                if s.tensor is None or s.tensor >= 0 or -1 - s.tensor in outputs
            )
            self.recording.nodes[number] = _replaced(record, saved=filled)

    # -- forward

    def create(self, tensor: Any, op: str, span: Span | None, value: Value | None = None) -> int:
        """A tensor came to be other than by an operation on tensors."""
        self._sync()
        value = value or self.value(tensor)
        number = self.new_tensor(tensor, value, None, "constant", span)
        self.events.append(Create(tensor=number, op=op, value=value, span=span))
        return number

    def forward(
        self,
        op: str,
        node: int | None,
        inputs: Iterable[Operand],
        outputs: Sequence[tuple[Any, int | None]],
        values: Sequence[Value],
        span: Span | None,
        reason: str = "integer",
        base: int | None = None,
    ) -> list[int]:
        """An operation computed `outputs` (which output of the node each is, None if untracked); gives their ids."""
        self._sync()
        numbers = []
        for (output, nr), value in zip(outputs, values, strict=True):
            number = self.new_tensor(output, value, node if nr is not None else None, reason, span, base, nr or 0)
            if nr is not None:
                self._made[self._keys[node], nr] = number  # type: ignore[index]
            numbers.append(number)
        if node is not None:
            self._fill_saved(node, {nr: n for (_, nr), n in zip(outputs, numbers, strict=True) if nr is not None})
        self.events.append(
            Forward(op=op, node=node, inputs=tuple(inputs), outputs=tuple(numbers), values=tuple(values), span=span)
        )
        return numbers

    def why_untracked(self, op: str, needs: bool, grad_enabled: bool) -> str:
        """Why the result of an operation is not tracked; `needs`: some input requires a gradient."""
        if op in ("detach", "data"):
            return "detach"
        if self.in_inference():
            return "inference_mode"
        if not needs:
            return "not_tracked"
        return "integer" if grad_enabled else "no_grad"

    def inplace(self, op: str, tensor: Any, node: Any, inputs: Sequence[Operand], span: Span | None) -> None:
        """An operation wrote to `tensor`; its gradient function may have changed, and its views' and base's."""
        self._sync()
        number = self.sight(tensor)
        made = None if node is None else self.node(node, span, op, inputs)
        owner = self.owner(tensor)
        if owner is not None:
            self.events.append(SetGrad(tensor=owner, grad=self.value(tensor), span=span))
        seen = [self._seen(tensor, number, True)]
        told = {number}
        for other, n in self._family(self._root(number)):
            if n not in told:
                told.add(n)
                seen.append(self._seen(other, n, n == self._root(number)))
        self.events.append(Inplace(op=op, tensor=number, node=made, inputs=tuple(inputs), seen=tuple(seen), span=span))

    def _family(self, root: int) -> list[tuple[Any, int]]:
        """The living tensors that share memory, by id."""
        living = [(o, n) for r, n in self._families.get(root, ()) if (o := r()) is not None]
        self._families[root] = [(ref(o), n) for o, n in living]
        return sorted(living, key=lambda pair: pair[1])

    def _seen(self, tensor: Any, number: int, is_fresh: bool) -> Seen:
        """A tensor after an in-place operation; the grad_fn of a mere bystander is not asked for: it might be made."""
        node, nr = None, 0
        if is_fresh:
            grad_fn = tensor.grad_fn
            if grad_fn is not None:
                node, nr = self.node(grad_fn), tensor.output_nr
                self._made[self.node_key(grad_fn), nr] = number
                self._needs[number] = True
                self._fill_saved(node, {nr: number})
        else:
            record = self.tensors[number]
            node, nr = record.node, record.output_nr
        return Seen(number, self.value(tensor), self.version(tensor), node, nr)

    def version(self, tensor: Any) -> int:
        """How often its memory has been written to; 0 in inference mode, where nobody counts."""
        return 0 if tensor.is_inference() else int(tensor._version)

    # -- modes

    def mode(self, name: str, entered: bool) -> None:
        """A grad mode was entered or left."""
        self.settle()
        self.events.append(Mode(name=name, entered=entered, span=self.locate()))

    def _sync(self) -> None:
        """Inference mode is entered unseen on PyTorch: it is told at the next thing that happens."""
        if self.in_inference() is not self._inference:
            self._inference = not self._inference
            self.events.append(Mode(name="inference_mode", entered=self._inference))

    # -- gradients

    def owner(self, grad: Any) -> int | None:
        """Whose `.grad` this tensor is."""
        entry = self._grads.get(id(grad))
        return entry[1] if entry is not None and entry[0]() is grad else None

    def owns(self, number: int, grad: Any) -> None:
        """From now on `grad` is the `.grad` of a tensor."""
        if grad is not None:
            self._grads[id(grad)] = (ref(grad), number)

    def grad_changed(self, grad: Any) -> None:
        """A `.grad` was written to: where it has a box of its own, that is not its box any more."""
        entry = self._objects.get(id(grad))
        if entry is not None and entry[0]() is grad and entry[1] not in self.recording.names.values():
            del self._objects[id(grad)]

    def set_grad(self, tensor: Any, grad: Any, span: Span | None) -> None:
        """The program set or zeroed `.grad`."""
        self.settle()
        number = self.sight(tensor)
        if grad is not None:
            self.owns(number, grad)
            self.grad_changed(grad)
        self.events.append(SetGrad(tensor=number, grad=None if grad is None else self.value(grad), span=span))

    # -- backward

    def begin(
        self,
        roots: Sequence[Any],
        seeds: Sequence[Value],
        span: Span | None,
        *,
        retain_graph: bool,
        create_graph: bool,
        accumulate: bool,
        inputs: Sequence[Any],
    ) -> Pass:
        """A backward pass is about to run; it is written when `tell` is called for the first time."""
        self._sync()
        event = Backward(
            number=self._backwards,
            roots=tuple(self.sight(r) for r in roots),
            seeds=tuple(seeds),
            retain_graph=retain_graph,
            create_graph=create_graph,
            accumulate=accumulate,
            inputs=tuple(self.sight(t) for t in inputs),
            span=span,
        )
        return Pass(event)

    def tell(self, run: Pass) -> None:
        """The pass really begins."""
        if not run.is_told:
            run.is_told = True
            self._backwards += 1
            self.events.append(run.event)

    def seed(self, run: Pass, root: Any, seed: Value) -> None:
        """A seed waits at a root."""
        grad_fn = root.grad_fn
        if grad_fn is not None:
            place = (self.node(grad_fn), root.output_nr)
        else:
            leaf = self.accumulator(root)
            if leaf is None:
                return
            place = (self.node(leaf), 0)
        run.arriving.setdefault(place, []).append(Contribution(None, None, seed))

    def accumulator(self, leaf: Any) -> Any:
        """The AccumulateGrad of a leaf, or None if it needs no gradient."""
        raise NotImplementedError

    def visited(
        self,
        run: Pass,
        node: int,
        arrived: Sequence[Value | None],
        departed: Sequence[tuple[Value, Value | None] | None],
        freed: bool,
    ) -> None:
        """A node has run: gradients for its outputs came, those for its inputs leave as (value, raw)."""
        contributions = run.take(node, len(arrived))
        departures = tuple(None if d is None else Departure(*d) for d in departed)
        for slot, (edge, departure) in enumerate(zip(self.recording.nodes[node].edges, departures, strict=False)):
            if edge is not None and departure is not None:
                waiting = run.arriving.setdefault((edge.node, edge.input_nr), [])
                waiting.append(Contribution(node, slot, departure.grad))
        self.events.append(
            Vjp(
                backward=run.number,
                node=node,
                arrivals=tuple(Arrival(g, c) for g, c in zip(arrived, contributions, strict=True)),
                departures=departures,
                span=run.span,
            )
        )
        if freed:
            self.events.append(Free(node=node))

    def accumulated(
        self, run: Pass, tensor: Any, node: int | None, before: Value | None, delta: Value, after: Value, grad: Any
    ) -> None:
        """`.grad` of a leaf, or of a tensor that retains it, has grown."""
        number = self.sight(tensor)
        contributions = run.take(node, 1)[0] if node is not None else ()
        self.owns(number, grad)
        if before is not None:
            self.grad_changed(grad)
        self.events.append(
            Accumulate(
                backward=run.number,
                tensor=number,
                node=node,
                before=before,
                delta=delta,
                after=after,
                contributions=contributions,
                span=run.span,
            )
        )

    # -- going back, and the end

    def mark(self) -> Mark:
        """Where the recording stands."""
        return Mark(len(self.events), len(self.tensors), len(self.recording.nodes))

    def rewind(self, mark: Mark) -> None:
        """Forgets what was written since: work inside a function that gave no tensor."""
        if len(self.events) == mark.events:
            return
        del self.events[mark.events :], self.tensors[mark.tensors :], self.recording.nodes[mark.nodes :]
        del self._keys[mark.nodes :]
        self._objects = {k: e for k, e in self._objects.items() if e[1] < mark.tensors}
        self._made = {k: n for k, n in self._made.items() if n < mark.tensors}
        self._nodes = {k: n for k, n in self._nodes.items() if n < mark.nodes}
        self._families = {
            root: [e for e in family if e[1] < mark.tensors]
            for root, family in self._families.items()
            if root < mark.tensors
        }

    def settle(self) -> None:
        """Writes down an operation whose result was still unknown."""

    def close(self) -> None:
        """The run is over: brings `requires_grad` of everything that still has a name up to date."""
        named = set(self.recording.names.values())
        for reference, number in list(self._objects.values()):
            tensor = reference()
            if tensor is not None and number in named:
                self.sight(tensor)


def op_of(name: str) -> str:
    """The operation's name in a node's: AddmmBackward0 -> addmm, ToCopyBackward0 -> _to_copy.

    >>> op_of("AddmmBackward0"), op_of("LogSoftmaxBackward0"), op_of("CopySlices"), op_of("AccumulateGrad")
    ('addmm', 'log_softmax', 'copy_slices', 'accumulate_grad')
    """
    stem = name.partition("Backward")[0] or name
    if stem in PRIVATE:
        return PRIVATE[stem]
    return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(stem))


PRIVATE = {"ToCopy": "_to_copy", "UnsafeView": "_unsafe_view", "ReshapeAlias": "_reshape_alias"}


def _replaced(record: NodeRecord, **changes: Any) -> NodeRecord:
    return NodeRecord(**{name: getattr(record, name) for name in record.__struct_fields__} | changes)
