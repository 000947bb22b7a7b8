"""Derivative rules, looked up in the core's registry by a node's name and run on symbols and on recorded numbers."""

from __future__ import annotations

import ast
import inspect
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from vizgrad.autodiff.core.formula import call_on_symbols
from vizgrad.autodiff.core.op import Op
from vizgrad.autodiff.core.registry import OPS, lookup
from vizgrad.autodiff.core.symbol import ATOM, PRODUCT, SUM, Symbol, lift
from vizgrad.trace import NodeRecord, Value

from ..history import Made
from ..notation.numeric_symbol import Unit, is_number

OPAQUE = r"\operatorname{"
INDEXED = re.compile(r"\{(\w+)\}(?=_)")
SIGN = re.compile(r" [+-] ")


@dataclass(frozen=True)
class Rule:
    """The rule for one input slot of a node: `key` is the input's schema name, `position` its place in a list.

    `made` is the operation that made the node, with the values that its operands had then; `nr` the output whose
    gradient arrived, the others' being zero.
    """

    op: Op
    key: str
    position: int | None
    made: Made
    nr: int = 0

    def run(self, grad: Any, saved: Callable[[str], Any], rule: Callable[..., Any] | None = None) -> Any:
        """What the rule makes of a gradient; `saved` gives what each of its parameters stands for."""
        rule = rule or self.op.rules[self.key]
        first, *rest = _parameters(rule)
        upstream = self._all(grad) if first == "grads" else grad
        found = rule(upstream, *(saved(name) for name in rest))
        return found[self.position] if self.position is not None else found

    def _all(self, grad: Any) -> list[Any]:
        """The gradients of all outputs, for a rule that looks at each."""
        if isinstance(grad, Symbol):
            return [grad if i == self.nr else Symbol("0") for i in range(len(self.made.values))]
        return [grad if i == self.nr else np.zeros(v.shape, grad.dtype) for i, v in enumerate(self.made.values)]

    def on_arrays(self, grad: np.ndarray, stand_in: Callable[[Value], np.ndarray | None] | None = None) -> np.ndarray:
        """What the rule makes of a gradient, computed on the recorded values.

        `stand_in` may give an array for a value that is not kept whole. Raises Missing if one is missing.
        """
        with np.errstate(all="ignore"):
            return np.asarray(self.run(grad, lambda name: self._array(name, stand_in)))

    def on_symbols(
        self, grad: Symbol, symbol: Callable[[int, Value | None], Symbol], declared: bool = True
    ) -> Symbol | None:
        """The rule as a symbol; `symbol` gives a tensor's. None if it cannot write itself.

        Plain numbers are put in as they are, so that 2 - 1 becomes 1; a rule that cannot take them gets them as
        symbols. A fused rule would only write its own name: it is written as its record declares it, which suits
        names but not numbers (`declared` False refuses that).
        """
        found = self._written(grad, symbol)
        if isinstance(self.op.formulas.get(self.key), str) and (found is None or OPAQUE in found.tex):
            return self._declared(grad, symbol) if declared else None
        return found

    def _written(self, grad: Symbol, symbol: Callable[[int, Value | None], Symbol]) -> Symbol | None:
        declared = self.op.formulas.get(self.key)
        textbook = None if isinstance(declared, str) else declared
        for plain in (_as_it_is, _symbolic):
            try:
                found = self.run(grad, partial(self._symbol, symbol=symbol, plain=plain), textbook)
                return found.number if isinstance(found, Unit) else lift(found)
            except (TypeError, ValueError, AttributeError, KeyError, IndexError, NotImplementedError):
                continue
        return None

    def _declared(self, grad: Symbol, symbol: Callable[[int, Value | None], Symbol]) -> Symbol | None:
        known: dict[str, Any] = {"grad": grad.tex}
        for name in {*self.op.params, *self.op.saved, *self.op.outputs}:
            try:
                known[name] = lift(self._symbol(name, symbol, _symbolic)).tex
            except (KeyError, Missing):
                known[name] = rf"\mathrm{{{name.replace('_', ' ')}}}"
        known["given"] = known["grad"]  # what arrived at the first derivative, where this is the second
        known["grad"] = grad.tex
        bracketed = {f"{name}_": Symbol(tex, SUM if len(tex) > 1 else ATOM).at(ATOM) for name, tex in known.items()}
        text = INDEXED.sub(r"{\1_}", str(self.op.formulas[self.key]))  # what gets an index must be one thing
        try:
            tex = text.format(**known, **bracketed)
        except (KeyError, IndexError, ValueError):
            return None
        return Symbol(tex, SUM if SIGN.search(tex) else PRODUCT)

    # -- what a rule's parameters stand for

    def _array(self, name: str, stand_in: Callable[[Value], np.ndarray | None] | None) -> Any:
        """A saved value as an array, or the plain value it is."""
        kind, found = self._saved(name)
        if kind == "plain":
            return found
        if kind == "hidden":  # an output that the program never saw (a loss's total weight): computed again
            return np.asarray(self.op.forward(*(self._array(p, stand_in) for p in self.op.params))[found])
        arrays = [None if v is None else v.array for _, v in found]
        if stand_in is not None:
            arrays = [
                stand_in(v) if a is None and v is not None else a for a, (_, v) in zip(arrays, found, strict=True)
            ]
        if any(a is None for a in arrays):
            raise Missing(name)
        return arrays if kind == "list" else arrays[0]

    def _symbol(self, name: str, symbol: Callable[[int, Value | None], Symbol], plain: Callable[[Any], Any]) -> Any:
        kind, found = self._saved(name)
        if kind == "plain":
            return plain(found)
        if kind == "hidden":
            raise KeyError(name)
        symbols = [symbol(tensor, value) for tensor, value in found]
        return symbols if kind == "list" else symbols[0]

    def _saved(self, name: str) -> tuple[str, Any]:
        """("plain", value), ("tensor", [(id, value)]), ("list", [(id, value) …]) or ("hidden", output number)."""
        name = name.removeprefix("_")  # which only keeps it from being shown as `_saved_…`
        base, derived, what = name.partition("_sym_")
        if derived:
            kind, found = self._saved(base)
            if kind == "plain":
                return "plain", () if found is None or what.startswith("sizes") else 1
            sizes = [_shape(v) for _, v in found]
            if kind == "list":
                return "plain", [_derived(what, s) for s in sizes]
            return "plain", _derived(what, sizes[0])
        if name in self.op.params:
            pairs = [
                (o, v)
                for o, v in zip(self.made.inputs, self.made.operands, strict=True)
                if o.name == name or o.name.startswith(f"{name}[")
            ]
            tensors = [(o.tensor, v) for o, v in pairs if o.tensor is not None]
            if tensors:
                return ("list" if self.op.params.index(name) in self.op.lists else "tensor"), tensors
            if pairs:
                return "plain", literal(pairs[0][0].text)
            return "plain", self.op.defaults.get(name)
        if name in self.op.outputs:
            place = self.op.outputs.index(name)
            if place < len(self.made.outputs):
                return "tensor", [(self.made.outputs[place], self.made.values[place])]
            return "hidden", place
        raise KeyError(name)


class Missing(LookupError):
    """A value that a rule needs is not kept in the trace."""


def rule_of(node: NodeRecord, slot: int, made: Made | None, nr: int = 0) -> Rule | None:
    """The rule for one of a node's slots, or None if the registry does not know the node or how it was made."""
    op = operation(node.op, node.name)
    if op is None or made is None:
        return None
    keys = list(op.rules)
    lists = [key for key in keys if op.params.index(key) in op.lists]
    if lists:  # one slot for each tensor of the list
        return Rule(op, lists[0], slot, made, nr) if len(keys) == 1 else None
    return Rule(op, keys[slot], None, made, nr) if slot < len(keys) and len(keys) == len(node.edges) else None


def call(made: Made, grad_fn: str | None, symbol: Callable[[int, Value | None], Symbol]) -> Symbol | None:
    """An operation applied to its operands, as a symbol; None if the registry has no formula for it."""
    op = operation(made.event.op, grad_fn, tuple(o.name.partition("[")[0] for o in made.inputs))
    if op is None:
        return None
    known: dict[str, Any] = {}
    for operand, value in zip(made.inputs, made.operands, strict=True):
        name, bracket, _ = operand.name.partition("[")
        found = literal(operand.text) if operand.tensor is None else symbol(operand.tensor, value)
        if name not in op.params:  # what only PyTorch's own kernel wants to know
            continue
        if bracket or op.params.index(name) in op.lists:
            known.setdefault(name, []).append(found)
        else:
            known[name] = found
    try:
        found = call_on_symbols(op, op.bind((), dict(known)))
    except (TypeError, ValueError, AttributeError, KeyError, IndexError):
        return None
    if op.tex is not None:  # written for the whole tensor: it would say too much of one dimension
        return None if "dim" in known and "{dim}" not in op.tex else found
    return None if OPAQUE in found.tex else found


def literal(text: str | None) -> Any:
    """The plain value that an operand's text stands for; the text itself where it is none of Python's literals.

    >>> literal("2"), literal("(2, 3)"), literal("True"), literal("inf"), literal("torch.float32")
    (2, (2, 3), True, inf, 'torch.float32')
    """
    if text is None:
        return None
    if text in ("inf", "-inf", "nan"):
        return float(text)
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def operation(name: str, grad_fn: str | None = None, operands: tuple[str, ...] = ()) -> Op | None:
    """The registry's entry for an operation of a trace: by its node where it has one, else by name and arguments."""
    name = name.rstrip("_") or name
    if grad_fn is not None:
        exact: Op | None = OPS.get(name)
        found: Op | None = lookup(grad_fn)
        return exact if exact is not None and exact.grad_fn == grad_fn else found
    candidates = [op for key, op in OPS.items() if key == name or key.partition(".")[0] == name]
    return next((op for op in candidates if set(operands) <= set(op.params)), None)


@lru_cache(maxsize=1024)
def _parameters(rule: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(rule).parameters)


def _as_it_is(value: Any) -> Any:
    return value


def _symbolic(value: Any) -> Any:
    return lift(value) if is_number(value) else value


def _shape(value: Value | None) -> tuple[int, ...]:
    if value is None:
        raise Missing
    return value.shape


def _derived(what: str, shape: tuple[int, ...]) -> Any:
    match what:
        case "numel":
            return math.prod(shape)
        case "argsize_0":
            return shape[0]
        case "argsize_minus_1":
            return shape[-1]
        case "argsize_minus_2":
            return shape[-2]
        case "strides":
            return tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))
    return shape
