"""Runs a program in this process, under the policy, and records it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..record.recording import Recording
from ..record.where import Where
from ..trace import Span, Trace
from . import faults, hints
from .budget import Budget, charged
from .dialect import compile_program
from .engines import Engine, engine
from .errors import LimitReached, NotOffered
from .limits import Limits
from .meanings import Meanings
from .policy import Policy
from .source import FILENAME, printable, tidy

CPP_PLACE = re.compile(r" \(Triggered internally at [^)]*\)$")
"""Where in PyTorch's C++ a warning comes from: nothing that a reader of the program could use."""


def execute(
    source: str, engine_name: str = "numpy", *, limits: Limits | None = None, ended: Callable[[], None] = lambda: None
) -> Trace:
    """Runs a program in this process and gives its record; a fault in the program ends in `trace.error`.

    The policy and the guards hold, but not what only a worker process can bound: one long call into C, a crash.
    `ended` is called when the program's own code has ended. Raises ValueError for an engine that there is not.

    >>> execute("print(1 + 1)").stdout
    '2\\n'
    >>> execute("print(1 +)").error.message
    'invalid syntax'
    """
    run = Run(source, engine(engine_name), limits or Limits())
    run.go(ended)
    return run.recording.finish()


class Run:
    """One run of one program."""

    def __init__(self, source: str, offered: Engine, limits: Limits) -> None:
        self.source = tidy(source)
        self.lines = self.source.split("\n")
        self.engine, self.limits = offered, limits
        self.recording = Recording(self.source, offered.name, Where(FILENAME, self.source))
        self.budget = Budget(limits)
        self.policy = Policy(offered, self.budget, self.recording.printed)

    def go(self, when_ended: Callable[[], None]) -> None:
        """Compiles and runs the program; everything is in the recording afterwards."""
        with warned(self.recording):
            try:
                if len(self.source) > self.limits.text:
                    raise LimitReached(
                        f"the program has {len(self.source):,} characters; the limit is {self.limits.describe('text')}"
                    )
                code = compile_program(self.source)
            except (Exception, LimitReached, NotOffered) as error:
                self.fault(faults.unreadable(error, self.budget, self.lines), error)
                return
            module: dict[str, Any] = {"__name__": "__main__"}
            meanings = Meanings(self.engine.tensor, self.engine.module, self.recording, module, self.budget.tick)
            module["__builtins__"] = self.policy.names(meanings)
            self.engine.settle()
            ended: BaseException | None = None
            with self.engine.recorder(self.recording), self.engine.watch(self.budget), charged(self.budget):
                try:
                    exec(code, module)
                    if self.budget.spent is not None:
                        ended = self.budget.spent
                except KeyboardInterrupt:
                    raise
                except BaseException as raised:
                    ended = raised
                when_ended()
                if ended is not None:
                    self.fault(faults.ending(ended, self.budget, self.lines), ended)
                ended = None  # with all its frames
                self.engine.settle()

    def fault(self, ending: faults.Ending, error: BaseException) -> None:
        """Writes down how the program ended."""
        hint = hints.hint(ending.type, ending.message, hints.could_be_meant(error, self.policy))
        self.recording.fault(ending.type, ending.message, ending.span, hint)


@contextmanager
def warned(recording: Recording) -> Iterator[None]:
    """Sends warnings into the record: each once for each place, as Python does."""
    seen: set[tuple[str, str, Span | None]] = set()

    def show(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        text = CPP_PLACE.sub("", str(message))
        key = (category.__name__, text, recording.locate())
        if key not in seen:
            seen.add(key)
            recording.warned(category.__name__, printable(text))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield
