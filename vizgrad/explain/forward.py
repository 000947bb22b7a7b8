"""Forward steps: what was computed, with the numbers put in, and whether autograd records it."""

from __future__ import annotations

from vizgrad.autodiff.symbol import Symbol
from vizgrad.trace import Forward, Inplace, Notation, Trace, Value

from .explanation import Explanation
from .figure import Figure, Name
from .formula import aligned, equals
from .history import Made
from .names import Names
from .numbers import shape
from .rules import call
from .words import listed, reason


def forward(event: Forward, made: Made, trace: Trace, names: Names, notation: Notation) -> Explanation:
    """An operation computed new tensors."""
    outputs = [names.plain(t) for t in event.outputs]
    recorded = trace.tensors[event.outputs[0]] if event.outputs else None
    first = event.outputs[0] if len(event.outputs) == 1 else None
    expression = notation.expression(first) if first is not None else ""
    what = f"{event.op} computes {listed(outputs)}"
    if expression and expression != outputs[0]:
        what += f" = {expression}"
    if recorded is not None and len(event.outputs) == 1:
        what += f", {_size(recorded.shape)}"
    grad_fn = trace.nodes[event.node].name if event.node is not None else None
    parents = [
        names.plain(o.tensor) for o in event.inputs if o.tensor is not None and trace.tensors[o.tensor].requires_grad
    ]
    if grad_fn is not None:
        back = f", so that gradients can flow back to {listed(list(dict.fromkeys(parents)))}" if parents else ""
        tail = f"Autograd records it as {grad_fn}{back}."
    elif recorded is not None:
        tail = f"Autograd does not record it: {reason(recorded)}."
    else:
        tail = ""
    symbols, numbers = _formulae(made, grad_fn, [names.latex(t, event.node) for t in event.outputs], names)
    return Explanation(f"{what}. {tail}".strip(), symbols, numbers)


def inplace(event: Inplace, made: Made, trace: Trace, names: Names) -> Explanation:
    """An operation changed a tensor in place."""
    own, *others = event.seen
    name = names.plain(event.tensor)
    sentence = f"{event.op} changes {name} in place: {name} is now at version {own.version}."
    if others:
        sharing = listed([names.plain(s.tensor) for s in others])
        sentence += f" The change shows in {sharing} too, since they share their memory."
    grad_fn = trace.nodes[event.node].name if event.node is not None else None
    if grad_fn is not None:
        sentence += f" Its grad_fn becomes {grad_fn}."
    else:
        sentence += " Autograd does not see it."
    left = names.latex(event.tensor, at=made.index + 1)
    symbols, numbers = _formulae(made, grad_fn, [left], names, "=" if "^" in left else r"\leftarrow")
    return Explanation(sentence, symbols, numbers)


def _formulae(made: Made, grad_fn: str | None, outputs: list[str], names: Names, sign: str = "=") -> tuple[str, str]:
    left = outputs[0] if len(outputs) == 1 else rf"\left({', '.join(outputs)}\right)"
    formula = call(made, grad_fn, lambda tensor, value: Name(names.latex(tensor, at=made.index)))
    if formula is None or formula.tex.startswith(r"\text{"):
        formula = _call(made, names)
    symbols = f"{left} {sign} {formula.tex}"
    exact = True

    def figure(tensor: int, value: Value | None) -> Symbol:
        nonlocal exact
        if value is None:
            return Name(names.latex(tensor, at=made.index))
        found = Figure.of(value, names.latex(tensor, at=made.index))
        exact = exact and found.exact
        return found

    with_numbers = call(made, grad_fn, figure)
    if len(made.values) != 1:
        return symbols, aligned([equals(o, v, o, mark="&") for o, v in zip(outputs, made.values, strict=False)])
    value = made.values[0]
    if with_numbers is None:
        return symbols, equals(left, value, left)
    return symbols, equals(with_numbers.tex, value, left, not exact)


def _call(made: Made, names: Names) -> Symbol:
    words = [names.latex(o.tensor) if o.tensor is not None else rf"\text{{{_plain(o.text)}}}" for o in made.inputs]
    op = made.event.op.replace("_", r"\_")
    return Symbol(rf"\mathrm{{{op}}}\left({', '.join(words)}\right)")


def _plain(text: str | None) -> str:
    return "".join(c for c in text or "" if c.isalnum() or c in " ()[].,-+'\"")


def _size(sizes: tuple[int, ...]) -> str:
    return f"of shape {shape(sizes)}" if sizes else "a scalar"
