"""Forward steps: what was computed, with the numbers put in, and whether autograd records it."""

from __future__ import annotations

import re
from collections.abc import Callable

from vizgrad.autodiff.core.symbol import Symbol
from vizgrad.trace import Forward, Inplace, Notation, Trace, Value

from ...contained import Faults
from ..explanation import Explanation
from ..history import Made
from ..notation.equations import aligned, equals, shown
from ..notation.names import Names
from ..notation.numbers import shape
from ..notation.numeric_symbol import Figure, Name
from ..notation.words import listed, reason
from ..rules.rule import call

INFINITE = {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{NaN}"}


def forward(event: Forward, made: Made, trace: Trace, names: Names, notation: Notation, faults: Faults) -> Explanation:
    """An operation computed new tensors."""
    outputs = [names.plain(t) for t in event.outputs]
    recorded = trace.tensors[event.outputs[0]] if event.outputs else None
    first = event.outputs[0] if len(event.outputs) == 1 else None
    expression = ""
    if first is not None:
        expression = faults.attempt(f"how tensor {first} is written", lambda: notation.expression(first), "")
    what = f"{event.op} computes {listed(outputs)}"
    if expression and expression != outputs[0]:
        what += f" = {expression}"
    if recorded is not None and len(event.outputs) == 1:
        what += f", {_size(recorded.shape)}"
    grad_fn = trace.nodes[event.node].name if event.node is not None else None
    edges = trace.nodes[event.node].edges if event.node is not None else ()
    outputs_of = [names.output(e.node, e.input_nr) for e in edges if e is not None]
    parents = [names.plain(t) for t in outputs_of if t is not None]
    if grad_fn is not None:
        back = f", so that gradients can flow back to {listed(list(dict.fromkeys(parents)))}" if parents else ""
        tail = f"Autograd records it as {grad_fn}{back}."
    elif recorded is not None:
        tail = f"Autograd does not record it: {reason(recorded)}."
    else:
        tail = ""
    latex = [names.latex(t, event.node) for t in event.outputs]
    formulae = faults.attempt(f"the formula of {event.op}", lambda: _formulae(made, grad_fn, latex, names), None)
    return _told(f"{what}. {tail}".strip(), formulae)


def inplace(event: Inplace, made: Made, trace: Trace, names: Names, faults: Faults) -> Explanation:
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
    left = names.latex(event.tensor, at=made.place + 1)
    sign = "=" if "^" in left else r"\leftarrow"
    formulae = faults.attempt(f"the formula of {event.op}", lambda: _formulae(made, grad_fn, [left], names, sign), None)
    return _told(sentence, formulae)


def _told(sentence: str, formulae: tuple[str, str] | None) -> Explanation:
    return (
        Explanation(f"{sentence} Its formula cannot be shown.")
        if formulae is None
        else Explanation(sentence, *formulae)
    )


def _formulae(made: Made, grad_fn: str | None, outputs: list[str], names: Names, sign: str = "=") -> tuple[str, str]:
    left = outputs[0] if len(outputs) == 1 else rf"\left({', '.join(outputs)}\right)"
    exact = True

    def name(tensor: int, value: Value | None) -> Symbol:
        return Name(names.latex(tensor, at=made.place))

    def figure(tensor: int, value: Value | None) -> Symbol:
        nonlocal exact
        if value is None:
            return name(tensor, value)
        found = Figure.of(value, names.latex(tensor, at=made.place))
        exact = exact and found.exact
        return found

    formula = _computed(made, grad_fn, name)
    symbols = f"{left} {sign} {formula.tex}"
    if len(made.values) != 1:
        return symbols, aligned([equals(o, v, o, mark="&") for o, v in zip(outputs, made.values, strict=False)])
    with_numbers = _computed(made, grad_fn, figure)
    value = made.values[0]
    is_number = with_numbers.tex.replace(".", "").lstrip("-").isdigit()
    if with_numbers.tex == shown(value, left).latex or is_number:  # a detach changes no number, zero_() takes none
        return symbols, equals(left, value, left)
    return symbols, equals(with_numbers.tex, value, left, not exact)


def _computed(made: Made, grad_fn: str | None, symbol: Callable[[int, Value | None], Symbol]) -> Symbol:
    """What an operation computed: its formula or, where it has none, a call."""
    formula = call(made, grad_fn, symbol)
    operands = [symbol(o.tensor, v) for o, v in zip(made.inputs, made.operands, strict=True) if o.tensor is not None]
    first = made.operands[0] if made.operands else None
    is_reshaped = first is not None and first.shape != made.values[0].shape
    if formula is not None and not (is_reshaped and [formula.tex] == [o.tex for o in operands]):
        return formula
    words = []
    for i, (operand, value) in enumerate(zip(made.inputs, made.operands, strict=True)):
        if operand.tensor is not None:
            words.append(symbol(operand.tensor, value).tex)
        elif operand.text not in (None, "None"):
            text = _plain(operand.text or "")
            words.append(text if i < 2 else rf"\text{{{operand.name.replace('_', ' ')} = }}{text}")
    op = made.event.op.replace("_", r"\_")
    return Symbol(rf"\mathrm{{{op}}}\left({', '.join(words)}\right)")


def _plain(text: str) -> str:
    if text in INFINITE:
        return INFINITE[text]
    if re.fullmatch(r"[-\d.(), ]+", text):
        return text
    return rf"\text{{{''.join(c for c in text if c.isalnum() or c in ' ()[].,-+=')}}}"


def _size(sizes: tuple[int, ...]) -> str:
    return f"of shape {shape(sizes)}" if sizes else "a scalar"
