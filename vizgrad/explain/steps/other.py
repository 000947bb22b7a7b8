"""The steps around the chain rule: the empty stage, new tensors, the start of a pass, `.grad`, hooks, errors."""

from __future__ import annotations

import numpy as np

from vizgrad.trace import Accumulate, Arrival, Backward, Create, Fault, Hook, Scene, SetGrad, Trace, Value

from ..explanation import Explanation, Term
from ..notation.equations import aligned, equals, shown
from ..notation.names import Names, is_derivative
from ..notation.numbers import shape
from ..notation.numeric_symbol import Figure
from ..notation.words import listed, reason
from .fan_in import meeting

TIMES = r" \times "
SETS = {"f": r"\mathbb{R}", "i": r"\mathbb{Z}", "u": r"\mathbb{Z}", "b": r"\{0, 1\}", "c": r"\mathbb{C}"}


def empty(trace: Trace, scene: Scene) -> Explanation:
    """Step 0: what the stage is, and what to do."""
    if not scene.steps:
        if scene.light is not None:
            return Explanation("Of this scene only the loss and the gradients' norms are recorded, not its steps.")
        if trace.tensors:
            return Explanation("Nothing happens to tensors here, so there is nothing to step through.")
        return Explanation("The program makes no tensors, so there is nothing to draw.")
    steps = f"{len(scene.steps)} steps" if len(scene.steps) > 1 else "1 step"
    if scene.index == 0:
        return Explanation(
            f"The stage before the program runs. Each box waits in its place until its step comes; "
            f"step forward through the {steps}."
        )
    return Explanation(
        f"The stage before part {scene.index + 1} of the program: what was made earlier is there already. "
        f"Step forward through the {steps}."
    )


def create(event: Create, trace: Trace, names: Names, asked: int | None, stop: int) -> Explanation:
    """A tensor came to be; `asked` is the event that made it require a gradient later, `stop` the step's end."""
    record = trace.tensors[event.tensor]
    name, latex = names.plain(event.tensor), names.latex(event.tensor, None)
    kind = f"a tensor of shape {shape(record.shape)}" if record.shape else "a tensor with one number"
    if record.requires_grad or (asked is not None and asked < stop):
        rest = f"It is a leaf that requires a gradient: backward will collect it in {name}.grad."
    elif asked is not None:
        rest = "It does not require a gradient yet."
    else:
        rest = f"It is a constant to autograd, since {reason(record)}: no gradient goes there."
    numbers = equals(latex, event.value, latex)
    made = f"{event.op} makes {name}"
    if event.op == "grad":  # what `.grad` gave, or the gradient of 1 that a recorded pass starts with
        made = f"A gradient is used as a tensor like any other and called {name} here"
    return Explanation(f"{made}, {kind}. {rest}", _membership(latex, record.shape, event.value), numbers)


def backward(event: Backward, names: Names, at: int) -> Explanation:
    """A backward pass begins."""
    roots = [names.plain(t) for t in event.roots]
    if event.accumulate:
        target = f" for {listed([names.plain(t) for t in event.inputs])} alone" if event.inputs else ""
        start = f"The backward pass starts at {listed(roots)}{target}"
    else:
        inputs = listed([names.plain(t) for t in event.inputs]) or "its leaves"
        start = (
            f"torch.autograd.grad asks for the gradient of {listed(roots)} with respect to {inputs}; "
            f"it is returned, and no .grad changes. The pass starts at {listed(roots)}"
        )
    if is_derivative(event):
        seed = f"with the gradient 1, the derivative of {roots[0]} with respect to itself"
    else:
        passed = "gradients" if len(roots) > 1 else "gradient"
        seed = f"with the {passed} it is given, of the same shape"
        if any(s.size != 1 for s in event.seeds):
            seed += " (only a scalar can start without one)"
    order = "From there it visits the nodes newest first, each as soon as its whole gradient has arrived."
    graph = " The pass itself is recorded too (create_graph=True)." if event.create_graph else ""
    latex = [names.gradient(t, event.number, names.maker(t, at)) for t in event.roots]
    lines = [equals(g, s, g, mark="&") for g, s in zip(latex, event.seeds, strict=True)]
    return Explanation(f"{start}, {seed}. {order}{graph}", aligned(lines), aligned(lines))


def set_grad(event: SetGrad, before: Value | None, names: Names) -> Explanation:
    """The program set `.grad`."""
    name, latex = names.plain(event.tensor), rf"{names.latex(event.tensor)}\text{{.grad}}"
    if event.grad is None:
        gone = f"{name}.grad is set to None" if before is not None else f"{name}.grad is None, and is set to None again"
        return Explanation(f"{gone}: the next backward starts from nothing.", rf"{latex} = \text{{None}}")
    numbers = equals(latex, event.grad, latex)
    array = event.grad.array
    is_zero = not array.any() if array is not None else event.grad.norm == 0
    if is_zero:
        return Explanation(
            f"{name}.grad is filled with zeros: the next backward starts from nothing.", rf"{latex} = 0", numbers
        )
    return Explanation(f"The program gives {name}.grad a value of its own; the next backward adds to it.", "", numbers)


def hook(event: Hook, trace: Trace, names: Names, backward: int | None, at: int) -> Explanation:
    """A hook of the program ran."""
    if event.tensor is not None:
        subject = f"the gradient of {names.plain(event.tensor)}"
    elif event.node is not None:
        subject = f"the gradient at {trace.nodes[event.node].name}"
    else:
        subject = "a gradient"
    called = f"The hook {event.name}" if event.name.isidentifier() else "A hook of the program"
    if event.after is None:
        value = event.before
        sentence = f"{called} is shown {subject} and leaves it as it is."
    else:
        value = event.after
        sentence = f"{called} is shown {subject} and replaces it; the backward pass goes on with the new one."
    if value is None or event.tensor is None or backward is None:
        return Explanation(sentence)
    latex = names.gradient(event.tensor, backward, names.maker(event.tensor, at))
    if event.after is None or event.before is None:
        return Explanation(sentence, "", equals(latex, value, latex))
    before, after = shown(event.before, latex), shown(event.after, latex)
    return Explanation(
        sentence, rf"{latex} \mapsto \mathrm{{hook}}\left({latex}\right)", rf"{before.latex} \mapsto {after.latex}"
    )


def fault(event: Fault) -> Explanation:
    """The program ended with an error."""
    where = f" on line {event.line}" if event.line is not None else ""
    message = event.message.strip() or "no message"
    if message[-1] not in ".!?":
        message += "."
    return Explanation(
        f"The program stops{where} with {_article(event.type)} {event.type}: {message}{_tail(event.hint)}"
    )


def accumulate(event: Accumulate, names: Names, at: int) -> Explanation:
    """`.grad` of a leaf or of a retained tensor grew."""
    name, latex = names.plain(event.tensor), names.latex(event.tensor)
    node = None if event.node is not None else names.maker(event.tensor, at)
    gradient = names.gradient(event.tensor, event.backward, node)
    stored = rf"{latex}\text{{.grad}}"
    symbols: list[str] = []
    numbers: list[str] = []
    terms: list[Term] = []
    if len(event.contributions) > 1:
        met = meeting(Arrival(event.delta, event.contributions), event.tensor, event.backward, node, names)
        symbols.append(met.symbols)
        numbers.append(met.numbers)
        terms.append(met.term)
    if event.before is None:
        symbols.append(rf"{stored} &= {gradient}")
        numbers.append(equals(stored, event.after, stored, mark="&"))
    else:
        total = Figure.of(event.before, stored) + Figure.of(event.delta, gradient)
        symbols.append(rf"{stored} &\leftarrow {stored} + {gradient}")
        numbers.append(equals(total.tex, event.after, stored, not total.exact, mark="&"))
    parts = (event.delta,) if event.before is None else (event.before, event.delta)
    terms.append(Term("accumulate", event.after, event.tensor, name, parts=parts))
    return Explanation(_accumulated(event, name), aligned(symbols), aligned(numbers), tuple(terms), _readiness(event))


def _accumulated(event: Accumulate, name: str) -> str:
    if event.node is None:
        kept = f"{name} is no leaf, but keeps its gradient, since retain_grad() was called on it"
        return f"{kept}: {name}.grad is set." if event.before is None else f"{kept}: it is added to {name}.grad."
    several = len(event.contributions)
    meet = f"The {several} gradients that reach {name} are summed. " if several > 1 else ""
    if event.before is None:
        return f"{meet}AccumulateGrad stores the gradient of {name} in {name}.grad, which was None."
    return (
        f"{meet}AccumulateGrad adds the gradient of {name} to what {name}.grad holds already: "
        "gradients accumulate until they are zeroed."
    )


def _readiness(event: Accumulate) -> str:
    return "A leaf's gradient is stored as soon as it is whole." if event.node is not None else ""


def _membership(latex: str, sizes: tuple[int, ...], value: Value) -> str:
    kind = "f" if value.dtype == "bfloat16" else np.dtype(value.dtype).kind
    power = rf"^{{{TIMES.join(map(str, sizes))}}}" if sizes else ""
    return rf"{latex} \in {SETS[kind]}{power}"


def _article(noun: str) -> str:
    return "an" if noun[:1].upper() in "AEIOU" else "a"


def _tail(hint: str | None) -> str:
    return f" {hint.strip()}" if hint and hint.strip() else ""
