"""Where a node's gradients go, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vizgrad.trace import Departure, Trace, Value, Vjp

from ..history import History
from ..notation.names import Names, accented, gradient


@dataclass(frozen=True)
class Slot:
    """One input of the node: where its gradient goes, and what that gradient is called."""

    number: int
    departure: Departure
    tensor: int | None
    name: str  # of the tensor, in words
    latex: str  # of the tensor
    gradient: str  # of the tensor or, at a fan-out, of this path to it
    raw: Value  # what the rule gives, before broadcasting is undone

    def before_summing(self, raw: Value) -> Slot:
        """The same for the input as it was broadcast, which is written with a tilde."""
        latex, bottom = accented(r"\tilde", self.latex), rf"{{\partial {self.latex}}}"
        if bottom in self.gradient:
            name = self.gradient.replace(bottom, rf"{{\partial {latex}}}")
        else:
            name = accented(r"\tilde", self.gradient)
        return replace(self, latex=latex, gradient=name, raw=raw)


def slots(event: Vjp, trace: Trace, names: Names, history: History) -> list[Slot]:
    """The inputs of a node that it sends a gradient to."""
    return [
        _slot(event, number, departure, trace, names, history)
        for number, departure in enumerate(event.departures)
        if departure is not None
    ]


def _slot(event: Vjp, number: int, departure: Departure, trace: Trace, names: Names, history: History) -> Slot:
    raw = departure.grad if departure.raw is None else departure.raw
    edges, root = trace.nodes[event.node].edges, names.root(event.backward)
    edge = edges[number] if number < len(edges) else None
    tensor = None if edge is None else names.output(edge.node, edge.input_nr)
    if edge is None or tensor is None:
        latex = rf"\mathrm{{in}}_{{{number + 1}}}"
        return Slot(number, departure, None, f"input {number + 1}", latex, gradient(latex, root), raw)
    maker = None if trace.nodes[edge.node].variable is not None else edge.node
    latex = names.latex(tensor, maker)
    called = gradient(latex, root)
    if history.arriving[event.backward, edge.node, edge.input_nr] > 1:
        called = names.path(event.node, number, latex, event.backward)  # one summand only, not the whole
    return Slot(number, departure, tensor, names.plain(tensor, maker), latex, called, raw)
