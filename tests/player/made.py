"""Traces for the player's tests, made by hand or by running a program."""

from __future__ import annotations

from msgspec.structs import replace

from tests.trace.seed_trace import seed
from vizgrad.trace import Bind, Create, Fault, Print, Span, TensorRecord, Trace, Value

HOSTILE = "</script><img src=x onerror=alert(1)>"


def printing() -> Trace:
    """The seed lesson, printing twice on its way, once with a sign that takes two units of UTF-16."""
    events = list(seed.events)
    events.insert(6, Print(text="y is 20 𝛁\n"))
    events.append(Print(text="done\n"))
    return replace(seed, events=tuple(events))


def failing(message: str = "boom", hint: str | None = None) -> Trace:
    """The seed lesson, ending in an error on its third line."""
    fault = Fault(type="RuntimeError", message=message, hint=hint, span=Span(3, 4, 3, 20))
    return replace(seed, events=(*seed.events[:4], fault))


def syntax_error() -> Trace:
    """A program that could not start."""
    fault = Fault(type="SyntaxError", message="invalid syntax", span=Span(1, 4, 1, 5))
    return Trace(engine="numpy", source="x = ?\n", tensors=(), nodes=(), events=(fault,))


def hostile() -> Trace:
    """A name, a program and a printed text that would break out of a page that does not escape them."""
    value = Value.of([1.0, 2.0])
    record = TensorRecord(
        id=0, shape=(2,), dtype="float64", requires_grad=True, is_leaf=True, span=Span(1, 0, 1, len(HOSTILE))
    )
    return Trace(
        engine="numpy",
        source=HOSTILE,
        tensors=(record,),
        nodes=(),
        events=(
            Create(tensor=0, op="tensor", value=value, span=record.span),
            Bind(name="x", tensor=0),
            Print(text=HOSTILE),
            Fault(type="RuntimeError", message=HOSTILE, hint=HOSTILE, span=record.span),
        ),
    )
