"""Who is who in a run: the tensors and nodes of one engine, each with the number it has in the trace."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple
from weakref import ref

from msgspec.structs import replace

from ..trace import (
    Create,
    Edge,
    Event,
    Forward,
    NodeRecord,
    Operand,
    RequiresGrad,
    Saved,
    SetGrad,
    Span,
    TensorRecord,
    Value,
    Warned,
)
from ..trace.values import WHOLE
from .op_names import op_of
from .recording import Recording

Living = Callable[[], Any]  # a weak reference
MAKING = frozenset({"__init__", "__new__", "reset_parameters", "__deepcopy__", "deepcopy", "load_state_dict"})
"""Functions of a library in which tensors are prepared: a layer's weights are seen when they are used."""


class Mark(NamedTuple):
    """How far a recording had come."""

    events: int
    tensors: int
    nodes: int


class Identities:
    """Tensors are known by object, as long as they live, and by the output of the node that made them.

    So a view that an engine makes twice is one tensor. Nothing is kept alive. What no watched operation made is
    created when first seen. An engine adds how its tensors and nodes are read.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.events: list[Event] = recording.events
        self.tensors: list[TensorRecord] = recording.tensors
        self.nodes: list[NodeRecord] = recording.nodes
        self.where = self.locate = recording.where
        self._objects: dict[int, tuple[Living, int]] = {}
        self._made: dict[tuple[Hashable, int], int] = {}
        self._numbers: dict[Hashable, int] = {}  # of nodes, by key
        self._keys: list[Hashable] = []  # of nodes, by number
        self._nodes_that_save: set[int] = set()
        self._families: dict[int, list[tuple[Living, int]]] = {}  # who shares memory, by the owner of the memory
        self._needs: dict[int, bool] = {}  # requires_grad as recorded
        self._grads: dict[int, tuple[Living, int]] = {}  # tensors that are the .grad of a known one
        self._used: set[int] = set()
        self.elements = 0  # of the results written down in this scene

    # -- how an engine's tensors and nodes are read

    def is_tensor(self, obj: Any) -> bool:
        """Whether an object is a tensor of the engine."""
        raise NotImplementedError

    def value(self, tensor: Any) -> Value:
        """A tensor's contents now."""
        raise NotImplementedError

    def fill(self, tensor: Any, elements: Sequence[float]) -> None:
        """Gives a tensor other elements, of which nobody hears."""
        raise NotImplementedError

    def node_key(self, node: Any) -> Hashable:
        """What a node is known by for as long as the run lasts."""
        raise NotImplementedError

    def leaf_of(self, node: Any) -> Any:
        """The leaf of an AccumulateGrad, None for other nodes."""
        raise NotImplementedError

    def saved_by(self, node: Any) -> Iterable[tuple[str, Any, bool, int | None]]:
        """Name and value of what a node has saved, whether it stands in a tensor's place, and which output it is."""
        raise NotImplementedError

    def place_of(self, tensor: Any) -> Hashable:
        """Address and shape: two tensors that are equal in it show the same elements."""
        raise NotImplementedError

    def is_parameter(self, tensor: Any) -> bool:
        """Whether it is an nn.Parameter."""
        raise NotImplementedError

    def grad_of(self, tensor: Any) -> Any:
        """A leaf's `.grad`."""
        raise NotImplementedError

    # -- tensors

    def known(self, tensor: Any) -> int | None:
        """The number of a tensor that has been seen before."""
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
        living = ref(tensor)
        self._objects[id(tensor)] = (living, number)
        root = self.root(number)
        family = self._families.get(root)
        if family is None:
            self._families[root] = [(living, number)]
        else:
            family.append((living, number))

    def root(self, number: int) -> int:
        """The tensor that owns the memory which this one shows."""
        base = self.tensors[number].base
        return number if base is None else base

    def family(self, root: int) -> list[tuple[Any, int]]:
        """The living tensors that share memory, in order of number."""
        living = [(o, n) for r, n in self._families.get(root, ()) if (o := r()) is not None]
        self._families[root] = [(ref(o), n) for o, n in living]
        return sorted(living, key=lambda pair: pair[1])

    def sight(self, tensor: Any) -> int:
        """The number of a tensor that the program uses; its `requires_grad` is brought up to date."""
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
        span = self.span()
        if self.owner(tensor) is not None:
            return self.create(tensor, "grad", span)
        twin = self._twin(tensor)
        if self.is_parameter(tensor):
            return (
                self._become(twin, tensor) if twin is not None else self.create(tensor, "Parameter", span, is_old=True)
            )
        if twin is not None:
            return self._show(twin, tensor, span)
        return self.create(tensor, self.unseen(), span, is_old=True)

    def _adopt_made(self, tensor: Any, node: Any) -> int:
        number = self.node(node, span := self.span())
        inputs = []
        for i, (source, nr) in enumerate(node.next_functions):
            if source is not None:
                leaf = self.leaf_of(source)
                made = self.known(leaf) if leaf is not None else self._made.get((self.node_key(source), nr))
                if made is not None:
                    inputs.append(Operand(f"input{i}", made))
        output, value = (tensor, tensor.output_nr), self.value(tensor)
        return self.forward(self.nodes[number].op, number, inputs, [output], [value], span)[0]

    def _twin(self, tensor: Any) -> int | None:
        """A tensor of the program that shows the same elements: newly made, or with a name."""
        place = self.place_of(tensor)
        fresh = [e.tensor for e in self.events[-8:] if isinstance(e, Create) and e.tensor not in self._used]
        for number in dict.fromkeys([*reversed(fresh), *self.recording.names.values()]):
            for living, member in self._families.get(self.root(number), ()):
                if member == number and (other := living()) is not None and self.place_of(other) == place:
                    return number
        return None

    def _become(self, number: int, parameter: Any) -> int:
        """A parameter made of fresh data is that data's box: nn.Parameter(torch.randn(2)) is one tensor to a reader."""
        record = self.tensors[number]
        if number in self._used or number in self.recording.names.values():
            return self.create(parameter, "Parameter", self.span(), base=self.root(number))
        self.tensors[number] = TensorRecord(
            id=number,
            shape=record.shape,
            dtype=record.dtype,
            requires_grad=parameter.requires_grad,
            is_leaf=True,
            reason=None if parameter.requires_grad else record.reason,
            is_parameter=True,
            span=record.span,
        )
        self._needs[number] = parameter.requires_grad
        self._families[number] = []
        self.remember(parameter, number)
        return number

    def lend(self, number: int) -> None:
        """A view made without recording asks for gradients because what it shows does, though none comes to it."""
        self._needs[number] = True
        self.tensors[number] = replace(self.tensors[number], requires_grad=True, reason=None)

    def _show(self, number: int, tensor: Any, span: Span | None) -> int:
        """`x.data`: the same memory without history."""
        inputs = [Operand("self", number)]
        return self.forward(
            "data", None, inputs, [(tensor, None)], [self.value(tensor)], span, "detach", self.root(number)
        )[0]

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
        """Writes the record of a tensor just born; `tensor` is None if its object is not known yet."""
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

    # -- nodes

    def node(self, node: Any, span: Span | None = None, op: str | None = None, operands: Sequence[Operand] = ()) -> int:
        """The number of a node, which is made known, with all that it leads to, if it is not."""
        key = self.node_key(node)
        number = self._numbers.get(key)
        if number is not None:
            return number
        stack = [node]
        while stack:
            top = stack[-1]
            if self.node_key(top) in self._numbers:
                stack.pop()
                continue
            unknown = [n for n, _ in top.next_functions if n is not None and self.node_key(n) not in self._numbers]
            if unknown:
                stack.extend(reversed(unknown))
                continue
            stack.pop()
            is_asked = top is node
            self._new_node(top, span if is_asked else None, op if is_asked else None, operands if is_asked else ())
        return self._numbers[key]

    def _new_node(self, node: Any, span: Span | None, op: str | None, operands: Sequence[Operand]) -> None:
        leaf = self.leaf_of(node)
        variable = None if leaf is None else self.sight(leaf)
        saved, has_tensors = self._saved(node, operands)
        name = type(node).__name__
        key = self.node_key(node)
        number = len(self.nodes)
        edges = (None if n is None else Edge(self._numbers[self.node_key(n)], nr) for n, nr in node.next_functions)
        self.nodes.append(
            NodeRecord(
                id=number,
                name=name,
                op=op if op and name != "CopySlices" else op_of(name),
                edges=tuple(edges),
                saved=saved,
                variable=variable,
                module=self.recording.module(),
                span=span,
            )
        )
        self._numbers[key] = number
        self._keys.append(key)
        if has_tensors:
            self._nodes_that_save.add(number)

    def _saved(self, node: Any, operands: Sequence[Operand]) -> tuple[tuple[Saved, ...], bool]:
        """What a node saved, as far as a reader knows it: tensors of the trace, and arguments of the operation."""
        texts = {o.name: o.text for o in operands if o.text is not None}
        saved, has_tensors = [], False
        for name, value, is_place, output_nr in self.saved_by(node):
            has_tensors |= is_place
            if output_nr is not None:
                saved.append(Saved(name, -1 - output_nr))  # its number is not known yet
            elif self.is_tensor(value) and (entry := self._objects.get(id(value))) and entry[0]() is value:
                saved.append(Saved(name, entry[1]))  # not what a twin was made for: that may be overwritten
            elif name in texts:
                saved.append(Saved(name, None, texts[name]))
        return tuple(saved), has_tensors

    def rename(self, number: int, name: str) -> None:
        """A node is called otherwise where nobody watches."""
        record = self.nodes[number]
        fields = {field: getattr(record, field) for field in record.__struct_fields__}
        self.nodes[number] = NodeRecord(**fields | {"name": name})

    def fill_saved(self, number: int, outputs: dict[int, int]) -> None:
        """The numbers of a node's outputs are known now: puts them where it saved one."""
        record = self.nodes[number]
        if any(s.tensor is not None and s.tensor < 0 for s in record.saved):
            saved = []
            for s in record.saved:
                if s.tensor is None or s.tensor >= 0:
                    saved.append(s)
                elif -1 - s.tensor in outputs:
                    saved.append(Saved(s.name, outputs[-1 - s.tensor]))
            fields = {name: getattr(record, name) for name in record.__struct_fields__}
            self.nodes[number] = NodeRecord(**fields | {"saved": tuple(saved)})

    # -- gradients that are tensors of their own

    def owner(self, grad: Any) -> int | None:
        """Whose `.grad` this tensor is."""
        entry = self._grads.get(id(grad))
        return entry[1] if entry is not None and entry[0]() is grad else None

    def owns(self, number: int, grad: Any) -> None:
        """From now on `grad` is the `.grad` of a tensor."""
        if grad is not None:
            self._grads[id(grad)] = (ref(grad), number)

    def grad_changed(self, grad: Any) -> None:
        """A `.grad` was written to: a box of its own that it may have had shows it as it was."""
        entry = self._objects.get(id(grad))
        if entry is not None and entry[0]() is grad and entry[1] not in self.recording.names.values():
            del self._objects[id(grad)]

    # -- being born

    def span(self) -> Span | None:
        """The expression that is being evaluated."""
        return self.locate()

    def unseen(self) -> str:
        """What is said to have made a tensor that came from where nobody watched."""
        return "tensor"

    def sync(self) -> None:
        """Called before a tensor is born."""

    def create(
        self,
        tensor: Any,
        op: str,
        span: Span | None,
        value: Value | None = None,
        base: int | None = None,
        is_old: bool = False,
    ) -> int:
        """A tensor came to be other than by an operation on tensors; an old one may bring a gradient along."""
        self.sync()
        if self.recording.instead and self._is_changed(tensor):
            value = None
        value = value or self.value(tensor)
        number = self.new_tensor(tensor, value, None, "constant", span, base)
        self.events.append(Create(tensor=number, op=op, value=value, span=span))
        if is_old and (grad := self.grad_of(tensor)) is not None:
            self.owns(number, grad)
            self.events.append(SetGrad(tensor=number, grad=self.value(grad), span=span))
        return number

    def _is_changed(self, tensor: Any) -> bool:
        """Whether a new tensor was given other elements: what the reader asks "what if" of."""
        elements = self.recording.instead.get(len(self.tensors))
        if elements is None or tensor is None or self.value(tensor).size != len(elements):
            return False
        self.fill(tensor, elements)
        return True

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
        """An operation computed `outputs` (with their place among the node's, None if untracked)."""
        self.sync()
        numbers = []
        for (output, nr), value in zip(outputs, values, strict=True):
            number = self.new_tensor(output, value, node if nr is not None else None, reason, span, base, nr or 0)
            self.elements += min(value.size, WHOLE)
            if nr is not None:
                assert node is not None
                self._made[self._keys[node], nr] = number
            numbers.append(number)
        if node is not None:
            self.fill_saved(node, {nr: n for (_, nr), n in zip(outputs, numbers, strict=True) if nr is not None})
        self.events.append(
            Forward(op=op, node=node, inputs=tuple(inputs), outputs=tuple(numbers), values=tuple(values), span=span)
        )
        return numbers

    # -- going back

    def mark(self) -> Mark:
        """Where the recording stands."""
        return Mark(len(self.events), len(self.tensors), len(self.nodes))

    def rewind(self, mark: Mark) -> None:
        """Forgets what was written since, but warnings: work inside a function that is no step of its own."""
        if len(self.events) == mark.events and len(self.tensors) == mark.tensors and len(self.nodes) == mark.nodes:
            return
        self.events[mark.events :] = [e for e in self.events[mark.events :] if isinstance(e, Warned)]
        del self.tensors[mark.tensors :], self.nodes[mark.nodes :], self._keys[mark.nodes :]
        self._objects = {k: e for k, e in self._objects.items() if e[1] < mark.tensors}
        self._made = {k: n for k, n in self._made.items() if n < mark.tensors}
        self._numbers = {k: n for k, n in self._numbers.items() if n < mark.nodes}
        self._families = {
            root: [e for e in family if e[1] < mark.tensors]
            for root, family in self._families.items()
            if root < mark.tensors
        }

    def is_making(self) -> bool:
        """Whether a library is preparing tensors for the program."""
        return self.where.is_inside(MAKING)
