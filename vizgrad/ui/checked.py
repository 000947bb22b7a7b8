"""A statement that somebody is typing, tried out: the program is really run with it."""

from __future__ import annotations

from dataclasses import dataclass

from ..trace import Trace
from . import runs, statements


@dataclass(frozen=True, slots=True)
class Verdict:
    """What trying a statement showed: whether it works, what it gives or PyTorch's error, and a hint what to do."""

    works: bool
    text: str
    hint: str = ""


def tried(source: str, statement: str, engine: str) -> Verdict:
    """Runs `source` with `statement` at its end and tells what came of the statement."""
    before = runs.run(source, engine)
    if before.error is not None:
        line = f"line {before.error.line}" if before.error.line else "an error"
        return Verdict(False, f"The program stops at {line}: mend that first.", before.error.message)
    after = runs.run(statements.append(source, statement), engine)
    if after.error is not None:
        return Verdict(False, f"{after.error.type}: {after.error.message}", after.error.hint or "")
    name = statement.split("=", 1)[0].strip()
    if name.isidentifier():
        return _told_of_name(after, name)
    return _told_of_grads(after)


def _told_of_name(trace: Trace, name: str) -> Verdict:
    if name not in trace.variables:
        return Verdict(True, f"{name} is no tensor.", "Autograd only follows tensors.")
    made = trace[name]
    made_by = made.grad_fn or ("a leaf" if made.requires_grad else "not tracked")
    return Verdict(True, f"shape {made.shape}, {made.dtype}, {made_by}")


def _told_of_grads(trace: Trace) -> Verdict:
    named = [f"{name}.grad" for name, variable in trace.variables.items() if variable.grad is not None]
    return Verdict(True, f"fills {', '.join(named)}" if named else "no tensor with a name gets a .grad")
