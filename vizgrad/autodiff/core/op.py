"""One operation, one record: how to compute it, and for each differentiable input the rule of its derivative.

    mul = op("mul", lambda self, other: self * other,
             self=lambda grad, other: grad * other,
             other=lambda grad, self: grad * self)

A keyword names a differentiable input; its rule's parameters, after `grad`, name what the node saves; the rule's body
is the formula. The same rule runs on arrays (backward), on tensors (`create_graph=True`) and on symbols (LaTeX), so
it is written in operators and in the registry's own functions. Whatever was broadcast is summed out by the engine.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import MethodType
from typing import Any

import numpy as np

from . import dtypes, grad_mode
from .argument_names import offered
from .arguments import Arguments
from .formula import call_on_symbols
from .inplace import InPlace
from .node import Node, gradient_edge, node_numbers
from .registry import FUNCTIONS, NODES, OPS
from .saved import Plans, Saving
from .tensor import INFERENCE, NO_EDGE, Edge, Tensor, View, wrap

Rule = Callable[..., Any]

_NUMBERS = frozenset({bool, int, float})  # what an operation on floating-point tensors takes as it is
current, PLAIN, FLOAT32 = grad_mode.current, grad_mode.PLAIN, dtypes.DEFAULT
ndarray = np.ndarray
_new: Any = object.__new__


class Op(Arguments):
    """An operation of the registry; calling it computes, and records when a gradient may be asked for.

    `name`, `params` (the schema), `rules` (by input), `grad_fn` (its node's name), `saved` (what a node keeps),
    `samples` (inputs to try it on) and `formulas` (LaTeX, where the rule cannot print itself) are for reading.
    """

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        rules: dict[str, Rule],
        *,
        grad_fn: str,
        promotes: str,
        inputs: Sequence[str],
        lists: Sequence[str],
        numbers: Sequence[str],
        apart: Sequence[str],
        saves: Sequence[str],
        outputs: Sequence[str],
        differentiable: Sequence[str] | None,
        view: bool,
        formulas: Mapping[str, str | Rule],
        tex: str | None,
        samples: Sequence[Any],
    ) -> None:
        parameters = inspect.signature(forward).parameters
        forward = _positional(forward, parameters)
        self.name, self.forward, self.rules, self.grad_fn = name, forward, rules, grad_fn
        self.__name__ = name.partition(".")[0]
        self.differentiable = bool(rules)
        self.view, self.formulas, self.tex = view, dict(formulas), tex
        self.samples = tuple(samples)
        tensors = [p for p in parameters if p in rules or p in inputs]
        super().__init__(self.__name__, parameters, promotes, tensors, lists=lists, numbers=numbers, apart=apart)
        self.outputs = tuple(outputs)
        self.multiple = len(self.outputs) > 1 or self.outputs == ("outputs",)
        names = self.outputs if differentiable is None else differentiable
        self.differentiable_outputs = frozenset(i for i, o in enumerate(self.outputs) if o in names)
        self.listed = self.outputs == ("outputs",)
        self.single = not self.listed and len(self.differentiable_outputs) == 1
        # -- what a node saves, and how each rule is called with it
        wanted = {p: list(inspect.signature(rule).parameters) for p, rule in rules.items()}
        self.saving = Saving(self, {p: names[1:] for p, names in wanted.items()}, saves)
        self.saved, self.saves_tensors = self.saving.names, self.saving.tensors
        self.saved_outputs = self.saving.outputs
        # whether a rule answers for a list of tensors, or looks at the gradients of all outputs
        self.kinds = tuple(
            "list" if p in lists else names[0] if names[0] in ("grads", "grads_or_none") else None
            for p, names in wanted.items()
        )
        self.whole_slots = any(self.kinds)
        self.slots_at = tuple((self.params.index(p), 1 << bit) for bit, p in enumerate(rules))
        self.plans = Plans(self.saving)
        self.node = type(grad_fn, (Node,), self._node_attributes())
        self.doc = inspect.getdoc(forward) or f"{name}: see PyTorch."

    def __repr__(self) -> str:
        return f"<op {self.name}({', '.join(self.params)})>"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    # -- declaration

    def _node_attributes(self) -> dict[str, Any]:
        attributes: dict[str, Any] = {"__slots__": (), "__module__": "builtins", "__doc__": None}
        attributes["op"] = staticmethod(self)  # or it would be bound to the node, as a method of tensors is
        for i, name in enumerate(self.saved):
            if not name.startswith("_"):
                attributes[f"_saved_{name}"] = property(self._reader(i))
        return attributes

    def _reader(self, i: int) -> Callable[[Node], Any]:
        def read(node: Node) -> Any:
            value = node.unpack(i)
            if i in self.saves_tensors and isinstance(value, (bool, int, float, complex)):
                return wrap(np.asarray(value, dtypes.of_number(value).numpy))  # a number in a tensor's place
            return value

        return read

    # -- calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute and, where a gradient may be asked for, record."""
        if kwargs:
            args = self.bind(args, kwargs)
        elif len(args) != self.arity:
            args = args + self.tail[len(args) :] if self.required <= len(args) < self.arity else self.bind(args, {})
        if type(args[0]) is ndarray:  # in a rule: nothing is recorded
            return self.forward(*args) if not self.multiple else tuple(self.forward(*args))
        arrays = list(args)
        kind: Any = None
        tracked, plain = False, True
        for i in self.tensor_at:
            value = args[i]
            if isinstance(value, Tensor):
                if value._view is not None:
                    value._refresh()
                arrays[i] = array = value.array
                if value._requires_grad:
                    tracked = True
                if kind is None:
                    kind = array.dtype
                elif array.dtype is not kind and self.takes_numbers:
                    plain = False
            elif type(value) is ndarray and kind is None:  # bare arrays, in a rule: nothing is recorded
                return self._bare(args)
            elif value is not None and not (self.takes_numbers and type(value) in _NUMBERS):
                plain = False
        if not plain or kind is None or (kind.kind != "f" and self.takes_numbers):
            found = self._prepare(args, arrays)
            if found is not arrays:  # symbols, or bare arrays inside a rule: answered already
                return found[0]
            tracked = any(t._requires_grad for t in self._tensors(args))
        mode = current()
        if mode.measure is not None:
            mode.measure(self, arrays)
        try:
            data = self.forward(*arrays)
        except ValueError as fault:
            raise self._explained(fault, arrays) from None
        tracked = tracked and mode.grad and self.differentiable
        if self.multiple:
            return self._many(args, arrays, data, tracked, mode)
        result = wrap(data if type(data) is ndarray else np.asarray(data))
        node: Any = None
        if tracked and (data.dtype is kind or data.dtype.kind in "fc"):
            node = self.record(args, arrays, (result,))
            result._edge = (node, 0)
            result._requires_grad = True
        if mode is not PLAIN or self.view:
            self._surround(result, args, mode, node)
        return result

    def _surround(self, result: Tensor, args: Sequence[Any], mode: grad_mode.Mode, node: Node | None) -> None:
        """Do what the mode, or the kind of operation, asks for besides computing."""
        if self.view:
            _mark_view(result, args[0], mode, "")
        elif mode.inference:
            result._counter = INFERENCE
        if mode.observer is not None and not getattr(mode.observer, "is_light", False):
            mode.observer.computed(self, self.named(args), (result,), node)

    def _many(
        self, args: Any, arrays: Any, data: Sequence[Any], tracked: bool, mode: grad_mode.Mode
    ) -> tuple[Tensor, ...]:
        results = tuple([wrap(d if type(d) is ndarray else np.asarray(d)) for d in data])
        node = self.record(args, arrays, results) if tracked else None
        for i, result in enumerate(results):
            if (
                node is not None
                and result.array.dtype.kind in "fc"
                and (self.listed or i in self.differentiable_outputs)
            ):
                result._edge = (node, i)
                result._requires_grad = True
            if self.view:
                _mark_view(result, args[0], mode, "multi")
            elif mode.inference:
                result._counter = INFERENCE
        if mode.observer is not None and not getattr(mode.observer, "is_light", False):
            mode.observer.computed(self, self.named(args), results, node)
        return results

    def _bare(self, args: Sequence[Any]) -> Any:
        """Compute on arrays, inside a rule: nothing is recorded."""
        data = self.forward(*args)
        return data if not self.multiple else tuple(data)

    def _on_symbols(self, args: Sequence[Any]) -> Any:
        return call_on_symbols(self, args)

    # -- recording

    def record(
        self, args: Sequence[Any], arrays: Sequence[Any], results: Sequence[Tensor], edge: Edge | None = None
    ) -> Node:
        """Make the node of a call; `edge` replaces the first input's, for in-place operations."""
        edges: list[Edge] = []
        live = 0
        for i, bit in self.slots_at:
            value = args[i]
            if isinstance(value, Tensor):
                if value._requires_grad:
                    found = value._edge or gradient_edge(value)
                    edges.append(found)
                    live |= bit if found is not NO_EDGE else 0
                else:
                    edges.append(NO_EDGE)
            elif i in self.lists:
                edges.extend(gradient_edge(v) if isinstance(v, Tensor) and v._requires_grad else NO_EDGE for v in value)
                live |= bit
            else:
                edges.append(NO_EDGE)
        if edge is not None:
            edges[0] = edge
            live = live | 1 if edge[0] is not None else live & ~1
        node = _new(self.node)
        node.number = next(node_numbers)
        node.next_functions = tuple(edges)
        node.hooks = node.versions = node.more = None
        array = results[0].array
        node.shape, node.dtype = array.shape, array.dtype
        if self.multiple:
            node.describe(results)
        node.plan = plan = self.plans[live]
        plan.fill(node, args, arrays, results)
        return node


def _positional(forward: Callable[..., Any], parameters: Mapping[str, inspect.Parameter]) -> Callable[..., Any]:
    """Let a function with keyword-only parameters be called with all of them in order."""
    names = [k for k, p in parameters.items() if p.kind is p.KEYWORD_ONLY]
    if not names:
        return forward
    first = len(parameters) - len(names)
    return lambda *args: forward(*args[:first], **dict(zip(names, args[first:], strict=True)))


def _mark_view(result: Tensor, source: Tensor, mode: grad_mode.Mode, creation: str) -> None:
    """Make the result a view: of the source's base, with the same version counter."""
    base = source if source._view is None else source._view.base
    result._counter = source._shared_counter()
    is_lent = result._edge is None and base._requires_grad
    if is_lent:
        # PyTorch: a view made without recording asks for gradients as its base does, and remembers where it was made
        result._requires_grad = result.array.dtype.kind in "fc" and not mode.inference
        creation = "no_grad"
    if source._view is not None and source._view.creation:
        creation = source._view.creation
    result._view = View(base, creation, 0 if result._counter is INFERENCE else result._counter[0])
    result._view.is_lent = is_lent


def camel(name: str) -> str:
    """Write an operation's name as PyTorch writes its node's.

    >>> camel("log_softmax"), camel("log1p"), camel("avg_pool2d")
    ('LogSoftmax', 'Log1P', 'AvgPool2D')
    """
    return "".join(part.title() for part in name.split("_"))


def op(
    name: str,
    forward: Callable[..., Any],
    *,
    overload: int = 0,
    node: str | None = None,
    promotes: str = "promote",
    inputs: str = "",
    lists: str = "",
    numbers: str = "",
    apart: str = "",
    saves: str = "",
    outputs: str = "result",
    differentiable: str | None = None,
    view: bool = False,
    method: bool = True,
    inplace: bool = False,
    public: bool = True,
    formulas: Mapping[str, str | Rule] | None = None,
    tex: str | None = None,
    samples: Sequence[Any] = (),
    **rules: Rule,
) -> Op:
    """Enter an operation in the registry.

    `name` is PyTorch's, with ".overload" where it has several; `overload` is the number in its node's name. `promotes`
    says what becomes of dtypes: "promote" (PyTorch's promotion), "float" (the same, but integers become floats) or
    "same" (the inputs are taken as they are). `inputs` names tensors that have no derivative, `lists` parameters that
    are lists of tensors, `numbers` those that are numbers and yet take part in promotion, `apart` masks that do not.
    `saves` names what the node shows beyond what its rules use, `outputs` the results. `inplace` adds the method with
    "_". `tex` writes a call of it, `formulas` the rules that cannot write themselves: as LaTeX with the saved names in
    braces, or as the rule a textbook has, to be run on symbols.
    """
    function = name.partition(".")[0]
    made = Op(
        name,
        forward,
        rules,
        grad_fn=node or f"{camel(function)}Backward{overload}",
        promotes=promotes,
        inputs=[*inputs.split(), *lists.split(), *numbers.split(), *apart.split()],
        apart=apart.split(),
        lists=lists.split(),
        numbers=numbers.split(),
        saves=saves.split(),
        outputs=outputs.split(),
        differentiable=None if differentiable is None else differentiable.split(),
        view=view,
        formulas=formulas or {},
        tex=tex,
        samples=samples,
    )
    if name in OPS:
        raise TypeError(f"there is an op {name!r} already")
    OPS[name] = NODES[made.grad_fn] = made
    if public:
        FUNCTIONS[function] = made
        if method and made.params[0] == "self":
            setattr(Tensor, function, made)
    if inplace:
        setattr(Tensor, f"{function}_", InPlace(made))
    return made


def function(*names: str, method: bool = True, public: bool = True) -> Callable[[Any], Any]:
    """Offer a function composed of operations, under its own name and others; a method if it begins with `self`."""

    def offer(composed: Any) -> Any:
        outside = offered(composed)
        for name in (composed.__name__.rstrip("_") if composed.__name__ != "_" else "", *names):
            if name and public:
                FUNCTIONS[name] = outside
            if name and method and next(iter(inspect.signature(composed).parameters), "") == "self":
                setattr(Tensor, name, outside)
        return composed

    return offer
