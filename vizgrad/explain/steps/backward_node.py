"""The heart: how a node turns the gradient of its output into those of its inputs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from vizgrad.autodiff.core.symbol import ATOM, PRODUCT, Symbol
from vizgrad.trace import Trace, Value, Vjp
from vizgrad.trace.values import STORED_AS

from ...contained import Faults
from ..explanation import Explanation, Term, broadcast_dims
from ..history import History
from ..notation.equations import aligned, equals, shown
from ..notation.names import Names, gradient
from ..notation.numbers import shape
from ..notation.numeric_symbol import NEGATIVE, Figure, Name, Unit
from ..notation.words import dimensions, listed, times
from ..rules.classify import Finding, Nature, find_out
from ..rules.rule import Rule, rule_of
from .fan_in import is_sum, meeting
from .inputs import Slot, slots
from .sentences import Clauses, of_linear, of_product

MOST = 24
"""Inputs whose rules are written: nobody reads those of a hundred tensors that were stacked."""

FACTORS = (Nature.PRODUCT, Nature.SAME, Nature.COPY)


@dataclass
class Lines:
    """What has been written down so far."""

    clauses: Clauses = field(default_factory=Clauses)
    undone: list[str] = field(default_factory=list)  # broadcasts
    symbols: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)

    def copy(self) -> Lines:
        """The same so far, to come back to."""
        own = self.clauses.copy()
        return Lines(own, [*self.undone], [*self.symbols], [*self.numbers], [*self.terms])


class VjpStep:
    """One node's step of a backward pass, explained."""

    def __init__(self, event: Vjp, trace: Trace, names: Names, history: History, faults: Faults) -> None:
        self.faults = faults
        self.event, self.trace, self.names, self.history = event, trace, names, history
        self.node = trace.nodes[event.node]
        self.made = history.of_node(event.node)
        self.lines = Lines()
        # the gradient that arrives, for the outputs that got one
        self.arrivals = [(nr, a) for nr, a in enumerate(event.arrivals) if a.grad is not None]

    def explain(self) -> Explanation:
        """The step's sentence and formulae."""
        meets, is_whole = self._meet(), True
        sent = slots(self.event, self.trace, self.names, self.history)
        for slot in sent[:MOST]:
            before = self.lines.copy()
            try:
                self._send(slot)
            except Exception:
                self.faults.note(f"the rule of {self.node.name} for its input {slot.number + 1} cannot be shown")
                self.lines = before
                self._unknown(slot)
                is_whole = False
        lines = self.lines
        broadcasts = "".join(f" {undone}." for undone in lines.undone)
        sentence = f"{meets}{self.node.name} {lines.clauses.sentence(self._outputs(), len(self.arrivals))}.{broadcasts}"
        if len(sent) > MOST:
            sentence += f" It does the like for its other {len(sent) - MOST:,} inputs."
        if not is_whole:
            sentence += " How it does that cannot be shown in full."
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
            name = self.names.plain(tensor, self.event.node)
            said += (
                f"{name} was used {times(len(arrival.contributions))}, so its gradient is the sum of what comes back. "
            )
            if is_sum(met.term):
                self.lines.terms.append(met.term)
            else:
                said += "A hook has changed that sum. "
        return said

    def _upstream(self, nr: int = 0) -> str:
        """The arriving gradient's name in LaTeX."""
        tensor = self.names.output(self.event.node, nr)
        root = self.names.root(self.event.backward)
        if tensor is None:
            return gradient(r"\mathrm{out}", root)
        return self.names.gradient(tensor, self.event.backward, self.event.node)

    @property
    def _nr(self) -> int:
        """The output whose gradient arrived, where it is one."""
        return self.arrivals[0][0] if self.arrivals else 0

    def _outputs(self) -> str:
        names = []
        for nr, _ in self.arrivals:
            tensor = self.names.output(self.event.node, nr)
            names.append("its output" if tensor is None else self.names.plain(tensor, self.event.node))
        return listed(names) or "its output"

    # -- what leaves

    def _send(self, slot: Slot) -> None:
        rule, arrived, finding = None, None, None
        if len(self.arrivals) == 1:  # a rule fed by several gradients is told by what comes in and goes out
            nr, arrived = self.arrivals[0][0], self.arrivals[0][1].grad
            rule = rule_of(self.node, slot.number, self.made, nr)
            finding = find_out(rule, arrived, slot.raw) if rule is not None and arrived is not None else None
        raw = slot.departure.raw
        if raw is None and finding is not None and finding.shape != slot.departure.grad.shape:
            dtype = slot.departure.grad.dtype
            raw = Value(finding.shape, dtype) if finding.given is None else _like(finding.given, dtype)
        spread = slot if raw is None else slot.before_summing(raw)
        if rule is None or arrived is None or finding is None:
            self._unknown(spread)
        elif finding.nature in FACTORS:
            self._product(spread, rule, arrived, finding)
        else:
            self._linear(spread, rule, arrived, finding.nature)
        if spread is not slot:
            self._undo_broadcasting(slot, spread)

    def _product(self, slot: Slot, rule: Rule, arrived: Value, finding: Finding) -> None:
        """upstream times local derivative, element by element."""
        upstream = self._upstream(self._nr)
        factor = rule.on_symbols(Unit(), self._named)
        formula = "" if factor is None else factor.tex
        if factor is not None:
            local_latex = _factor(factor)
        else:
            local_latex = rf"\frac{{\partial {self._output_latex()}}}{{\partial {slot.latex}}}"
        self.lines.symbols.append(rf"{slot.gradient} &= {upstream} \cdot {local_latex}")
        spread = arrived if finding.upstream is None else Value.of(finding.upstream, arrived.dtype)
        local = None if finding.local is None else _like(finding.local, slot.raw.dtype)
        left = Figure.of(spread, upstream)
        if _is_number(formula):
            right = Figure(formula, NEGATIVE if formula.startswith("-") else ATOM)
        elif local is None:
            right = Figure(rf"\underset{{{shape(slot.raw.shape)}}}{{{local_latex}}}", ndim=len(slot.raw.shape))
        else:
            right = Figure.of(local, local_latex)
            self._evaluated(factor, rule, local)
        product = left * right
        self.lines.numbers.append(equals(product.tex, slot.raw, slot.gradient, not product.exact, mark="&"))
        self._term(slot, formula, upstream=spread, local=local)
        self.lines.clauses.say(of_product(finding.nature, formula), slot.name)

    def _evaluated(self, factor: Symbol | None, rule: Rule, local: Value) -> None:
        """The local derivative with numbers put in, where its formula is more than a name."""
        if factor is None or not local.is_whole:
            return
        used = Used(self)
        with_numbers = rule.on_symbols(Unit(), used.figure, declared=False)
        plain = Figure.of(local, factor.tex).tex
        if with_numbers is None or with_numbers.tex in (plain, factor.tex) or r"\underset" in with_numbers.tex:
            return
        self.lines.numbers.append(equals(f"{factor.tex} &= {with_numbers.tex}", local, factor.tex, used.rounded))

    def _linear(self, slot: Slot, rule: Rule, arrived: Value, nature: Nature) -> None:
        """A rule that is no product of elements: written with names, and with numbers in their places."""
        upstream = Name(self._upstream(self._nr))
        came = Figure.of(arrived, upstream.tex)
        symbol = rule.on_symbols(upstream, self._named)
        clause = of_linear(nature, "" if symbol is None else symbol.tex, upstream.tex)
        self.lines.clauses.say(clause, slot.name)
        used = Used(self)
        if nature is Nature.SCATTER:
            formula = (
                rf"\begin{{cases}} {upstream.tex} & \text{{at the elements taken}} \\ "
                r"0 & \text{elsewhere} \end{cases}"
            )
            with_numbers: Symbol | None = None
        else:
            with_numbers = rule.on_symbols(came, used.figure, declared=False)
            if nature in (Nature.REARRANGE, Nature.TAKE) and (symbol is None or symbol.tex == upstream.tex):
                word = "reshape" if nature is Nature.REARRANGE else "part"
                symbol = Symbol(rf"\operatorname{{{word}}}\left({upstream.tex}\right)")
                with_numbers = Symbol(rf"\operatorname{{{word}}}\left({came.tex}\right)")
            formula = "" if symbol is None else symbol.tex
        self._term(slot, formula)
        if not formula:
            self._arrow(slot, arrived)
            return
        self.lines.symbols.append(f"{slot.gradient} &= {formula}")
        if with_numbers is None:
            went = shown(slot.raw, slot.gradient)
            self.lines.numbers.append(rf"{came.tex} &\mapsto {went.latex}")
        else:
            rounded = used.rounded or not came.exact
            self.lines.numbers.append(equals(with_numbers.tex, slot.raw, slot.gradient, rounded, mark="&"))

    def _unknown(self, slot: Slot) -> None:
        """No rule, or one that does not explain the numbers (a hook changed them, say): what came in, what went out."""
        self.lines.clauses.say("turns {it} into that of {target}", slot.name)
        self._term(slot, "")
        arrived = [(self._upstream(nr), a.grad) for nr, a in self.arrivals if a.grad is not None]
        if len(arrived) == 1:
            self._arrow(slot, arrived[0][1])
        elif arrived:
            into = ", ".join(name for name, _ in arrived)
            came = ", ".join(shown(value, name).latex for name, value in arrived)
            self.lines.symbols.append(rf"\left({into}\right) &\mapsto {slot.gradient}")
            self.lines.numbers.append(rf"\left({came}\right) &\mapsto {shown(slot.raw, slot.gradient).latex}")

    def _arrow(self, slot: Slot, arrived: Value) -> None:
        nr = self._nr
        self.lines.symbols.append(rf"{self._upstream(nr)} &\mapsto {slot.gradient}")
        came, went = shown(arrived, self._upstream(nr)), shown(slot.raw, slot.gradient)
        self.lines.numbers.append(rf"{came.latex} &\mapsto {went.latex}")

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
        self.lines.undone.append(
            f"{slot.name} was broadcast from {shape(grad.shape)} to {shape(raw.shape)}, "
            f"so its gradient is summed over {dimensions(dims)}"
        )

    # -- parts

    def _term(self, slot: Slot, formula: str, upstream: Value | None = None, local: Value | None = None) -> None:
        if upstream is None and len(self.arrivals) == 1:
            upstream = self.arrivals[0][1].grad
        sent = slot.departure.grad
        self.lines.terms.append(
            Term("rule", sent, slot.tensor, slot.name, slot.number, formula, upstream, local, slot.raw)
        )

    def _named(self, tensor: int, value: Value | None) -> Symbol:
        return Name(self.operand_latex(tensor))

    def operand_latex(self, tensor: int) -> str:
        """An operand's name as it was when the operation ran, or the output's own."""
        assert self.made is not None
        if tensor in self.made.outputs and all(o.tensor != tensor for o in self.made.inputs):
            return self.names.latex(tensor, self.event.node)
        return self.names.latex(tensor, at=self.made.place)

    def _output_latex(self) -> str:
        tensor = self.names.output(self.event.node, self._nr)
        return r"\mathrm{out}" if tensor is None else self.names.latex(tensor, self.event.node)

    # -- words

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
        arrived = "Its whole gradient has arrived" if count < 2 else f"{_all(count)} parts of its gradient have arrived"
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


def _factor(symbol: Symbol) -> str:
    return symbol.at(PRODUCT) if not symbol.tex.startswith("-") else rf"\left({symbol.tex}\right)"


def _is_number(formula: str) -> bool:
    try:
        float(formula)
    except ValueError:
        return False
    return True


def _all(count: int) -> str:
    return "Both" if count == 2 else f"All {count}"


def _like(array: np.ndarray, dtype: str) -> Value:
    """The array as a value of a trace's dtype."""
    return Value.of(array.astype(STORED_AS.get(dtype, dtype), copy=False), dtype)
