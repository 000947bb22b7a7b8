"""A statement that somebody is typing, tried out: the program is really run with it."""

from __future__ import annotations

from dataclasses import dataclass

from ..program.limits import Limits
from ..trace import Trace
from . import runs, statements

BRIEF = Limits(seconds=1.5)
"""A try-out must not keep the reader waiting."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What trying a statement showed: whether it works, what it gives or PyTorch's error, and a hint what to do."""

    works: bool
    text: str
    hint: str = ""


def tried(source: str, statement: str, engine: str, whole: str | None = None) -> Verdict:
    """Runs `source` with `statement` at its end and tells what came of the statement.

    `whole` is the program that it would make, if more follows: an error further down is told too. Raises Unreadable if
    the two are no program.
    """
    before = runs.run(source, engine, BRIEF)
    if before.error is not None:
        if before.error.type == "TimeoutError":
            return Verdict(True, "Not tried: the program before it takes too long.")
        line = f"line {before.error.line}" if before.error.line else "an error"
        return Verdict(False, f"The program stops at {line}: mend that first.", before.error.message)
    after = runs.run(statements.append(source, statement), engine, BRIEF)
    if after.error is not None:
        return Verdict(False, f"{after.error.type}: {after.error.message}", after.error.hint or "")
    name = statement.split("\n")[-1].split("=", 1)[0].strip()
    here = _told_of_name(after, name) if name.isidentifier() else _told_of_grads(before, after, statement)
    if whole is not None and (error := runs.run(whole, engine, BRIEF).error) is not None:
        line = f"line {error.line}" if error.line else "an error"
        return Verdict(False, f"{here.text}. But the program then stops at {line}: {error.message}", error.hint or "")
    return here


def _told_of_name(trace: Trace, name: str) -> Verdict:
    if name not in trace.variables:
        return Verdict(True, f"{name} is no tensor.", "Autograd only follows tensors.")
    made = trace[name]
    made_by = made.grad_fn or ("a leaf" if made.requires_grad else "not tracked")
    return Verdict(True, f"shape {made.shape}, {made.dtype}, {made_by}")


def _told_of_grads(before: Trace, after: Trace, statement: str) -> Verdict:
    named = [f"{name}.grad" for name, variable in after.variables.items() if variable.grad is not None]
    if ".backward(" in statement:
        return Verdict(True, f"fills {', '.join(named)}" if named else "no tensor with a name gets a .grad")
    gone = [f"{name}.grad" for name, old in before.variables.items() if old.grad is not None]
    if cleared := [name for name in gone if name not in named]:
        return Verdict(True, f"{', '.join(cleared)} is None then")
    if said := after.stdout[len(before.stdout) :].strip():
        return Verdict(True, f"prints {said if len(said) < 200 else said[:200] + ' …'}")
    return Verdict(True, "works")
