"""By hand and by machine: SymPy derives in index notation what autograd computed, where there is a closed form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import numpy as np
import sympy as sp

from vizgrad.trace import Backward, Scene, Trace, Value
from vizgrad.trace.gradients import arrived

from ..notation.names import is_derivative
from ..notation.numbers import number, tensor
from ..notation.words import listed
from .closed_form import ClosedForm, Refused
from .elements import Elements, free_indices
from .index_notation import LETTERS, Writer, compute, decided, derivative, indexed, lettered, written_out

DOT = r" \cdot "
LONGEST_LINE = 300
"""Characters of LaTeX of a substitution that is still worth reading."""

SHOWN = 3
"""Elements for which the substitution is written out."""


@dataclass(frozen=True)
class NoClosedForm:
    """No derivation is attempted, and `reason` says why: the chain of local rules is then the derivation."""

    reason: str


@dataclass(frozen=True)
class Derivation:
    """The derivative of the scalar `root` by the tensor `leaf`, derived by hand.

    LaTeX: `definitions` of what the program gives a name, in index notation; `combined`, all of them in one ("" where
    there is only one); `chain`, the derivative as a product along the names ("" where it is none); `derivative`, with
    everything put in; `substitution`, the same with the numbers of the point, element by element (the first few), and
    then the whole gradient. `value` has the leaf's shape; `autograd` is what the backward pass gave, None if the leaf
    got nothing. `formula` is the derivative as SymPy's, of the element at `indices`, in the `symbols` of the tensors;
    `named` are the formulae of what was computed from them, all put in. `called` says what the tensors are called, and
    `point` what they were.
    """

    leaf: int
    root: int
    definitions: tuple[str, ...]
    combined: str
    chain: str
    derivative: str
    substitution: tuple[str, ...]
    value: np.ndarray
    autograd: np.ndarray | None
    formula: sp.Expr
    indices: tuple[sp.Expr, ...]
    symbols: Mapping[int, sp.Expr]
    named: Mapping[int, Elements]
    called: Mapping[str, int]
    point: Mapping[int, np.ndarray]

    def at(self, point: Mapping[int, np.ndarray]) -> np.ndarray:
        """The derivative for all elements, where the tensors in `symbols` have other values."""
        return evaluated(Elements(self.formula, self.value.shape), point)

    @property
    def lines(self) -> tuple[str, ...]:
        """All formulae, in order."""
        derivations = [line for line in (self.combined, self.chain, self.derivative) if line]
        return (*self.definitions, *derivations, *self.substitution)

    @property
    def agrees(self) -> bool | None:
        """Whether autograd gave the same numbers, but for rounding; None if it gave none."""
        if self.autograd is None:
            return None
        size = float(np.abs(self.value).max(initial=0.0))
        return bool(np.allclose(self.autograd, self.value, rtol=1e-3, atol=1e-5 * max(size, 1e-3), equal_nan=True))


def derive(trace: Trace, scene: Scene, leaf: int | None = None) -> Derivation | NoClosedForm:
    """Derives the derivative of the scalar that the scene's last backward pass starts from.

    `leaf` is the id of a tensor that requires a gradient, by default the first that the scalar is computed from.
    """
    for place in reversed(range(scene.start, scene.stop)):
        event = trace.events[place]
        if isinstance(event, Backward) and is_derivative(event):
            try:
                return _Hand(ClosedForm(trace, scene, place, event.roots[0]), event.number).derivation(leaf)
            except Refused as refusal:
                return NoClosedForm(str(refusal))
    return NoClosedForm("No backward pass starts from a scalar here, so there is no derivative to derive.")


class _Hand:
    """Writes one derivation."""

    def __init__(self, closed: ClosedForm, backward: int) -> None:
        self.closed, self.backward = closed, backward
        self.values = {f"t{t}": np.asarray(closed.values[t].array, dtype=float) for t in closed.symbols}

    def derivation(self, leaf: int | None) -> Derivation:
        """The derivation for one leaf."""
        closed = self.closed
        if leaf is None:
            leaf = min(closed.leaves)
        elif leaf not in closed.leaves:
            known = listed([closed.name(t) for t in sorted(closed.leaves)], "or")
            raise Refused(f"The scalar is not computed from that tensor; the derivative can be taken by {known}.")
        formula = closed.full(closed.symbols[closed.root])
        result = derivative(formula, closed.symbols[leaf])
        value = self._value(result, leaf)
        definitions = tuple(f"{self._element(t)} = {self._write(d.formula, t)}" for t, d in closed.definitions.items())
        return Derivation(
            leaf=leaf,
            root=closed.root,
            definitions=definitions,
            combined=f"{self._element(closed.root)} = {self._write(formula, closed.root)}"
            if len(definitions) > 1
            else "",
            chain=self._chain(leaf),
            derivative=f"{self._partial(closed.root, leaf)} = {self._write(result, leaf)}",
            substitution=tuple(self._substituted(result, value, leaf)),
            value=value,
            autograd=self._autograd(leaf),
            formula=result,
            indices=free_indices(closed.shape(leaf)),
            symbols={t: s for t, s in closed.symbols.items() if t not in closed.definitions},
            named={t: Elements(closed.full(d.formula), d.shape) for t, d in closed.definitions.items()},
            called={closed.name(t): t for t in closed.symbols},
            point={t: np.asarray(closed.values[t].array, dtype=float) for t in closed.symbols},
        )

    # -- formulae

    def _write(self, formula: sp.Expr, tensor_id: int) -> str:
        """The formula of an element of a tensor, or of the derivative by it."""
        return str(Writer(self.closed.names).doprint(lettered(formula, len(self.closed.shape(tensor_id)))))

    def _element(self, tensor_id: int) -> str:
        letters = ["1" if n == 1 else LETTERS[d] for d, n in enumerate(self.closed.shape(tensor_id))]
        return indexed(self.closed.names[f"t{tensor_id}"], "".join(letters))

    def _partial(self, above: int, below: int) -> str:
        return rf"\frac{{\partial {self._element(above)}}}{{\partial {self._element(below)}}}"

    def _chain(self, leaf: int) -> str:
        """The derivative as a product along the names, where each is made from the next alone, element by element."""
        closed, links = self.closed, [self.closed.root]
        while links[-1] in closed.definitions:
            last = links[-1]
            used = closed.uses(last)
            if len(used) != 1:
                return ""
            is_scalar = closed.shape(last) == ()
            is_elementwise = closed.shape(used[0]) == closed.shape(last)
            if not is_scalar and (not is_elementwise or closed.definitions[last].formula.has(sp.Sum)):
                return ""
            links.append(used[0])
        if links[-1] != leaf or len(links) < 3:
            return ""
        pairs = list(pairwise(links))
        derivatives = [derivative(closed.definitions[a].formula, closed.symbols[b]) for a, b in pairs]
        factors = [
            rf"\left({text}\right)" if Writer(closed.names).is_sum(lettered(factor, 0)) else text
            for factor, text in zip(derivatives, map(self._write, derivatives, links[1:]), strict=True)
        ]
        partials = r" \, ".join(self._partial(a, b) for a, b in pairs)
        return f"{self._partial(closed.root, leaf)} = {partials} = {DOT.join(factors)}"

    # -- numbers

    def _value(self, result: sp.Expr, leaf: int) -> np.ndarray:
        """The derivative at the point, for all elements; refuses a point at which there is none."""
        shape = self.closed.shape(leaf)
        axes = _axes(shape)
        for relation in _relations(result):
            index = {s: axes.get(s, np.asarray(1)) for s in relation.free_symbols if s.name.startswith("index")}
            try:
                gap = compute(relation.lhs - relation.rhs, self.values, index)
            except (KeyError, NotImplementedError):  # under a sum, whose index is not known here
                continue
            if not np.all(gap):
                raise Refused(
                    "The point lies on a kink, where there is no derivative: autograd picks a value by convention."
                )
        try:
            with np.errstate(all="ignore"):
                found = compute(result, self.values, axes)
        except NotImplementedError as missing:
            raise Refused(f"The derivative contains {missing}: no closed form is attempted.") from None
        return np.array(np.broadcast_to(found, shape))

    def _substituted(self, result: sp.Expr, value: np.ndarray, leaf: int) -> Iterator[str]:
        """The derivative with numbers in the place of elements: once if they are the same everywhere."""
        texts = []
        for place in islice(np.ndindex(value.shape), SHOWN):
            written, exact = self._at(result, leaf, place)
            if len(written) > LONGEST_LINE:
                break
            shown = number(float(np.float32(value[place])), "float32")
            sign = "=" if exact and not shown.rounded else r"\approx"
            same = written == shown.latex
            texts.append((place, written if same else f"{written} {sign} {shown.latex}"))
        if texts and value.size and len({text for _, text in texts}) == 1 and len(np.unique(value)) == 1:
            yield f"{self._partial(self.closed.root, leaf)} = {texts[0][1]}"
        else:
            root, name = self._element(self.closed.root), self.closed.names[f"t{leaf}"]
            for place, text in texts:
                comma = "," if any(i > 8 for i in place) else ""
                element = indexed(name, comma.join(str(i + 1) for i in place))
                yield rf"\frac{{\partial {root}}}{{\partial {element}}} = {text}"
        if value.shape:
            whole = tensor(Value.of(value.astype("float32")))
            left = rf"\frac{{\partial {self._element(self.closed.root)}}}{{\partial {self.closed.names[f't{leaf}']}}}"
            if whole.latex:
                yield rf"{left} {chr(92) + 'approx' if whole.rounded else '='} {whole.latex}"

    def _at(self, result: sp.Expr, leaf: int, place: tuple[int, ...]) -> tuple[str, bool]:
        """The formula with the numbers at one place, and whether they are written exactly."""
        indices = free_indices(self.closed.shape(leaf))
        moves = {s: sp.Integer(i + 1) for s, i in zip(indices, place, strict=True) if isinstance(s, sp.Symbol)}
        writer = Writer(self.closed.names, self.values)
        text = str(writer.doprint(lettered(decided(written_out(result.xreplace(moves)), self.values), 0)))
        return text, writer.is_exact

    def _autograd(self, leaf: int) -> np.ndarray | None:
        """What the backward pass brought to the leaf."""
        trace = self.closed.trace
        return arrived(trace.nodes, trace.events[self.closed.place :], self.backward).get(leaf)


def evaluated(elements: Elements, point: Mapping[int, np.ndarray]) -> np.ndarray:
    """A tensor given by the formula of its element, where the tensors in it have these values.

    Raises NotImplementedError where the formula has a function that is not known on arrays.
    """
    values = {f"t{tensor}": np.asarray(value, dtype=float) for tensor, value in point.items()}
    with np.errstate(all="ignore"):
        found = compute(elements.formula, values, _axes(elements.shape))
    return np.array(np.broadcast_to(found, elements.shape))


def _axes(shape: tuple[int, ...]) -> dict[sp.Symbol, np.ndarray]:
    """The free indices of a shape, each as an array that counts from 1 along its dimension."""
    grids = np.indices(shape, sparse=True) if shape else ()
    return {s: g + 1 for s, g in zip(free_indices(shape), grids, strict=True) if isinstance(s, sp.Symbol)}


def _relations(formula: sp.Expr) -> set[Any]:
    return set(formula.atoms(sp.StrictGreaterThan, sp.StrictLessThan, sp.GreaterThan, sp.LessThan))
