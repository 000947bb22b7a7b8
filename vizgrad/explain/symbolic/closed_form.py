"""A scalar of the program as one formula of its leaves: every named tensor defined in index notation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from vizgrad.autodiff.core.op import Op
from vizgrad.trace import Forward, Inplace, Notation, Scene, Trace

from ..rules.rule import literal, operation
from .elements import CASES, Elements, NotElementwise, TooLarge, free_indices

LONGEST = 60
"""Operations in a formula that is still worth reading."""

MOST = 400
"""Operations in it once what has no name is put in: a name that is used twice is written out twice."""

NESTED = 4
"""Exponentials in each other: SymPy asks of each whether it is constant, and to know that, of those in it."""

NOT_TAKEN = (NotElementwise, TypeError, ValueError, AttributeError, LookupError, NotImplementedError)


class Refused(Exception):
    """Why there is no closed form."""


class ClosedForm:
    """The formula of tensor `root` as it was before event `place`.

    `symbols` has the element of every tensor that has a name in the formulae, as SymPy's x[i]; `definitions` the
    formulae of those that were computed, in order; `leaves` are the tensors that require a gradient. `names` gives the
    LaTeX for SymPy's labels ("t3"). Raises Refused where an operation is neither elementwise nor a sum or mean.
    """

    def __init__(self, trace: Trace, scene: Scene, place: int, root: int) -> None:
        self.trace, self.place, self.root = trace, place, root
        self._notation = Notation(trace, scene)
        self._known = frozenset(scene.tensors)
        self._state = trace.at(place)
        self.values = self._state.values
        self.names: dict[str, str] = {}
        self.symbols: dict[int, sp.Expr] = {}
        self.definitions: dict[int, Elements] = {}
        self.leaves: list[int] = []
        self._made: dict[int, Elements] = {}
        given = set(self._state.names.values())
        for tensor, event in sorted(self._makers().items()):
            elements = self._computed(event)
            if tensor in given or tensor == root:
                self.definitions[tensor] = elements
                elements = Elements(self._symbol(tensor), elements.shape)
            self._made[tensor] = elements
        if not self.leaves:
            raise Refused("The scalar is not computed from a tensor that requires a gradient.")

    def name(self, tensor: int) -> str:
        """A tensor's name in words."""
        return self._notation.name(tensor) if tensor in self._known else f"t{tensor}"

    def shape(self, tensor: int) -> tuple[int, ...]:
        """A tensor's shape."""
        return self.trace.tensors[tensor].shape

    def full(self, formula: sp.Expr) -> sp.Expr:
        """The formula with all definitions put in."""
        for tensor in reversed(self.definitions):
            formula = readable(self._put_in(formula, tensor))
        return formula

    def uses(self, tensor: int) -> list[int]:
        """The tensors, among those defined and the leaves, that a definition is made of."""
        formula = self.definitions[tensor].formula
        labels = {str(e.base.label) if isinstance(e, sp.Indexed) else e.name for e in _atoms(formula)}
        return [t for t in self.symbols if f"t{t}" in labels and (t in self.definitions or t in self.leaves)]

    def _makers(self) -> dict[int, Forward]:
        """The tracked operations that the root is computed by."""
        by_output: dict[int, Forward] = {}
        for event in self.trace.events[: self.place]:
            if isinstance(event, Forward) and event.node is not None:
                by_output.update(dict.fromkeys(event.outputs, event))
        needed: dict[int, Forward] = {}
        stack = [self.root]
        while stack:
            tensor = stack.pop()
            if tensor in by_output and tensor not in needed:
                needed[tensor] = by_output[tensor]
                stack += [o.tensor for o in by_output[tensor].inputs if o.tensor is not None]
                if len(needed) > LONGEST:
                    raise Refused(
                        f"The formula would have more than {LONGEST} operations: no closed form is attempted."
                    )
        for event in self.trace.events[: self.place]:
            if isinstance(event, Inplace) and event.node is not None and any(s.tensor in needed for s in event.seen):
                raise Refused(f"{event.op} changes a tensor in place, which then has two formulae: none is attempted.")
        return needed

    def _computed(self, event: Forward) -> Elements:
        """The core's own forward function, run on formulae."""
        unsuitable = f"{event.op} is neither elementwise nor a sum or mean: no closed form is attempted."
        op = operation(event.op, None if event.node is None else self.trace.nodes[event.node].name)
        if op is None or len(event.outputs) != 1:
            raise Refused(unsuitable)
        try:
            found = op.forward(*self._arguments(op, event))
        except TooLarge as why:
            raise Refused(f"{event.op} is not written out, since {why}: no closed form is attempted.") from None
        except NOT_TAKEN:
            raise Refused(unsuitable) from None
        if not isinstance(found, Elements) or found.shape != self.shape(event.outputs[0]):
            raise Refused(unsuitable)
        readable(found.formula)
        return found

    def _arguments(self, op: Op, event: Forward) -> list[Any]:
        given = {o.name: literal(o.text) if o.tensor is None else self._operand(o.tensor) for o in event.inputs}
        if len(given) != len(event.inputs):  # a list of tensors
            raise NotElementwise
        return list(op.bind((), {name: value for name, value in given.items() if name in op.params}))

    def _operand(self, tensor: int) -> Elements:
        if tensor in self._made:
            return self._made[tensor]
        if not self.trace.tensors[tensor].dtype.startswith(("float", "bfloat")):
            raise NotElementwise
        if not self.values[tensor].is_whole:
            raise Refused(f"{self.name(tensor)} is too large to be written out: no closed form is attempted.")
        return Elements(self._symbol(tensor), self.shape(tensor))

    def _symbol(self, tensor: int) -> sp.Expr:
        if tensor not in self.symbols:
            key, shape = f"t{tensor}", self.shape(tensor)
            self.names[key] = self._notation.latex(tensor) if tensor in self._known else Notation.tex_of(key)
            base: Any = sp.IndexedBase(key, real=True) if shape else sp.Symbol(key, real=True)
            self.symbols[tensor] = base[free_indices(shape)] if shape else base
            if tensor not in self.definitions and self._state.requires_grad[tensor]:
                self.leaves.append(tensor)
        return self.symbols[tensor]

    def _put_in(self, formula: sp.Expr, tensor: int) -> sp.Expr:
        symbol, definition = self.symbols[tensor], self.definitions[tensor].formula
        if definition.has(sp.Piecewise) and any(c.has(_label(symbol)) for c in _conditions(formula)):
            raise Refused(f"The formula is not written out, since {CASES}: no closed form is attempted.")
        if not isinstance(symbol, sp.Indexed):
            return formula.xreplace({symbol: definition})

        def at(element: sp.Indexed) -> sp.Expr:
            return definition.xreplace(dict(zip(symbol.indices, element.indices, strict=True)))

        return formula.replace(lambda e: isinstance(e, sp.Indexed) and e.base == symbol.base, at)


def readable(formula: sp.Expr) -> sp.Expr:
    """The formula, if it is short enough to be worked with; raises Refused for a longer one."""
    if sp.count_ops(formula) > MOST:
        raise Refused(f"Written out, the formula has more than {MOST} operations: no closed form is attempted.")
    if _nested(formula) > NESTED:
        raise Refused(f"The formula has more than {NESTED} exponentials in each other: no closed form is attempted.")
    return formula


def _nested(formula: sp.Basic) -> int:
    """How many exponentials lie in each other."""
    return max(map(_nested, formula.args), default=0) + isinstance(formula, sp.exp)


def _label(symbol: sp.Expr) -> sp.Basic:
    return symbol.base if isinstance(symbol, sp.Indexed) else symbol


def _conditions(formula: sp.Expr) -> list[sp.Basic]:
    """What the case distinctions in a formula ask."""
    return [condition for cases in formula.atoms(sp.Piecewise) for _, condition in cases.args]


def _atoms(formula: sp.Expr) -> set[Any]:
    return {e for e in sp.preorder_traversal(formula) if isinstance(e, sp.Indexed | sp.Symbol)}
