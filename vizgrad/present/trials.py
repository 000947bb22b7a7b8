"""What runs say beside the cards: which tensors are known, what comes of a statement, the shapes of what has a name."""

from __future__ import annotations

import msgspec

from ..trace import Bind, Trace
from .request import NotPresented, Request, ask
from .traces import read

MOST = 200
"""Tensors that are told, the newest; and shapes beside the cards."""
LONGEST_NAME = 100
LONGEST_TEXT = 2_000
LONGEST_PRINTED = 200


class Ended(msgspec.Struct, frozen=True):
    """The fault that ended a program: its type, its text, its line, and a hint."""

    type: str
    message: str
    line: int | None
    hint: str


class Tensor(msgspec.Struct, frozen=True):
    """A tensor that has a name at the end of a program."""

    name: str
    shape: tuple[int, ...]
    requires_grad: bool
    is_leaf: bool
    has_grad: bool


class Known(msgspec.Struct, frozen=True):
    """The tensors that have a name at the end of a program, newest last, and the fault that ended it, if one did."""

    tensors: tuple[Tensor, ...] = ()
    error: Ended | None = None


class Know(Request, frozen=True, tag="know"):
    """What is known at the end of a program."""

    def answer(self, body: bytes) -> tuple[Known, bytes]:
        """The tensors, and the fault."""
        trace = read(body)
        named = [(name, one) for name, one in trace.variables.items() if len(name) <= LONGEST_NAME][-MOST:]
        tensors = (Tensor(name, one.shape, one.requires_grad, one.is_leaf, one.grad is not None) for name, one in named)
        return Known(tuple(tensors), ended(trace)), b""


class Verdict(msgspec.Struct, frozen=True):
    """What trying a statement showed: whether it works, what it gives or PyTorch's error, and a hint what to do."""

    works: bool
    text: str
    hint: str = ""


class Judge(Request, frozen=True, tag="try"):
    """What a statement came to; the body is the records before it, after it, and of the whole, if more follows.

    `lengths` are the bytes of the first two.
    """

    statement: str
    lengths: tuple[int, int]

    def answer(self, body: bytes) -> tuple[Verdict, bytes]:
        """The verdict."""
        first, second = self.lengths
        before, after = read(body[:first]), read(body[first : first + second])
        if (error := ended(after)) is not None:
            return Verdict(False, f"{error.type}: {error.message}", error.hint), b""
        name = self.statement.split("\n")[-1].split("=", 1)[0].strip()
        is_named = name.isidentifier()
        here = told_of_name(after, name) if is_named else told_of_grads(before, after, self.statement)
        rest = body[first + second :]
        if rest and (error := ended(read(rest))) is not None:
            line = f"line {error.line}" if error.line else "an error"
            text = f"{here.text}. But the program then stops at {line}: {error.message}"
            return Verdict(False, text, error.hint), b""
        return here, b""


class Shapes(msgspec.Struct, frozen=True):
    """What names were given to, in order: the name, the line of the tensor, and its shape."""

    bound: tuple[tuple[str, int, str], ...] = ()


class Shape(Request, frozen=True, tag="shapes"):
    """The shapes of what has a name in the run of this program."""

    source: str

    def answer(self, body: bytes) -> tuple[Shapes, bytes]:
        """The shapes; none where the record is another program's."""
        try:
            trace = read(body, self.source)
        except NotPresented:
            return Shapes(), b""
        found: dict[tuple[str, int], str] = {}
        for event in trace.events:
            if isinstance(event, Bind) and event.tensor is not None and len(event.name) <= LONGEST_NAME:
                record = trace.tensors[event.tensor]
                line = record.span.line if record.span else 0
                if (event.name, line) in found or len(found) < MOST:
                    found[event.name, line] = str(record.shape)
        return Shapes(tuple((name, line, shape) for (name, line), shape in found.items())), b""


# -- for the page


def known(trace: bytes) -> Known:
    """What is known at the end of a trace, given as JSON; raises NotPresented."""
    return ask(Know(), Known, trace)[0]


def verdict(statement: str, before: bytes, after: bytes, whole: bytes = b"") -> Verdict:
    """What a statement came to, from the records before it and after it, and of the whole; raises NotPresented."""
    return ask(Judge(statement, (len(before), len(after))), Verdict, before + after + whole)[0]


def shapes(trace: bytes, source: str) -> Shapes:
    """The shapes of what has a name in the run of a program; raises NotPresented."""
    return ask(Shape(source), Shapes, trace)[0]


# -- in the worker


def ended(trace: Trace) -> Ended | None:
    """The fault that ended a program."""
    error = trace.error
    if error is None:
        return None
    return Ended(error.type[:100], error.message[:LONGEST_TEXT], error.line, (error.hint or "")[:LONGEST_TEXT])


def told_of_name(trace: Trace, name: str) -> Verdict:
    """What a name was given to."""
    if name not in trace.variables:
        return Verdict(True, f"{name} is no tensor.", "Autograd only follows tensors.")
    made = trace[name]
    made_by = made.grad_fn or ("a leaf" if made.requires_grad else "not tracked")
    return Verdict(True, f"shape {made.shape}, {made.dtype}, {made_by}")


def told_of_grads(before: Trace, after: Trace, statement: str) -> Verdict:
    """What became of the gradients, or what was printed."""
    named = [f"{name}.grad" for name, variable in after.variables.items() if variable.grad is not None]
    if ".backward(" in statement:
        return Verdict(True, f"fills {listed(named)}" if named else "no tensor with a name gets a .grad")
    gone = [f"{name}.grad" for name, old in before.variables.items() if old.grad is not None]
    if cleared := [name for name in gone if name not in named]:
        return Verdict(True, f"{listed(cleared)} is None then")
    if said := after.stdout[len(before.stdout) :].strip():
        return Verdict(True, f"prints {said if len(said) < LONGEST_PRINTED else said[:LONGEST_PRINTED] + ' …'}")
    return Verdict(True, "works")


def listed(names: list[str]) -> str:
    """Names in a row, as many as can be read."""
    text = ", ".join(names)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} …"


def prepare() -> None:
    """Nothing is read here but what is imported."""


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """Requests that use everything that is imported here."""
    both = (len(trace), len(trace))
    return (Know(), trace), (Shape(""), trace), (Judge("x = 1", both), trace * 3)
