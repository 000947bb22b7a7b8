"""The heart: how a node turns the gradient of its output into those of its inputs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from vizgrad.autodiff.symbol import ATOM, PRODUCT, Symbol
from vizgrad.trace import Arrival, Departure, Trace, Value, Vjp

from .explanation import Explanation, Term, broadcast_dims
from .figure import NEGATIVE, Figure, Name, Unit
from .formula import aligned, equals
from .history import History
from .meeting import is_sum, meeting
from .names import Names, accented, gradient
from .nature import Finding, Nature, find_out
from .numbers import shape
from .rules import Rule, rule_of
from .spoken import spoken
from .words import dimensions, listed


@dataclass
class Lines:
    """What has been written down so far."""

    clauses: list[str] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)


@dataclass(frozen=True)
class Slot:
    """One input of the node: where its gradient goes, and what that gradient is called."""

    number: int
    departure: Departure
    tensor: int | None
    name: str  # of the tensor, in words
    latex: str  # of the tensor
    gradient: str  # of the tensor or, at a fan-out, of this path to it

    @property
    def raw(self) -> Value:
        """What the rule gives, before broadcasting is undone."""
        return self.departure.grad if self.departure.raw is None else self.departure.raw


class VjpStep:
    """One node's step of a backward pass, explained."""

    def __init__(self, event: Vjp, trace: Trace, names: Names, history: History) -> None:
        self.event, self.trace, self.names, self.history = event, trace, names, history
        self.node = trace.nodes[event.node]
        self.made = history.of_node.get(event.node)
        self.lines = Lines()
        # the gradient that arrives, for the outputs that got one
        self.arrivals = [(nr, a) for nr, a in enumerate(event.arrivals) if a.grad is not None]

    def explain(self) -> Explanation:
        """The step's sentence and formulae."""
        meets = self._meet()
        slots = [self._slot(i, d) for i, d in enumerate(self.event.departures) if d is not None]
        for slot in slots:
            self._send(slot)
        lines = self.lines
        if not slots:
            lines.clauses.append("has no input that needs a gradient")
        sentence = f"{meets}{self.node.name} {_joined(lines.clauses)}."
        return Explanation(
            sentence + self._custom(), aligned(lines.symbols), aligned(lines.numbers), tuple(lines.terms), self._order()
        )

    # -- what arrives

    def _meet(self) -> str:
        said = ""
        for nr, arrival in self.arrivals:
            tensor = self.names.output(self.event.node, nr)
            if len(arrival.contributions) < 2 or tensor is None:
                continue
            met = meeting(arrival, tensor, self.event.backward, self.event.node, self.names)
            self.lines.symbols.append(met.symbols)
            self.lines.numbers.append(met.numbers)
            if is_sum(met.term):
                self.lines.terms.append(met.term)
            name = self.names.plain(tensor, self.event.node)
            said += f"{name} was used {len(arrival.contributions)} times, so its gradient is the sum of as many. "
        return said

    def _upstream(self, nr: int = 0) -> str:
        """The arriving gradient's name in LaTeX."""
        tensor = self.names.output(self.event.node, nr)
        root = self.names.root(self.event.backward)
        if tensor is None:
            return gradient(r"\mathrm{out}", root)
        return self.names.gradient(tensor, self.event.backward, self.event.node)

    def _outputs(self) -> str:
        names = []
        for nr, _ in self.arrivals:
            tensor = self.names.output(self.event.node, nr)
            names.append("its output" if tensor is None else self.names.plain(tensor, self.event.node))
        return listed(names) or "its output"

    # -- what leaves

    def _slot(self, number: int, departure: Departure) -> Slot:
        edge = self.node.edges[number] if number < len(self.node.edges) else None
        root = self.names.root(self.event.backward)
        tensor = None if edge is None else self.names.output(edge.node, edge.input_nr)
        if edge is None or tensor is None:
            latex = rf"\mathrm{{in}}_{{{number + 1}}}"
            return Slot(number, departure, None, f"input {number + 1}", latex, gradient(latex, root))
        maker = None if self.trace.nodes[edge.node].variable is not None else edge.node
        name, latex = self.names.plain(tensor, maker), self.names.latex(tensor, maker)
        if self.history.arriving[self.event.backward, edge.node, edge.input_nr] > 1:
            return Slot(number, departure, tensor, name, latex, self._path(latex, edge, number))
        return Slot(number, departure, tensor, name, latex, gradient(latex, root))

    def _path(self, latex: str, edge: object, number: int) -> str:
        """At a fan-out this node's gradient is only one of the summands, and must not be called the whole."""
        tensor = self.names.output(self.event.node)
        if tensor is None:
            return rf"\left({gradient(latex, self.names.root(self.event.backward))}\right)_{{{number + 1}}}"
        through = rf"\frac{{\partial {self.names.latex(tensor, self.event.node)}}}{{\partial {latex}}}"
        if sum(e == edge for e in self.node.edges) > 1:
            through = rf"\left({through}\right)_{{{number + 1}}}"
        return rf"{self._upstream()} \, {through}"

    def _send(self, slot: Slot) -> None:
        rule = rule_of(self.node, slot.number, self.made)
        arrived = self.arrivals[0][1] if self.arrivals else None
        finding = None
        if rule is not None and arrived is not None and arrived.grad is not None and len(self.event.arrivals) == 1:
            finding = find_out(rule, arrived.grad, slot.raw)
        spread = slot if slot.departure.raw is None else _before_summing(slot)
        if rule is not None and arrived is not None and finding is not None and finding.local is not None:
            self._product(spread, rule, arrived, finding)
        else:
            self._rule(spread, rule, arrived, finding)
        if spread is not slot:
            self._undo_broadcasting(slot, spread)

    def _product(self, slot: Slot, rule: Rule, arrived: Arrival, finding: Finding) -> None:
        """upstream times local derivative, element by element."""
        assert arrived.grad is not None and finding.upstream is not None and finding.local is not None
        upstream = self._upstream()
        factor = rule.on_symbols(Unit(), self._named)
        local = Value.of(finding.local, slot.raw.dtype)
        left = Figure.of(Value.of(finding.upstream, arrived.grad.dtype), upstream)
        if factor is not None:
            self.lines.symbols.append(rf"{slot.gradient} &= {upstream} \cdot {_factor(factor)}")
        else:
            through = rf"\frac{{\partial {self._output_latex()}}}{{\partial {slot.latex}}}"
            self.lines.symbols.append(rf"{slot.gradient} &= {upstream} \cdot {through}")
        if factor is not None and _is_number(factor.tex):
            right = Figure(factor.tex, ATOM if not factor.tex.startswith("-") else NEGATIVE)
        else:
            right = Figure.of(local, "1" if factor is None else factor.tex)
            self._evaluated(factor, rule, local)
        product = left * right
        self.lines.numbers.append(equals(product.tex, slot.raw, slot.gradient, not product.exact, mark="&"))
        formula = "" if factor is None else factor.tex
        self._term(slot, formula, upstream=Value.of(finding.upstream, arrived.grad.dtype), local=local)
        self.lines.clauses.append(self._clause(slot, finding, formula))

    def _evaluated(self, factor: Symbol | None, rule: Rule, local: Value) -> None:
        """The local derivative with numbers put in, where its formula is more than a name."""
        if factor is None or not local.is_whole:
            return
        used = Used(self)
        with_numbers = rule.on_symbols(Unit(), used.figure)
        plain = Figure.of(local, factor.tex).tex
        if with_numbers is None or with_numbers.tex in (plain, factor.tex) or r"\underset" in with_numbers.tex:
            return
        self.lines.numbers.append(equals(f"{factor.tex} &= {with_numbers.tex}", local, factor.tex, used.rounded))

    def _rule(self, slot: Slot, rule: Rule | None, arrived: Arrival | None, finding: Finding | None) -> None:
        """A rule that is no product of elements: written with names, and with numbers in their places."""
        upstream = Name(self._upstream())
        nature = finding.nature if finding is not None else Nature.OTHER
        trusted = rule is not None and (finding is not None or not slot.raw.is_whole or self._unchecked(arrived))
        formula = rule.on_symbols(upstream, self._named) if rule is not None and trusted else None
        self._term(slot, "" if formula is None else formula.tex)
        if formula is None or arrived is None or arrived.grad is None:
            self.lines.clauses.append(f"turns the gradient of {self._outputs()} into that of {slot.name}")
            if arrived is not None and arrived.grad is not None:
                came = Figure.of(arrived.grad, self._upstream())
                went = Figure.of(slot.raw, slot.gradient)
                self.lines.symbols.append(rf"{self._upstream()} &\mapsto {slot.gradient}")
                self.lines.numbers.append(rf"{came.tex} &\mapsto {went.tex}")
            return
        assert rule is not None
        self.lines.symbols.append(f"{slot.gradient} &= {formula.tex}")
        used = Used(self)
        came = Figure.of(arrived.grad, self._upstream())
        with_numbers = rule.on_symbols(came, used.figure)
        if with_numbers is not None:
            rounded = used.rounded or not came.exact
            self.lines.numbers.append(equals(with_numbers.tex, slot.raw, slot.gradient, rounded, mark="&"))
        self.lines.clauses.append(self._linear_clause(slot, nature, formula.tex, upstream.tex))

    def _undo_broadcasting(self, slot: Slot, spread: Slot) -> None:
        raw, grad = spread.raw, slot.departure.grad
        if raw.shape == grad.shape:  # a change of dtype only
            return
        dims = broadcast_dims(raw.shape, grad.shape)
        name = "dim" if len(dims) == 1 else "dims"
        sign = rf"\sum_{{\text{{{name} }}{', '.join(map(str, dims))}}}"
        self.lines.symbols.append(rf"{slot.gradient} &= {sign} {spread.gradient}")
        figure = Figure.of(raw, spread.gradient)
        self.lines.numbers.append(
            equals(f"{sign} {figure.at(PRODUCT)}", grad, slot.gradient, not figure.exact, mark="&")
        )
        self.lines.clauses.append(
            f"sums it over {dimensions(dims)}, because {slot.name} was broadcast "
            f"from {shape(grad.shape)} to {shape(raw.shape)}"
        )

    # -- parts

    def _term(self, slot: Slot, formula: str, upstream: Value | None = None, local: Value | None = None) -> None:
        if upstream is None and len(self.arrivals) == 1:
            upstream = self.arrivals[0][1].grad
        raw = self.event.departures[slot.number]
        assert raw is not None
        self.lines.terms.append(
            Term("rule", raw.grad, slot.tensor, slot.name, slot.number, formula, upstream, local, slot.raw)
        )

    def _named(self, tensor: int, value: Value | None) -> Symbol:
        return Name(self.operand_latex(tensor))

    def operand_latex(self, tensor: int) -> str:
        """An operand's name as it was when the operation ran, or the output's own."""
        if self.made is not None and tensor in self.made.outputs:
            own = [o.tensor for o in self.made.inputs]
            if tensor not in own:
                return self.names.latex(tensor, self.event.node)
        for edge in self.node.edges:
            if edge is not None and self.names.output(edge.node, edge.input_nr) == tensor:
                return self.names.latex(tensor, None if self.trace.nodes[edge.node].variable is not None else edge.node)
        return self.names.latex(tensor)

    def _values(self) -> list[Value | None]:
        return [] if self.made is None else [*self.made.operands, *self.made.values]

    def _output_latex(self) -> str:
        tensor = self.names.output(self.event.node)
        return r"\mathrm{out}" if tensor is None else self.names.latex(tensor, self.event.node)

    def _unchecked(self, arrived: Arrival | None) -> bool:
        """Whether the rule could not be checked against the numbers, as they are not all kept."""
        return arrived is None or arrived.grad is None or not all(v is None or v.is_whole for v in self._values())

    # -- words

    def _clause(self, slot: Slot, finding: Finding, formula: str | None) -> str:
        subject = "it" if self.lines.clauses else f"the gradient of {self._outputs()}"
        if finding.nature is Nature.SAME or formula == "1":
            return f"hands {subject} on to {slot.name} unchanged: the local derivative is 1"
        if formula == "-1":
            return f"hands {subject} to {slot.name} with its sign changed"
        if finding.nature is Nature.COPY:
            return f"copies {subject} to every element of {slot.name}"
        words = spoken(formula) if formula is not None else None
        local = f"the local derivative {words}" if words is not None and len(words) <= 40 else "the local derivative"
        return f"multiplies {subject} by {local} and hands it to {slot.name}"

    def _linear_clause(self, slot: Slot, nature: Nature, formula: str, upstream: str) -> str:
        subject = "it" if self.lines.clauses else f"the gradient of {self._outputs()}"
        if nature is Nature.REARRANGE:
            return f"puts the elements of {subject} back where they were in {slot.name}"
        if nature is Nature.SCATTER:
            return f"puts {subject} back where its elements came from in {slot.name}; all others get 0"
        left, _, right = formula.partition(upstream)
        if not left and (words := spoken(right.removeprefix(r" \, "))) and right.startswith(r" \, "):
            return f"multiplies {subject} by {words} from the right and hands it to {slot.name}"
        if not right and (words := spoken(left.removesuffix(r" \, "))) and left.endswith(r" \, "):
            return f"multiplies {subject} by {words} from the left and hands it to {slot.name}"
        return f"turns {subject} into that of {slot.name} by its rule"

    def _custom(self) -> str:
        if rule_of(self.node, 0, self.made) is not None or self.node.variable is not None:
            return ""
        if re.search(r"Backward$", self.node.name):  # PyTorch's own nodes have a number at the end
            return " It runs your own backward, so what it does in between is yours to know."
        return " Its rule is not in the table of this app, so only what came in and what went out is shown."

    def _order(self) -> str:
        backward, node = self.event.backward, self.event.node
        ready = self.history.ready(backward, node)
        count = sum(len(a.contributions) for _, a in self.arrivals)
        arrived = "Its whole gradient has arrived" if count < 2 else f"All {count} parts of its gradient have arrived"
        if ready > 1:
            return f"{arrived}, and of the {ready} nodes that are ready it is the newest."
        return f"{arrived}, and no other node is ready."


class Used:
    """Hands the recorded numbers to a formula, and remembers whether any of them was rounded."""

    def __init__(self, step: VjpStep) -> None:
        self._step = step
        self.rounded = False

    def figure(self, tensor: int, value: Value | None) -> Symbol:
        """A tensor's numbers."""
        latex = self._step.operand_latex(tensor)
        if value is None:
            return Name(latex)
        figure = Figure.of(value, latex)
        self.rounded |= not figure.exact
        return figure


def _before_summing(slot: Slot) -> Slot:
    """The same for the input as it was broadcast, which is written with a tilde."""
    latex, bottom = accented(r"\tilde", slot.latex), rf"{{\partial {slot.latex}}}"
    if bottom in slot.gradient:
        return replace(slot, latex=latex, gradient=slot.gradient.replace(bottom, rf"{{\partial {latex}}}"))
    return replace(slot, latex=latex, gradient=accented(r"\tilde", slot.gradient))


def _factor(symbol: Symbol) -> str:
    return symbol.at(PRODUCT) if not symbol.tex.startswith("-") else rf"\left({symbol.tex}\right)"


def _is_number(formula: str | None) -> bool:
    if formula is None:
        return False
    try:
        float(formula)
    except ValueError:
        return False
    return True


def _joined(clauses: list[str]) -> str:
    return ", and ".join(clauses)
